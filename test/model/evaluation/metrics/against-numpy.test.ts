// Distances and shares of neighbours against what numpy and scipy find of the same features: test/fixtures/metrics/make-values.py.

import { describe, expect, it } from 'vitest';
import type { Evaluator, Pictures } from '../../../../src/model/evaluation/evaluator.ts';
import { diversity } from '../../../../src/model/evaluation/metrics/diversity.ts';
import { frechetDistance } from '../../../../src/model/evaluation/metrics/frechet-distance.ts';
import { kernelDistance } from '../../../../src/model/evaluation/metrics/kernel-distance.ts';
import { precisionRecall } from '../../../../src/model/evaluation/metrics/precision-recall.ts';
import { drawFeatures } from '../../../fixtures/metrics/draw-features.ts';
import values from '../../../fixtures/metrics/values.json' with { type: 'json' };
import { judgedPictures } from '../../../helpers/judged-pictures.ts';
import { BACKENDS, type BackendName, withKernels } from '../../../helpers/kernels.ts';

const draw = (count: number, size: number, seed: number, shift: number, scale: number, labels = {}) =>
  judgedPictures({ count, features: drawFeatures({ count, size, seed, shift, scale }), ...labels });

/** 25 rows of five labels, of eight pictures each. */
const rows = (count: number) => ({
  attributes: ['a', 'b', 'c', 'd', 'e'],
  labels: Float32Array.from({ length: count * 5 }, (_, i) => ((Math.floor(i / 5) % 25) >> (i % 5)) & 1),
});

const real = draw(300, 16, 1, 0.4, 1, rows(300));
const generated = draw(200, 16, 2, 0.5, 0.8, rows(200));

it('the features are those that numpy saw', () => {
  expect([...generated.judged!.features.subarray(0, 4)]).toEqual(values.firstFeatures.map(Math.fround));
});

it('the kernel distance of many pictures is the mean over blocks', async () => {
  const { kernelDistance: value } = await measure('wasm', kernelDistance, draw(2500, 4, 4, 0.3, 1.2), draw(1500, 4, 5, 0, 1));
  expect(value).toBeCloseTo(values.kernelDistanceInBlocks, 5);
});

it('diversity where hardly two pictures have the same labels is that of numpy', async () => {
  const attributes = Array.from({ length: 40 }, (_, i) => `label ${i}`);
  const labels = drawFeatures({ count: 200, size: 40, seed: 7, shift: 0, scale: 1 }).map((value) => Number(value > 0.5));
  const asked = { attributes, labels };
  const { diversity: value } = await measure('wasm', diversity, draw(200, 16, 2, 0.5, 0.8, asked), draw(200, 16, 1, 0.4, 1, asked));
  expect(value).toBeCloseTo(values.diversityOfNearest, 7);
});

for (const backend of BACKENDS) {
  describe(`on ${backend}`, () => {
    it('the Frechet distance is that of scipy', async () => {
      const { frechetDistance: value } = await measure(backend, frechetDistance, generated, real);
      expect(value).toBeCloseTo(values.frechetDistance, 7);
    });

    it('the Frechet distance is that of scipy with fewer pictures than features', async () => {
      const { frechetDistance: value } = await measure(backend, frechetDistance, draw(10, 16, 3, 0.5, 0.8), real);
      expect(value).toBeCloseTo(values.frechetDistanceOfFew, 5);
    });

    it('the kernel distance is that of numpy', async () => {
      const { kernelDistance: value } = await measure(backend, kernelDistance, generated, real);
      expect(value).toBeCloseTo(values.kernelDistance, 5);
    });

    it('precision, recall, density and coverage are those of numpy', async () => {
      expect(await measure(backend, precisionRecall, generated, real)).toEqual(values.neighbourhoods);
      expect(await measure(backend, precisionRecall, draw(200, 16, 6, 0.4, 1), real)).toEqual(values.neighbourhoodsAlike);
    });

    it('diversity is that of numpy', async () => {
      expect((await measure(backend, diversity, generated, real)).diversity).toBeCloseTo(values.diversity, 7);
    });
  });
}

function measure(backend: BackendName, evaluator: Evaluator, made: Pictures, given: Pictures): Promise<Record<string, number>> {
  return withKernels(backend, async (k) => {
    const before = k.count();
    const measured = await evaluator.measure(made, await evaluator.prepare(given, k), k);
    expect(k.count()).toBe(before);
    return measured;
  });
}
