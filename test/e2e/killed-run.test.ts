import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { createRandom } from '../../src/experiment/random.ts';
import { runConfigSchema } from '../../src/experiment/schema.ts';
import { identifyDataset } from '../../src/model/data/create-source.ts';
import { listCheckpoints } from '../../src/model/training/checkpoint.ts';
import { decodeSafetensors } from '../../src/model/training/safetensors.ts';
import { readMetrics } from '../../src/results/read.ts';

/** Real children on the real TensorFlow, killed without warning. */
let folder: string;
let main: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-killed-'));
  main = join(await ensureBuilt(), 'model/main.js');
});
afterAll(() => rmSync(folder, { recursive: true }));

const config = runConfigSchema.parse({
  attributes: ['Male', 'Young'],
  dataset: { source: 'synthetic', images: 300, seed: 1, imageSize: 32 },
  model: { width: 16 },
  training: { epochs: 6, batchSize: 8 },
  samples: { every: 3, rows: 2 },
  checkpoint: { everySeconds: 0.2 },
});

async function createRun(name: string): Promise<string> {
  const run = join(folder, name);
  mkdirSync(run);
  const record = { format: 1, id: name, experiment: 'killed', axes: {}, config, dataIdentity: await identifyDataset(config.dataset) };
  writeFileSync(join(run, 'run.json'), JSON.stringify(record));
  return run;
}

/** Resolves with the exit code, or null after a kill. */
async function train(run: string, killAfterMs?: number): Promise<number | null> {
  const env = {
    ...process.env,
    FACET_CACHE: join(folder, 'cache'),
    FACET_BACKEND: 'tensorflow',
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
  };
  const child = spawn(process.execPath, [main, run], { env, stdio: 'ignore' });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  if (killAfterMs !== undefined) {
    while (!existsSync(join(run, 'metrics.jsonl')) && child.exitCode === null) await sleep(10);
    await sleep(killAfterMs);
    child.kill('SIGKILL');
  }
  return (await ended)[0];
}

const losses = (run: string) => {
  const { records, problems } = readMetrics(join(run, 'metrics.jsonl'));
  expect(problems).toEqual([]);
  return records.map(({ step, epoch, lossD, lossG, dReal, dFake }) => ({ step, epoch, lossD, lossG, dReal, dFake }));
};
const weights = (run: string) => decodeSafetensors(readFileSync(listCheckpoints(run)[0]!.path)).tensors;

describe('a run that is killed again and again', () => {
  it('ends with the metrics, weights and sample grids, bit for bit, of one that was left alone', async () => {
    const [whole, broken] = [await createRun('whole'), await createRun('broken')];
    expect(await train(whole)).toBe(0);
    const random = createRandom(Date.now() % 2 ** 32, 'kills');
    let kills = 0;
    for (let attempt = 0; attempt < 6; attempt++) {
      if ((await train(broken, 100 + random.integer(700))) === null) kills++;
      if (existsSync(join(broken, 'outcome.json'))) break;
    }
    if (!existsSync(join(broken, 'outcome.json'))) expect(await train(broken)).toBe(0);
    expect(kills).toBeGreaterThan(0);
    expect(losses(broken)).toEqual(losses(whole));
    expect(losses(whole)).toHaveLength(6 * 38);
    expect(weights(broken)).toEqual(weights(whole));
    for (const epoch of ['000003', '000006']) {
      expect(readFileSync(join(broken, `samples/${epoch}.png`)).equals(readFileSync(join(whole, `samples/${epoch}.png`)))).toBe(true);
    }
  });
});
