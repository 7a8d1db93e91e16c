// From the start of a child to its first finished steps: npm run bench:start [-- WIDTH BATCH]
// Real children of the real executor on packed data, one at a time, each ended at its first report.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runConfigSchema } from '../src/experiment/schema/schema.ts';
import { chooseBackend } from '../src/machine/backend.ts';
import { defaultCacheRoot } from '../src/machine/cache-root.ts';
import { packDataset } from '../src/model/data/packing/pack.ts';
import { carryOutAttempt } from '../src/runner/attempt/attempt.ts';
import { createLocalExecutor } from '../src/runner/executors/local/local.ts';
import { tellRow } from './rows.ts';
import { findBuild, makeFolder, writeRun } from './runner/workshop.ts';

const CHILDREN = Number(process.env.BENCH_ALTERNATIONS ?? 7);
const [width = 64, batchSize = 64] = process.argv.slice(2).map(Number);
const config = runConfigSchema.parse({
  attributes: ['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond_Hair'],
  dataset: { source: 'synthetic', images: 2048, seed: 1 },
  model: { width },
  training: { batchSize, epochs: 1000 },
});
const { manifest } = await packDataset(config.dataset, { cacheRoot: defaultCacheRoot() });
const executor = createLocalExecutor({
  trainer: join(await findBuild(), 'model/main.js'),
  prefix: [],
  machine: { gpus: [], cores: availableParallelism(), freeMemoryBytes: 0 },
});
const root = makeFolder();
const backend = await chooseBackend();
console.log(backend.version);

const firsts: { seconds: number; step: number }[] = [];
for (let i = 0; i < CHILDREN; i++) firsts.push(await startChild(join(root, String(i))));
firsts.sort((a, b) => a.seconds - b.seconds);
const { seconds, step } = firsts[Math.floor(CHILDREN / 2)]!;
tellRow(`width ${width}, batch ${batchSize}: from the start of a child to its first report`, {
  seconds,
  steps: step,
  fastest: firsts[0]!.seconds,
  slowest: firsts.at(-1)!.seconds,
});
process.exit(0);

async function startChild(folder: string): Promise<{ seconds: number; step: number }> {
  writeRun(folder, { config, dataIdentity: manifest.identity });
  const stop = new AbortController();
  let first: { seconds: number; step: number } | undefined;
  const start = performance.now();
  await carryOutAttempt(executor, {
    folder,
    slot: { index: 0, gpus: null, threads: availableParallelism() },
    limits: { timeoutMs: 240_000, stallTimeoutMs: null, graceMs: 10_000 },
    stop: { graceful: new AbortController().signal, forced: stop.signal },
    onProgress(message) {
      if (message.type !== 'progress' || first) return;
      first = { seconds: (performance.now() - start) / 1000, step: message.step };
      stop.abort();
    },
  });
  if (!first) throw new Error('A child ended before its first report.');
  return first;
}
