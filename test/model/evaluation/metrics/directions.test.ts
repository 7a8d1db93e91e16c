// Each metric moves the way that its row says.

import { describe, expect, it } from 'vitest';
import type { Pictures } from '../../../../src/model/evaluation/evaluator.ts';
import { EVALUATORS } from '../../../../src/model/evaluation/index.ts';
import { pairAlike } from '../../../../src/model/evaluation/metrics/pairs.ts';
import { drawFeatures } from '../../../fixtures/metrics/draw-features.ts';
import { judgedPictures } from '../../../helpers/judged-pictures.ts';
import { withKernels } from '../../../helpers/kernels.ts';

const [COUNT, SIZE] = [400, 8];
const attributes = ['Bald', 'Smiling'];
const labels = Float32Array.from({ length: COUNT * 2 }, (_, i) => Number(i % 2 === 0 ? i % 3 === 0 : i % 5 < 2));

/** Faces whose features follow from their labels and from chance. */
function drawFaces(seed: number, { spread = 1, shift = 0 } = {}): Pictures {
  const chance = drawFeatures({ count: COUNT, size: SIZE, seed, shift, scale: spread });
  const features = chance.map((value, i) => value + 2 * labels[Math.floor(i / SIZE) * 2 + (i & 1)]!);
  return judgedPictures({ count: COUNT, features, attributes, labels });
}

const measure = (generated: Pictures, real: Pictures) =>
  withKernels('wasm', async (k) => {
    const values: Record<string, number> = {};
    for (const evaluator of EVALUATORS.filter(({ usesOracle }) => usesOracle)) {
      Object.assign(values, await evaluator.measure(generated, await evaluator.prepare(real, k), k));
    }
    return values;
  });

const real = drawFaces(1);

describe('against real pictures', () => {
  it('other real pictures are near, everywhere, and as diverse', async () => {
    const values = await measure(drawFaces(2), real);
    expect(values.frechetDistance).toBeLessThan(0.3);
    expect(Math.abs(values.kernelDistance!)).toBeLessThan(0.2);
    for (const name of ['precision', 'recall', 'coverage']) expect(values[name]).toBeGreaterThan(0.9);
    expect(values.density).toBeCloseTo(1, 0);
    expect(values.diversity).toBeCloseTo(1, 1);
  });

  it('the same pictures are at no distance', async () => {
    const values = await measure(real, real);
    expect(values.frechetDistance).toBeLessThan(1e-6);
    for (const name of ['precision', 'recall', 'coverage', 'diversity']) expect(values[name]).toBe(1);
  });

  it('one picture over and over has no recall and no diversity', async () => {
    const [first] = [real.judged!.features.subarray(0, SIZE)];
    const collapsed = judgedPictures({
      count: COUNT,
      features: real.judged!.features.map((_, i) => first![i % SIZE]!),
      attributes,
      labels,
    });
    const values = await measure(collapsed, real);
    expect(values.recall).toBeLessThan(0.02);
    expect(values.coverage).toBeLessThan(0.1);
    expect(values.diversity).toBe(0);
    expect(values.precision).toBe(1);
    expect(values.frechetDistance).toBeGreaterThan(3);
  });

  it('less spread costs diversity and recall before precision', async () => {
    const values = await measure(drawFaces(2, { spread: 0.5 }), real);
    expect(values.diversity).toBeCloseTo(0.5, 1);
    expect(values.recall).toBeLessThan(0.7);
    expect(values.precision).toBeGreaterThan(0.95);
  });

  it('pictures of another kind are far off, and in nobody´s neighbourhood', async () => {
    const [near, far] = [await measure(drawFaces(2, { shift: 1 }), real), await measure(drawFaces(2, { shift: 5 }), real)];
    expect(near.frechetDistance).toBeGreaterThan(1);
    expect(near.kernelDistance).toBeGreaterThan(2);
    expect(far.frechetDistance).toBeGreaterThan(near.frechetDistance!);
    expect(far.kernelDistance).toBeGreaterThan(near.kernelDistance!);
    for (const name of ['precision', 'recall', 'density', 'coverage']) expect(far[name]).toBe(0);
  });

  it('one face for each row of labels has no diversity, also where hardly two rows are the same', async () => {
    const bits = 40;
    const rows = drawFeatures({ count: COUNT, size: bits, seed: 9, shift: 0, scale: 1 }).map((value) => Number(value > 0.5));
    const asked = { count: COUNT, attributes: Array.from({ length: bits }, (_, i) => `label ${i}`), labels: rows };
    const shown = Float32Array.from({ length: COUNT * SIZE }, (_, i) => rows[Math.floor(i / SIZE) * bits + (i % SIZE)]!);
    const faces = drawFeatures({ count: COUNT, size: SIZE, seed: 1, shift: 0, scale: 1 }).map((value, i) => value + shown[i]!);
    const values = await measure(judgedPictures({ ...asked, features: shown }), judgedPictures({ ...asked, features: faces }));
    expect(values.diversity).toBeLessThan(0.001);
  });

  it('pictures that are no numbers have no distance', async () => {
    const broken = { ...real, judged: { ...real.judged!, features: new Float32Array(COUNT * SIZE).fill(Number.NaN) } };
    expect(Object.keys(await measure(broken, real)).filter((name) => !name.includes('Accuracy'))).toEqual([]);
  });

  it('repeats bit for bit', async () => {
    expect(await measure(drawFaces(3), real)).toEqual(await measure(drawFaces(3), real));
  });
});

describe('pictures that were asked for alike', () => {
  it('have the same labels where enough do', () => {
    const rows = [0, 1, 0, 1, 1, 0, 1, 1]; // four pictures of two labels
    expect([...pairAlike(Float32Array.from(rows), 4)]).toEqual([0, 1, 1, 0]);
  });

  it('have the nearest labels where hardly two are the same', () => {
    const rows = Float32Array.from({ length: 6 * 40 }, (_, i) => Number(i % 40 < Math.floor(i / 40) ** 2)); // 0, 1, 4, 9, 16, 25 bits
    expect([...pairAlike(rows, 6)]).toEqual([0, 1, 1, 0, 2, 1, 3, 2, 4, 3, 5, 4]);
  });

  it('are at most eight others', () => {
    const pairs = pairAlike(new Float32Array(20), 20);
    expect(pairs.length).toBe(20 * 8 * 2);
    expect([...pairs.slice(-4)]).toEqual([19, 6, 19, 7]);
  });
});
