import { describe, expect, it } from 'vitest';
import { createRandom, shuffle } from '../../src/experiment/random.ts';

const draw = (count: number, ...name: [number, ...(string | number)[]]) => {
  const random = createRandom(...name);
  return Array.from({ length: count }, () => random.uniform());
};

describe('a random stream', () => {
  it('is decided by seed and name', () => {
    expect(draw(5, 1, 'noise', 3)).toEqual(draw(5, 1, 'noise', 3));
    const streams = [draw(5, 1, 'noise', 3), draw(5, 2, 'noise', 3), draw(5, 1, 'noise', 4), draw(5, 1, 'shuffle', 3)];
    expect(new Set(streams.map(String)).size).toBe(4);
  });

  it('is uniform, also over the first draws of neighbouring seeds and steps', () => {
    for (const values of [draw(20_000, 1, 'a'), Array.from({ length: 20_000 }, (_, step) => draw(1, 1, 'noise', step)[0]!)]) {
      expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
      const counts = Array.from({ length: 10 }, (_, bin) => values.filter((value) => Math.floor(value * 10) === bin).length);
      for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    }
  });

  it('has normal numbers of mean 0 and variance 1', () => {
    const random = createRandom(1, 'normal');
    const values = Array.from({ length: 50_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 1);
  });

  it('draws every integer below its bound, and shuffles without losing any', () => {
    const random = createRandom(3, 'integers');
    expect(new Set(Array.from({ length: 500 }, () => random.integer(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    const shuffled = shuffle(
      Uint32Array.from({ length: 100 }, (_, i) => i),
      random,
    );
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...shuffled]).not.toEqual([...shuffled].sort((a, b) => a - b));
  });
});
