// What a run takes of memory at most, beside the estimate that parallel: auto goes by: npm run bench:memory
// Real children with one thread, one at a time: one epoch with its samples, evaluation and checkpoint.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type RunConfig, runConfigSchema } from '../src/experiment/schema/schema.ts';
import { defaultCacheRoot } from '../src/machine/cache-root.ts';
import { packDataset } from '../src/model/data/packing/pack.ts';
import { createChildEnvironment } from '../src/runner/executors/local/child-environment.ts';
import { estimateRunMemory } from '../src/runner/plan/memory.ts';
import { findBuild, makeFolder, writeRun } from './runner/workshop.ts';

const MEGABYTE = 1e6;
const main = join(await findBuild(), 'model/main.js');
const root = makeFolder();
const rows: object[] = [];

for (const { width, batchSize, imageSize = 64, images = 1000, precision = 'float32', backend = 'tensorflow' } of [
  { width: 8, batchSize: 4 },
  { width: 8, batchSize: 64, images: 6000 },
  { width: 64, batchSize: 64 },
  { width: 64, batchSize: 64, backend: 'wasm' },
  { width: 64, batchSize: 64, imageSize: 128 },
  { width: 128, batchSize: 64 },
  { width: 512, batchSize: 8, images: 200 },
  { width: 512, batchSize: 32, images: 200 },
  { width: 512, batchSize: 32, images: 200, precision: 'bfloat16' },
]) {
  const config = runConfigSchema.parse({
    attributes: ['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond_Hair'],
    dataset: { source: 'synthetic', images, imageSize },
    model: { width },
    training: { batchSize, epochs: 1, precision },
  });
  const measured = Math.round((await measurePeak(join(root, String(rows.length)), config, backend)) / MEGABYTE);
  rows.push({
    width,
    batchSize,
    imageSize,
    images,
    precision,
    backend,
    measured,
    estimated: Math.round(estimateRunMemory(config) / MEGABYTE),
  });
  console.log(rows.at(-1));
}
console.table(rows);

/** Bytes of resident memory, from the kernel's own high-water mark. */
async function measurePeak(folder: string, config: RunConfig, backend: string): Promise<number> {
  const { manifest } = await packDataset(config.dataset, { cacheRoot: defaultCacheRoot() });
  writeRun(folder, { config, dataIdentity: manifest.identity });
  const env = { ...createChildEnvironment({ index: 0, gpus: null, threads: 1 }), FACET_BACKEND: backend };
  const child = execa(process.execPath, [main, folder], { env, stdio: 'ignore' });
  let peak = 0;
  const timer = setInterval(() => {
    const kilobytes = readStatus(child.pid!)?.match(/^VmHWM:\s+(\d+) kB/m)?.[1];
    if (kilobytes) peak = Number(kilobytes) * 1024;
  }, 20);
  await child;
  clearInterval(timer);
  return peak;
}

function readStatus(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined; // it has just ended
  }
}
