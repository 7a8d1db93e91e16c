import { describe, expect, it } from 'vitest';
import { CELEBA_ATTRIBUTES } from '../../../src/experiment/celeba-attributes.ts';
import type { SourceChunk } from '../../../src/model/data/sources/source.ts';
import { createSyntheticSource, type SyntheticOptions } from '../../../src/model/data/synthetic/synthetic.ts';
import { drawTraits } from '../../../src/model/data/synthetic/traits.ts';

async function readAll(options: SyntheticOptions): Promise<{ chunks: SourceChunk[]; pixels: Buffer; labels: Buffer }> {
  const chunks: SourceChunk[] = [];
  for await (const chunk of createSyntheticSource(options).read()) chunks.push(chunk);
  return { chunks, pixels: Buffer.concat(chunks.map((c) => c.pixels)), labels: Buffer.concat(chunks.map((c) => c.labels)) };
}

describe('the synthetic source', () => {
  it.each([32, 64, 128] as const)('reads the promised number of pictures at %i pixels, in chunks whose labels fit', async (imageSize) => {
    const { chunks } = await readAll({ images: 130, seed: 3, imageSize, drawings: 2 });
    const counts = chunks.map(({ pixels }) => pixels.length / (imageSize * imageSize * 3));
    expect(counts.reduce((a, b) => a + b)).toBe(130);
    expect(chunks.map(({ labels }) => labels.length / CELEBA_ATTRIBUTES.length)).toEqual(counts);
    expect(Math.max(...counts)).toBeLessThanOrEqual(256);
    expect(chunks.flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('gives the labels that the faces were drawn from, in the order of the attributes', async () => {
    const source = createSyntheticSource({ images: 70, seed: 3, imageSize: 32, drawings: 2 });
    const { labels } = await readAll({ images: 70, seed: 3, imageSize: 32, drawings: 2 });
    expect(source.attributes).toEqual(CELEBA_ATTRIBUTES);
    const expected = Array.from({ length: 70 }, (_, i) => source.attributes.map((name) => +drawTraits(i, 3).labels[name as never]));
    expect([...labels]).toEqual(expected.flat());
  });

  it('gives the same bytes for the same options', async () => {
    const [a, b] = await Promise.all([
      readAll({ images: 100, seed: 7, imageSize: 64, drawings: 2 }),
      readAll({ images: 100, seed: 7, imageSize: 64, drawings: 2 }),
    ]);
    expect(a.pixels.equals(b.pixels)).toBe(true);
    expect(a.labels.equals(b.labels)).toBe(true);
  });

  it('only adds faces when more are asked for', async () => {
    const few = await readAll({ images: 100, seed: 7, imageSize: 64, drawings: 2 });
    const many = await readAll({ images: 200, seed: 7, imageSize: 64, drawings: 2 });
    expect(many.pixels.subarray(0, few.pixels.length).equals(few.pixels)).toBe(true);
    expect(many.labels.subarray(0, few.labels.length).equals(few.labels)).toBe(true);
  });

  it('draws other people for another seed', async () => {
    const a = await readAll({ images: 20, seed: 7, imageSize: 32, drawings: 2 });
    const b = await readAll({ images: 20, seed: 8, imageSize: 32, drawings: 2 });
    expect(a.labels.equals(b.labels)).toBe(false);
    expect(a.pixels.equals(b.pixels)).toBe(false);
  });

  it('can be left early', async () => {
    const source = createSyntheticSource({ images: 10_000, seed: 1, imageSize: 32, drawings: 2 });
    for await (const chunk of source.read()) {
      expect(chunk.pixels.length).toBeGreaterThan(0);
      break;
    }
  });

  it('names its data by everything that decides them', () => {
    const options = { images: 100, seed: 1, imageSize: 64, drawings: 2 } as const;
    const identity = (change: Partial<SyntheticOptions>) => createSyntheticSource({ ...options, ...change }).identity;
    expect(identity({})).toBe(identity({}));
    const others = [identity({ images: 101 }), identity({ seed: 2 }), identity({ imageSize: 32 }), identity({ drawings: 1 })];
    expect(new Set([identity({}), ...others]).size).toBe(5);
  });
});
