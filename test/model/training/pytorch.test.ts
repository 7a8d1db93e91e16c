import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createGenerator } from '../../../src/model/generation/generator.ts';
import { sampledPart } from '../../../src/model/networks/network.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { listCheckpoints } from '../../../src/model/training/checkpoints/checkpoint.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { createTrainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { withKernels } from '../../helpers/kernels.ts';

const root = join(import.meta.dirname, '../../..');
// PyTorch is 800 MB and no part of Facet. CI names a Python that has it; elsewhere: pip install --target .peers torch==2.13.0 numpy
// safetensors
const given = process.env.FACET_TEST_PYTHON;
const python = given ?? 'python3';
const env = given ? process.env : { ...process.env, PYTHONPATH: join(root, '.peers') };
const hasTorch = given !== undefined || spawnSync(python, ['-c', 'import torch, safetensors'], { env }).status === 0;

describe.skipIf(!hasTorch)(`a checkpoint in PyTorch${hasTorch ? '' : ' (skipped: no torch in .peers, and no FACET_TEST_PYTHON)'}`, () => {
  it.each<[string, Partial<NetworkShape>, TrainerOptions]>([
    ["article's", {}, {}],
    ['modern', { spectralNorm: true, discriminatorLabels: 'projection', conditionalNorm: true }, { loss: 'hinge', emaDecay: 0.9 }],
    ['resizing', { conditionalNorm: true, upsampling: 'resize' }, {}],
  ])('gives the same pictures for the same noise: %s model', async (_, differences, options) => {
    const folder = mkdtempSync(join(tmpdir(), 'facet-torch-'));
    const shape: NetworkShape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32, ...differences };
    const random = createRandom(5, 'torch');
    const rows = (count: number, of: () => number) => Array.from({ length: 4 }, () => Array.from({ length: count }, of));
    const inputs = { noise: rows(10, () => Math.fround(random.normal())), labels: rows(3, () => random.integer(2)) };
    const [noise, labels] = [Float32Array.from(inputs.noise.flat()), Float32Array.from(inputs.labels.flat())];
    const ours = await withKernels('tensorflow', async (k) => {
      const trainer = createTrainer(k, shape, 1, options);
      for (let step = 1; step <= 3; step++) {
        const pixels = Float32Array.from({ length: 4 * 32 * 32 * 3 }, () => random.uniform() * 2 - 1);
        trainer.step({ pixels, labels, noise, adam: { learningRate: 1e-2, beta1: 0.5, beta2: 0.999, step } });
      }
      await writeSnapshot(takeSnapshot(trainer, { step: 3, seconds: 1 }, ['a', 'b', 'c']), { folder, keep: 1 });
      return createGenerator(k, { shape, conditions: ['a', 'b', 'c'], network: sampledPart(trainer.generator) }).sample(noise, labels);
    });
    const script = join(root, 'test/fixtures/torch/generate.py');
    const { stdout, stderr } = spawnSync(python, [script, listCheckpoints(folder)[0]!.path], {
      env,
      input: JSON.stringify(inputs),
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    expect(stderr).toBe('');
    const theirs = JSON.parse(stdout) as number[];
    expect(theirs).toHaveLength(ours.length);
    expect(Math.max(...theirs.map((value, i) => Math.abs(value - ours[i]!)))).toBeLessThan(1e-4);
    expect(new Set(theirs.map((value) => value.toFixed(5))).size).toBeGreaterThan(20); // pictures, not one colour
  });
});
