import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { restoreCheckpoint } from '../../../src/model/training/checkpoints/restore.ts';
import { readSafetensors } from '../../../src/model/training/checkpoints/safetensors.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import { checkpointFile } from '../../../src/results/paths.ts';
import { withKernels } from '../../helpers/kernels.ts';

// Written when a step still computed the discriminator's running statistics. Facet of then asks for them when it loads a checkpoint.
const old = join(import.meta.dirname, '../../fixtures/results/format-1/tiny/seed1-85e7053eb0bf');

it('goes on from a checkpoint of before, and writes one that Facet of before can load', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facet-old-'));
  cpSync(join(old, 'checkpoints'), join(folder, 'checkpoints'), { recursive: true });
  const before = readSafetensors(checkpointFile(folder, 4));
  const shape = JSON.parse(before.metadata.network!) as NetworkShape;
  await withKernels('tensorflow', async (k) => {
    const trainer = createTrainer(k, shape, 1);
    expect(restoreCheckpoint(trainer, folder, (message) => expect.unreachable(message))?.step).toBe(4);
    const fill = (count: number) => new Float32Array(count).map((_, i) => Math.sin(i));
    const pixels = fill(4 * shape.imageSize ** 2 * 3);
    const [labels, noise] = [new Float32Array(4 * shape.conditions), fill(4 * shape.latentSize)];
    trainer.step({ pixels, labels, noise, adam: { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, step: 5 } });
    const conditions = JSON.parse(before.metadata.conditions!) as string[];
    await writeSnapshot(takeSnapshot(trainer, { step: 5, seconds: 9 }, conditions), { folder, keep: 2 });
  });
  const after = readSafetensors(checkpointFile(folder, 5));
  const shapes = ({ tensors }: typeof before) => [...tensors].map(([name, { shape }]) => ({ name, shape }));
  expect(shapes(after)).toEqual(shapes(before));
  expect({ ...after.metadata, step: '', seconds: '', sha256: '' }).toEqual({ ...before.metadata, step: '', seconds: '', sha256: '' });
  const changed = [...after.tensors].filter(([name, { values }]) => values.join() !== before.tensors.get(name)!.values.join());
  expect(changed.map(([name]) => name).filter((name) => /^discriminator.*running/.test(name))).toEqual([]);
  expect(changed.map(([name]) => name).filter((name) => /^generator.*running/.test(name)).length).toBeGreaterThan(5);
  rmSync(folder, { recursive: true });
});
