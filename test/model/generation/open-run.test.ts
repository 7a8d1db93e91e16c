import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { runConfigSchema } from '../../../src/experiment/schema/schema.ts';
import { interpolate, turnOver } from '../../../src/model/generation/make-faces.ts';
import { createNoise, type OpenRun, openRun } from '../../../src/model/generation/open-run.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import type { RunRecord } from '../../../src/results/records.ts';
import { writeLabelRows, writeRunRecord } from '../../../src/results/write-run.ts';
import { BACKENDS, type BackendName, withKernels } from '../../helpers/kernels.ts';

const attributes = ['Male', 'Smiling', '10'];
const conditions = [...attributes, 'rotate_90', 'rotate_180'];
const shape = { latentSize: 10, conditions: conditions.length, width: 16, imageSize: 32 as const };
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-open-run-'));
  const config = runConfigSchema.parse({ attributes, augmentation: { rotations: [90, 180] }, training: { precision: 'bfloat16' } });
  writeRunRecord(folder, {
    format: 1,
    id: 'run',
    experiment: 'test',
    axes: {},
    config,
    dataIdentity: 'gone',
    provenance: {},
  } as RunRecord & {
    provenance: never;
  });
  writeLabelRows(folder, () => ({
    format: 1,
    names: attributes,
    rows: [
      ['0', 5],
      ['6', 1],
      ['a', 4],
    ],
  }));
  await withKernels('wasm', async (k) => {
    const trainer = createTrainer(k, shape, 1, { emaDecay: 0.9 });
    const random = createRandom(1, 'pictures');
    const pixels = Float32Array.from({ length: 4 * 32 * 32 * 3 }, () => random.uniform() * 2 - 1);
    const labels = Float32Array.from({ length: 4 * conditions.length }, () => random.integer(2));
    const noise = Float32Array.from({ length: 40 }, () => random.normal());
    for (let step = 1; step <= 3; step++) {
      k.free(...Object.values(trainer.step({ pixels, labels, noise, adam: { learningRate: 1e-2, beta1: 0.5, beta2: 0.999, step } })));
    }
    await writeSnapshot(takeSnapshot(trainer, { step: 3, seconds: 1 }, conditions), { folder, keep: 1 });
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const withRun = <T>(work: (run: OpenRun) => Promise<T>, backend: BackendName = 'wasm') =>
  withKernels(backend, async (k) => {
    const run = await openRun(folder, { k });
    const result = await work(run);
    run.free();
    return result;
  });
const request = { fixed: { Male: 1, rotate_90: 1 }, count: 6, seed: 4, open: 'drawn' } as const;

describe('an open run', () => {
  it('makes the same faces on every backend, to rounding', async () => {
    const onWasm = await withRun((run) => run.generate(request));
    for (const backend of BACKENDS.filter((name) => !name.endsWith('bfloat16'))) {
      const faces = await withRun((run) => run.generate(request), backend);
      expect(faces.map(({ bits }) => bits)).toEqual(onWasm.map(({ bits }) => bits));
      faces.forEach(({ pixels }, i) => {
        const largest = pixels.reduce((most, value, at) => Math.max(most, Math.abs(value - onWasm[i]!.pixels[at]!)), 0);
        expect(largest, `${backend}, face ${i}`).toBeLessThan(2e-4);
      });
    }
  });

  it('gives the first faces again where more are asked for, and others by another seed', async () => {
    const [six, twelve, other] = await withRun(async (run) => [
      await run.generate(request),
      await run.generate({ ...request, count: 12 }),
      await run.generate({ ...request, seed: 5 }),
    ]);
    expect(twelve!.slice(0, 6).map(({ bits, index }) => [bits, index])).toEqual(six!.map(({ bits, index }) => [bits, index]));
    twelve!.slice(0, 6).forEach(({ pixels }, i) => {
      expect(Math.max(...pixels.map((value, at) => Math.abs(value - six![i]!.pixels[at]!)))).toBeLessThan(1e-5);
    });
    expect(other![0]!.pixels).not.toEqual(six![0]!.pixels);
  });

  it('makes them with what is fixed, and with open bits that occur beside it in the data', async () => {
    const { bits, matching, pictures } = await withRun((run) => run.drawBits({ ...request, count: 40 }));
    expect(new Set(bits.map((each) => JSON.stringify(conditions.map((name) => each[name]))))).toEqual(new Set(['[1,0,1,1,0]']));
    expect([matching, pictures]).toEqual([4, 10]);
    const zero = await withRun((run) => run.drawBits({ ...request, open: 'zero' }));
    expect(zero).toEqual({
      bits: Array(6).fill({ Male: 1, Smiling: 0, '10': 0, rotate_90: 1, rotate_180: 0 }),
      matching: 4,
      pictures: 10,
    });
  });

  it('has noise that depends on the face and the candidate alone', () => {
    const noise = (count: number, candidates?: number[]) => createNoise({ count, seed: 4 }, 10, candidates);
    expect(noise(8).subarray(0, 20)).toEqual(noise(2));
    expect(noise(2, [0, 1]).subarray(0, 10)).toEqual(noise(1));
    expect(noise(2, [0, 1]).subarray(10)).not.toEqual(noise(2).subarray(10));
  });

  it('can be of any former version', () =>
    withKernels('wasm', async (k) => {
      const former = join(FACET_ROOT, 'test/fixtures/results/format-1/tiny/seed1-85e7053eb0bf');
      const run = await openRun(former, { k });
      const faces = await run.generate({ fixed: { Male: 1 }, count: 2, seed: 1, open: 'drawn' });
      run.free();
      expect(faces.map(({ bits }) => bits)).toEqual([{ Male: 1 }, { Male: 1 }]);
      expect(faces.every(({ pixels }) => pixels.length === 32 * 32 * 3 && pixels.every((value) => Math.abs(value) <= 1))).toBe(true);
      expect(faces[0]!.pixels).not.toEqual(faces[1]!.pixels);
    }));

  it('refuses what it has no bit for, and two rotations', async () => {
    const ask = (fixed: Record<string, 1>) => withRun((run) => run.generate({ ...request, fixed }));
    await expect(ask({ Hat: 1 })).rejects.toThrow('Expected conditions of this run (Male, Smiling, 10, rotate_90, rotate_180), got "Hat"');
    await expect(ask({ rotate_90: 1, rotate_180: 1 })).rejects.toThrow('Expected at most one rotation, got rotate_90 and rotate_180');
  });
});

describe('a way between two descriptions', () => {
  it('has both ends, and bits between them', () => {
    const way = interpolate({ a: 1, b: 0, c: 1 }, { a: 0, b: 1, c: 1 }, { steps: 3, conditions: ['a', 'b', 'c'] });
    expect(way).toEqual([
      { a: 1, b: 0, c: 1 },
      { a: 0.5, b: 0.5, c: 1 },
      { a: 0, b: 1, c: 1 },
    ]);
  });
});

describe('a condition that is turned over', () => {
  it('changes nothing else, but for an orientation, which takes the place of another', () => {
    const bits = { Male: 1, rotate_90: 1, rotate_180: 0 } as const;
    const turned = (name: string) => turnOver(bits, name, ['rotate_90', 'rotate_180']);
    expect(turned('Male')).toEqual({ Male: 0, rotate_90: 1, rotate_180: 0 });
    expect(turned('rotate_180')).toEqual({ Male: 1, rotate_90: 0, rotate_180: 1 });
    expect(turned('rotate_90')).toEqual({ Male: 1, rotate_90: 0, rotate_180: 0 });
  });
});
