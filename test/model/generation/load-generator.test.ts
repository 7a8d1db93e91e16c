import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createGenerator } from '../../../src/model/generation/generator.ts';
import { loadGenerator } from '../../../src/model/generation/load-generator.ts';
import { sampledPart } from '../../../src/model/networks/network.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { createTrainer, type Trainer } from '../../../src/model/training/trainer.ts';
import { checkpointFile, evaluationsFile } from '../../../src/results/paths.ts';
import { type BackendName, withKernels } from '../../helpers/kernels.ts';

const shape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32 as const };
const conditions = ['a', 'b', 'c'];
const random = createRandom(9, 'load generator');
const fill = (size: number, of: () => number) => Float32Array.from({ length: size }, of);
const pixels = fill(4 * 32 * 32 * 3, () => random.uniform() * 2 - 1);
const [z, y] = [fill(70 * 10, () => random.normal()), fill(70 * 3, () => random.integer(2))]; // more than one batch

function trainTo(trainer: Trainer, step: number): void {
  const adam = { learningRate: 1e-2, beta1: 0.5, beta2: 0.999, step };
  trainer.k.free(...Object.values(trainer.step({ pixels, labels: y.slice(0, 12), noise: z.slice(0, 40), adam })));
}

const folders: string[] = [];
const newFolder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'facet-generator-')));
  return folders.at(-1)!;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe.each(['tensorflow', 'tensorflow bfloat16', 'wasm'] satisfies BackendName[])('a generator that was loaded on %s', (backend) => {
  it.each([
    ["article's", shape, {}],
    ['averaged', shape, { emaDecay: 0.9 }],
    ['modern', { ...shape, spectralNorm: true, conditionalNorm: true, upsampling: 'resize' as const }, { emaDecay: 0.9 }],
  ])('gives the pictures of the trainer, bit for bit, and frees what it holds: %s model', async (_, shape, options) => {
    const folder = newFolder();
    await withKernels(backend, async (k) => {
      const trainer = createTrainer(k, shape, 1, options);
      for (let step = 1; step <= 3; step++) trainTo(trainer, step);
      await writeSnapshot(takeSnapshot(trainer, { step: 3, seconds: 1 }, conditions), { folder, keep: 1 });
      const expected = await createGenerator(k, { shape, conditions, network: sampledPart(trainer.generator) }).sample(z, y);
      const before = k.count();
      const generator = loadGenerator(folder, { k });
      expect(generator).toMatchObject({ shape, conditions, step: 3 });
      expect(await generator.sample(z, y)).toEqual(expected);
      generator.free();
      expect(k.count()).toBe(before);
    });
  });
});

describe('the generator of a run', () => {
  const folder = newFolder();
  beforeAll(async () => {
    await withKernels('wasm', async (k) => {
      const trainer = createTrainer(k, shape, 1);
      for (let step = 1; step <= 3; step++) {
        trainTo(trainer, step);
        await writeSnapshot(takeSnapshot(trainer, { step, seconds: 1 }, conditions), { folder, keep: 3 });
      }
    });
  });

  const stepOf = (checkpoint?: Parameters<typeof loadGenerator>[1]['checkpoint']) =>
    withKernels('wasm', async (k) => {
      const { step, free } = loadGenerator(folder, { k, checkpoint });
      free();
      return step;
    });

  it('is that of the newest checkpoint until one was evaluated, then that of the best, or the one that is named', async () => {
    expect(await stepOf()).toBe(3);
    const line = (step: number, distance: number) => `${JSON.stringify({ step, epoch: step, slicedWasserstein: distance })}\n`;
    writeFileSync(evaluationsFile(folder), line(1, 0.3) + line(2, 0.1) + line(3, 0.2));
    expect(await stepOf()).toBe(2);
    expect(await stepOf({ epoch: 1 })).toBe(1);
    expect(await stepOf({ step: 3 })).toBe(3);
    await expect(stepOf({ step: 4 })).rejects.toThrow(
      'expected a checkpoint of step 4, found those of step 1 (epoch 1), 2 (epoch 2), 3 (epoch 3).',
    );
    await expect(stepOf({ epoch: 9 })).rejects.toThrow('expected a checkpoint of epoch 9, found');
  });

  it('says where there is no checkpoint', async () => {
    await withKernels('wasm', async (k) => expect(() => loadGenerator(newFolder(), { k })).toThrow('expected a checkpoint, found none'));
  });

  it('is read without the discriminator and the moments', async () => {
    const bytesRead = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))![1]);
    const size = statSync(checkpointFile(folder, 3)).size;
    const before = bytesRead();
    await stepOf({ step: 3 });
    expect(bytesRead() - before).toBeLessThan(size / 3);
  });
});
