import { expect, it } from 'vitest';
import { createRandom, shuffle } from '../../../../src/experiment/random.ts';
import { attributeAccuracy, measureAttributes } from '../../../../src/model/evaluation/metrics/attribute-accuracy.ts';
import type { Kernels } from '../../../../src/model/kernels/kernels.ts';
import { judgedPictures } from '../../../helpers/judged-pictures.ts';

const attributes = ['Bald', 'Smiling'];
const COUNT = 1000;
/** 5 % are bald, half of them smile. */
const labels = Float32Array.from({ length: COUNT * 2 }, (_, i) => (i % 2 === 0 ? Number(i % 40 === 0) : Number(i % 4 === 1)));

const measure = (pictures: Parameters<typeof measureAttributes>[0]) => attributeAccuracy.measure(pictures, null, {} as Kernels);

it('is 1 where the oracle sees what was asked for, relative to its own', async () => {
  const accuracy = { Bald: { balanced: 0.95, on: 50, off: 950 } };
  const pictures = judgedPictures({ count: COUNT, attributes, labels, accuracy });
  expect(await measure(pictures)).toEqual({
    attributeAccuracy: 1,
    worstAttributeAccuracy: 1,
    relativeAccuracy: (1 / 0.95 + 1) / 2,
    worstRelativeAccuracy: 1,
  });
});

it('is about 0.5 where labels are shuffled, however rare an attribute is', async () => {
  const order = shuffle(
    Uint32Array.from({ length: COUNT }, (_, i) => i),
    createRandom(1, 'order'),
  );
  const seen = Float32Array.from(labels, (_, i) => labels[order[i >> 1]! * 2 + (i & 1)]!);
  const values = await measure(judgedPictures({ count: COUNT, attributes, labels, seen }));
  expect(values.attributeAccuracy).toBeGreaterThan(0.45);
  expect(values.attributeAccuracy).toBeLessThan(0.55);
  expect(values.worstRelativeAccuracy).toBeLessThan(0.55);
});

it('is exactly 0.5 for an attribute that is always or never seen, and the worst says so', async () => {
  const seen = Float32Array.from(labels, (bit, i) => (i % 2 === 0 ? 0 : bit));
  const pictures = judgedPictures({ count: COUNT, attributes, labels, seen });
  expect(await measure(pictures)).toMatchObject({ attributeAccuracy: 0.75, worstAttributeAccuracy: 0.5 });
  expect(measureAttributes(pictures)).toEqual({
    Bald: { balanced: 0.5, relative: 0.5, reliable: true },
    Smiling: { balanced: 1, relative: 1, reliable: true },
  });
});

it.each([
  ['few held-out pictures have it', { balanced: 1, on: 9, off: 991 }, 'only 9 held-out pictures with it'],
  ['few held-out pictures lack it', { balanced: 1, on: 991, off: 9 }, 'only 9 held-out pictures without it'],
  ['the oracle is poor at it', { balanced: 0.89, on: 50, off: 950 }, 'the oracle itself reaches 0.89 on held-out pictures'],
  ['the oracle never met it', { balanced: Number.NaN, on: 20, off: 20 }, 'the oracle itself reaches NaN on held-out pictures'],
])('leaves an attribute out of mean and worst, with the reason, where %s', async (_, own, reason) => {
  const seen = Float32Array.from(labels, (bit, i) => (i % 2 === 0 ? 0 : bit));
  const pictures = judgedPictures({ count: COUNT, attributes, labels, seen, accuracy: { Bald: own } });
  expect(measureAttributes(pictures).Bald).toMatchObject({ balanced: 0.5, reliable: false, reason });
  expect(await measure(pictures)).toMatchObject({ attributeAccuracy: 1, worstAttributeAccuracy: 1 });
});

it('has no value where no attribute is reliable, and none without an oracle', async () => {
  const few = judgedPictures({ count: 30, attributes, labels: labels.slice(0, 60) });
  expect(measureAttributes(few).Bald).toMatchObject({ reliable: false, reason: 'only 2 pictures were asked for with it' });
  const nobody = judgedPictures({ count: 30, attributes: ['Bald'], labels: new Float32Array(30) });
  expect(await measure(nobody)).toEqual({});
  expect(measureAttributes(nobody).Bald!.balanced).toBeNaN();
  const { oracle: _, ...blind } = nobody;
  expect(measureAttributes(blind)).toEqual({});
});

it('judges rotations on the pictures that were asked for turned', async () => {
  const names = ['Smiling', 'rotate_90'];
  const asked = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0 : Number(i % 4 === 1)));
  const seen = asked.map((bit, i) => (i % 8 === 1 ? 0 : bit)); // half of the turned ones stand upright
  const turned = judgedPictures({ count: 100, attributes: names, labels: asked, seen });
  const pictures = { ...judgedPictures({ count: 100, attributes: ['Smiling'], labels: asked.filter((_, i) => i % 2 === 1) }), turned };
  expect(await measure(pictures)).toMatchObject({ attributeAccuracy: 1, rotationAccuracy: 0.75 });
  expect(Object.keys(measureAttributes(pictures))).toEqual(names);
});
