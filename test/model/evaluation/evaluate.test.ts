import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createEvaluation } from '../../../src/model/evaluation/evaluate.ts';
import { createGenerator } from '../../../src/model/generation/generator.ts';
import { sampledPart } from '../../../src/model/networks/network.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import { type BackendName, withKernels } from '../../helpers/kernels.ts';

const side = 32;
const pictureBytes = side * side * 3;
/** 60 pictures of random bytes; the first attribute is on in every second, the other never asked for. */
const packed = {
  count: 60,
  imageSize: side,
  attributes: ['Other', 'Young', 'Male'],
  labels: Uint8Array.from({ length: 180 }, (_, i) => (i % 3 === 2 ? Math.floor(i / 3) % 2 : i % 3 === 0 ? 1 : 0)),
  readPictures(indices: Uint32Array, into: Uint8Array) {
    indices.forEach((index, i) => {
      const random = createRandom(index, 'bytes');
      for (let at = 0; at < pictureBytes; at++) into[i * pictureBytes + at] = random.integer(256);
    });
  },
};
const attributes = ['Male', 'Young'];

const evaluateOn = (backend: BackendName, { conditions = 2, times = 1 } = {}) =>
  withKernels(backend, async (k) => {
    const trainer = createTrainer(k, { latentSize: 10, conditions, width: 16, imageSize: side }, 1);
    const weights = await trainer.generator.parameters.export();
    const evaluation = createEvaluation({ k, packed, attributes });
    const values: number[] = [];
    const tensors: number[] = [];
    for (let i = 0; i < times; i++) {
      values.push(
        (await evaluation.evaluate(createGenerator(k, { shape: trainer.shape, conditions: [], network: sampledPart(trainer.generator) })))
          .slicedWasserstein!,
      );
      tensors.push(k.count());
    }
    expect(await trainer.generator.parameters.export()).toEqual(weights);
    return { values, tensors };
  });

describe('the evaluation of a generator', () => {
  it('is the same number each time, bit for bit, and leaves the networks alone', async () => {
    const first = await evaluateOn('tensorflow', { times: 2 });
    const again = await evaluateOn('tensorflow');
    expect(first.values[1]).toBe(first.values[0]);
    expect(again.values[0]).toBe(first.values[0]);
    expect(first.values[0]).toBeGreaterThan(0.1); // an untrained generator is far from the pictures
    expect(first.tensors[1]).toBe(first.tensors[0]);
  });

  it.each(['wasm', 'webgpu'] as const)('is the same on %s up to rounding', async (backend) => {
    const [ours, reference] = [await evaluateOn(backend), await evaluateOn('tensorflow')];
    expect(Math.abs(ours.values[0]! / reference.values[0]! - 1)).toBeLessThan(1e-3);
  });

  it('asks for upright pictures of a run that learns orientations too', async () => {
    const { values } = await evaluateOn('tensorflow', { conditions: 4 });
    expect(values[0]).toBeGreaterThan(0.1);
  });

  it('asks for the labels that the real pictures have', async () => {
    const asked = await withKernels('tensorflow', async (k) => {
      const labels: Float32Array[] = [];
      const trainer = createTrainer(k, { latentSize: 10, conditions: 3, width: 16, imageSize: side }, 1);
      const { sample, ...generator } = createGenerator(k, {
        shape: trainer.shape,
        conditions: [],
        network: sampledPart(trainer.generator),
      });
      await createEvaluation({ k, packed, attributes }).evaluate({
        ...generator,
        sample(z, y) {
          labels.push(y.slice());
          return sample(z, y);
        },
      });
      return labels;
    });
    const rows = asked.flatMap((labels) => Array.from({ length: labels.length / 3 }, (_, i) => [...labels.subarray(i * 3, i * 3 + 3)]));
    expect(rows).toHaveLength(60);
    expect(rows.filter(([male]) => male === 1)).toHaveLength(30);
    expect(rows.every(([, young, turned]) => young === 0 && turned === 0)).toBe(true);
  });
});
