import { expect, it } from 'vitest';
import { createRandom } from '../../src/experiment/random.ts';
import { readSeed } from '../helpers/seed.ts';
import { HEAD, pointsIn } from './parse-text.ts';

/** FACET_FUZZ_SEED=random tries other sweeps; what fails names the seed. */
const SEED = readSeed('FACET_FUZZ_SEED');

const AXES: Record<string, (i: number) => string> = {
  'training.seed': (i) => String(i),
  'training.epochs': (i) => String(i + 1),
  'training.batchSize': (i) => String(i + 2),
  'dataset.images': (i) => String(9000 + i),
  'model.width': (i) => String(8 * (i + 1)),
  'training.learningRate': (i) => `${i + 1}e-5`,
  'training.adamBeta1': (i) => `0.${i}1`,
};

/** A random grid and random zip groups, each field at most once. */
function drawSweep(round: number) {
  const random = createRandom(SEED, 'sweep-property', round);
  const fields = Object.keys(AXES).sort(() => random.uniform() - 0.5);
  const list = (field: string, size: number) => `${field}: [${Array.from({ length: size }, (_, i) => AXES[field]!(i)).join(', ')}]`;
  const grid = fields.splice(0, random.integer(4)).map((field) => ({ field, size: 1 + random.integer(4) }));
  const groups = Array.from({ length: random.integer(3) }, () => ({
    fields: fields.splice(0, 1 + random.integer(2)),
    size: 1 + random.integer(4),
  }));
  const zips = groups.filter((group) => group.fields.length > 0);
  const text = [
    `# FACET_FUZZ_SEED=${SEED}\n${HEAD}sweep:`,
    `  grid: {${grid.map(({ field, size }) => list(field, size)).join(', ')}}`,
    `  zip: [${zips.map((group) => `{${group.fields.map((field) => list(field, group.size)).join(', ')}}`).join(', ')}]`,
  ].join('\n');
  return {
    text,
    sizes: [...grid, ...zips].map(({ size }) => size),
    order: [...grid.map(({ field }) => field), ...zips.flatMap((group) => group.fields)],
  };
}

it('expands any grid and zip to the product of their sizes, without repetition, in the same order every time', () => {
  for (let round = 0; round < 200; round++) {
    const { text, sizes, order } = drawSweep(round);
    const points = pointsIn(text);
    expect(points, text).toHaveLength(sizes.reduce((product, size) => product * size, 1));
    expect(new Set(points.map(({ config }) => JSON.stringify(config))).size, text).toBe(points.length);
    for (const { axes } of points) expect(Object.keys(axes)).toEqual(order);
    expect(pointsIn(text), text).toEqual(points);
  }
});

it('lists the points like the digits of a number, the last axis fastest', () => {
  for (let round = 0; round < 50; round++) {
    const { text, order } = drawSweep(round);
    const values = pointsIn(text).map(({ axes }) => order.map((field) => Number(axes[field])));
    for (let i = 1; i < values.length; i++) {
      const first = values[i]!.findIndex((value, axis) => value !== values[i - 1]![axis]);
      expect(values[i]![first], text).toBeGreaterThan(values[i - 1]![first]!);
    }
  }
});
