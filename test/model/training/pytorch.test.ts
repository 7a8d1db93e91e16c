// The lines of docs/checkpoints.md read a checkpoint with PyTorch as Facet does.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createGenerator } from '../../../src/model/generation/generator.ts';
import { sampledPart } from '../../../src/model/networks/network.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { listCheckpoints } from '../../../src/model/training/checkpoints/checkpoint.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { createTrainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { withKernels } from '../../helpers/kernels.ts';
import { findPython } from '../../helpers/python.ts';

// PyTorch is 800 MB and no part of Facet: pip install --target .peers torch==2.13.0 numpy safetensors
const python = findPython('torch', 'safetensors');
const page = readFileSync(join(FACET_ROOT, 'docs', 'checkpoints.md'), 'utf8');
const lines = /```python\n([\s\S]*?)```/.exec(page)![1]!;
const MOST_LINES = 30;

/** Runs the document's lines in a folder, then gives `generate` our own noise and labels. */
const SCRIPT = `
import json, os, sys
folder, page, inputs = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3]))
os.chdir(folder)
sys.argv = ["faces.py", *sys.argv[4:]]
exec(open(page).read())
noise, labels = (torch.tensor(inputs[name], dtype=torch.float32) for name in ("noise", "labels"))
print(json.dumps(generate(noise, labels).permute(0, 2, 3, 1).flatten().tolist()))
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-torch-'));
  writeFileSync(join(folder, 'faces.py'), lines);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('needs few lines', () => {
  expect(lines.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(MOST_LINES);
});

describe.skipIf(!python)(`a checkpoint in PyTorch${python ? '' : ' (skipped: no torch in .peers, and no FACET_TEST_PYTHON)'}`, () => {
  it.each<[string, Partial<NetworkShape>, TrainerOptions]>([
    ['article', {}, {}],
    [
      'modern',
      { spectralNorm: true, discriminatorLabels: 'projection', conditionalNorm: true, auxiliaryWeight: 1 },
      { loss: 'hinge', emaDecay: 0.9 },
    ],
    ['resizing', { conditionalNorm: true, upsampling: 'resize' }, {}],
  ])('gives the same pictures for the same noise: %s model', async (name, differences, options) => {
    const run = join(folder, name);
    const shape: NetworkShape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32, ...differences };
    const random = createRandom(5, 'torch');
    const rows = (count: number, of: () => number) => Array.from({ length: 4 }, () => Array.from({ length: count }, of));
    const inputs = { noise: rows(10, () => Math.fround(random.normal())), labels: rows(3, () => random.integer(2)) };
    const [noise, labels] = [Float32Array.from(inputs.noise.flat()), Float32Array.from(inputs.labels.flat())];
    const ours = await withKernels('tensorflow', async (k) => {
      const trainer = createTrainer(k, shape, 1, { ...options, labelShares: [0.5, 0.5, 0.5] });
      for (let step = 1; step <= 3; step++) {
        const pixels = Float32Array.from({ length: 4 * 32 * 32 * 3 }, () => random.uniform() * 2 - 1);
        trainer.step({ pixels, labels, noise, adam: { learningRate: 1e-2, beta1: 0.5, beta2: 0.999, step } });
      }
      await writeSnapshot(takeSnapshot(trainer, { step: 3, seconds: 1 }, ['a', 'b', 'c']), { folder: run, keep: 1 });
      return createGenerator(k, { shape, conditions: ['a', 'b', 'c'], network: sampledPart(trainer.generator) }).sample(noise, labels);
    });
    writeFileSync(join(folder, 'inputs.json'), JSON.stringify(inputs));
    const [script, given] = [join(folder, 'faces.py'), join(folder, 'inputs.json')];
    const { stdout, stderr } = python!(SCRIPT, folder, script, given, listCheckpoints(run)[0]!.path, 'a', 'c');
    expect(stderr).toBe('');
    const theirs = JSON.parse(stdout) as number[];
    expect(theirs).toHaveLength(ours.length);
    expect(Math.max(...theirs.map((value, i) => Math.abs(value - ours[i]!)))).toBeLessThan(1e-4);
    expect(new Set(theirs.map((value) => value.toFixed(5))).size).toBeGreaterThan(20); // pictures, not one colour
    const drawn = readFileSync(join(folder, 'faces.ppm'));
    expect(drawn.subarray(0, 14).toString('latin1')).toBe('P6 256 32 255\n');
    expect(drawn).toHaveLength(14 + 8 * 32 * 32 * 3);
  });
});
