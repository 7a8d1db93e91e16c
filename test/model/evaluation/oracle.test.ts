import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccuracyTally } from '../../../src/model/evaluation/oracle/accuracy.ts';
import { createLessons } from '../../../src/model/evaluation/oracle/lessons.ts';
import { hasOracle, type OracleOptions, openOracle } from '../../../src/model/evaluation/oracle/oracle.ts';
import { oracleLearningRate, planSteps, RECIPE } from '../../../src/model/evaluation/oracle/recipe.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';
import { relativeError, withKernels } from '../../helpers/kernels.ts';
import { colouredSquares, squaresData, TINY } from './coloured-squares.ts';

let cacheRoot: string;
beforeEach(() => {
  cacheRoot = mkdtempSync(join(tmpdir(), 'facet-oracle-'));
});
afterEach(() => rmSync(cacheRoot, { recursive: true, force: true }));

const inCache = () => readdirSync(join(cacheRoot, 'oracles'));
const fileInCache = () => join(cacheRoot, 'oracles', inCache()[0]!);
const openWith = (k: Kernels, more: Partial<OracleOptions> = {}) =>
  openOracle({ k, data: squaresData(), rotations: [], cacheRoot, recipe: TINY, ...more });
const training = (more: Partial<OracleOptions> = {}) => withKernels('tensorflow', (k) => openWith(k, more));

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
}

/** [count, 32, 32, 3] in [-1, 1] */
function pixelsOf({ count, readPictures }: ReturnType<typeof colouredSquares>): Float32Array {
  const bytes = new Uint8Array(count * 32 * 32 * 3);
  readPictures(
    Uint32Array.from({ length: count }, (_, i) => i),
    bytes,
  );
  return Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
}

describe.each(['tensorflow', 'wasm'] as const)('an oracle on %s', (backend) => {
  it('tells the attributes of pictures that it has not seen, says how well, and is read again from the cache as it was', () =>
    withKernels(backend, async (k) => {
      const oracle = await openWith(k);
      expect(oracle.labels).toEqual(['Red', 'Bright', 'Never']);
      expect(oracle.accuracy.Red!.balanced).toBeGreaterThan(0.95);
      expect(oracle.accuracy.Bright!.balanced).toBeGreaterThan(0.95);
      expect(oracle.accuracy.Never).toMatchObject({ on: 0, off: 60 });
      const { on, off } = oracle.accuracy.Red!;
      expect(on + off).toBe(60);

      const others = colouredSquares(150, 3); // more than are judged at once
      const judged = await oracle.judge(pixelsOf(others));
      const { features, logits, count } = judged;
      expect([count, features.length, logits.length]).toEqual([150, 150 * oracle.featureSize, 150 * 3]);
      expect(features.every(Number.isFinite)).toBe(true);
      const right = Array.from({ length: 150 }, (_, i) => logits[3 * i]! > 0 === (others.labels[3 * i] === 1)).filter(Boolean);
      expect(right.length).toBeGreaterThan(142);
      oracle.free();

      const told: number[] = [];
      const again = await openWith(k, { onProgress: (done) => told.push(done) });
      expect(told).toEqual([]);
      expect(again.identity).toBe(oracle.identity);
      expect(again.accuracy).toEqual(oracle.accuracy);
      expect(await again.judge(pixelsOf(others))).toEqual(judged);
      const heldOut = await again.judge(pixelsOf(squaresData().heldOut));
      expect(again.heldOut!.count).toBe(60);
      expect(relativeError(again.heldOut!.features, heldOut.features)).toBeLessThan(1e-5);
      expect(relativeError(again.heldOut!.logits, heldOut.logits)).toBeLessThan(1e-5);
      const before = k.count();
      await again.judge(pixelsOf(others));
      expect(k.count()).toBe(before);
      again.free();
    }));
});

it.each(['cpu', 'webgpu', 'tensorflow'] as const)('three steps on %s come out as on WebAssembly, up to rounding', async (backend) => {
  const recipe = { ...TINY, batchSize: 4, leastSteps: 3, mostSteps: 3 };
  const data = { ...squaresData(), heldOut: colouredSquares(2, 2) };
  const pictures = pixelsOf(colouredSquares(3, 5));
  const judgeOn = (on: 'wasm' | typeof backend) =>
    withKernels(on, async (k) => {
      const { logits } = await (await openWith(k, { recipe, data })).judge(pictures);
      rmSync(fileInCache());
      return logits;
    });
  expect(relativeError(await judgeOn(backend), await judgeOn('wasm'))).toBeLessThan(1e-3);
});

describe('an oracle', () => {
  it('comes out with the same bits each time', async () => {
    const first = await training();
    const bytes = readFileSync(fileInCache());
    rmSync(fileInCache());
    expect((await training()).identity).toBe(first.identity);
    expect(readFileSync(fileInCache()).equals(bytes)).toBe(true);
  });

  it('judges on another backend than it was trained on, with the same figures up to rounding', async () => {
    const pictures = pixelsOf(colouredSquares(20, 5));
    const native = await withKernels('tensorflow', async (k) => (await openWith(k)).judge(pictures));
    const wasm = await withKernels('wasm', async (k) => (await openWith(k)).judge(pictures));
    expect(inCache()).toHaveLength(1);
    expect(relativeError(wasm.logits, native.logits)).toBeLessThan(1e-4);
    expect(relativeError(wasm.features, native.features)).toBeLessThan(1e-4);
  });

  it('tells how pictures are turned, where runs use rotations', async () => {
    const { labels, accuracy } = await training({ rotations: [90, 180], recipe: { ...TINY, mostSteps: 150, leastSteps: 150 } });
    expect(labels).toEqual(['Red', 'Bright', 'Never', 'rotate_90', 'rotate_180']);
    expect(accuracy.rotate_90!.balanced).toBeGreaterThan(0.9);
    expect(accuracy.rotate_180!.balanced).toBeGreaterThan(0.9);
    expect(accuracy.rotate_180).toMatchObject({ on: 20, off: 40 });
    expect(accuracy.Red!.balanced).toBeGreaterThan(0.9);
  });

  it('is another file for other pictures, rotations or another recipe', async () => {
    const few = { ...TINY, leastSteps: 2, mostSteps: 2 };
    const identities = [
      await training({ recipe: few }),
      await training({ recipe: { ...few, shift: 1 } }),
      await training({ recipe: few, rotations: [90] }),
      await training({ recipe: few, data: { ...squaresData(), identity: 'others' } }),
    ].map(({ identity }) => identity);
    expect(new Set(identities).size).toBe(4);
    expect(inCache()).toHaveLength(4);
  });

  it.each([
    ['cut short', (path: string) => truncateSync(path, 3000), /holds \d+ bytes of tensors/],
    ['changed', (path: string) => flipLastByte(path), /bytes do not match their SHA-256/],
    ['emptied', (path: string) => writeFileSync(path, ''), /too short for a safetensors file/],
  ])('that is %s is made again, and one line says so', async (_, damage, reason) => {
    const { identity } = await training();
    damage(fileInCache());
    const notices: string[] = [];
    expect(hasOracle({ data: squaresData(), rotations: [], cacheRoot, recipe: TINY })).toBe(false);
    expect((await training({ onNotice: (notice) => notices.push(notice) })).identity).toBe(identity);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^The oracle is damaged and is trained again \(.*\)\.$/);
    expect(notices[0]).toMatch(reason);
    expect(hasOracle({ data: squaresData(), rotations: [], cacheRoot, recipe: TINY })).toBe(true);
  });

  it('whose making is stopped leaves nothing behind, and the next one makes it', async () => {
    const stop = new AbortController();
    const onProgress = (done: number) => done === 20 && stop.abort(new Error('stopped by a test'));
    await expect(training({ signal: stop.signal, onProgress })).rejects.toThrow('stopped by a test');
    expect(inCache()).toEqual([]);
    const told: number[] = [];
    await training({ onProgress: (done, total) => told.push(done / total) });
    expect(told).toHaveLength(61);
    expect(told.at(-1)).toBe(1);
    expect(inCache()).toHaveLength(1);
  });

  it('learns from two pictures, however little that is worth', async () => {
    const data = { ...squaresData(), oracleTraining: colouredSquares(2, 1), heldOut: colouredSquares(2, 2) };
    const { accuracy } = await training({ data });
    expect(accuracy.Red).toMatchObject({ on: expect.any(Number), off: expect.any(Number) });
    expect(accuracy.Red!.on + accuracy.Red!.off).toBe(2);
  });
});

describe('the lessons of an oracle', () => {
  it('weigh pictures with a label as much as those without it', () => {
    const data = colouredSquares(96, 1);
    const { read } = createLessons({ data, turns: [], recipe: { ...TINY, batchSize: 96 } });
    const { targets, weights } = read(1);
    const sums = [0, 0];
    for (let i = 0; i < 96; i++) sums[targets[3 * i + 1]!]! += weights[3 * i + 1]!;
    expect(sums[0]).toBeCloseTo(48);
    expect(sums[1]).toBeCloseTo(48);
  });

  it('move, mirror and turn pictures without mixing their pixels, and repeat the edge', () => {
    const side = 32;
    const picture = Uint8Array.from({ length: side * side * 3 }, (_, at) => Math.floor(at / 3) % 251);
    const data = {
      count: 1,
      imageSize: side,
      attributes: ['A'],
      labels: Uint8Array.of(1),
      readPictures: (_: Uint32Array, into: Uint8Array) => into.set(picture),
    };
    const { read } = createLessons({ data, turns: [2], recipe: { ...RECIPE, shift: 8, turned: 0.5, mostEpochs: 60, leastSteps: 60 } });
    const seen = new Set<string>();
    for (let step = 1; step <= 60; step++) {
      const { pixels, targets } = read(step);
      const value = (x: number, y: number) => Math.round((pixels[(y * side + x) * 3]! + 1) * 127.5);
      const isTurned = targets[1] === 1;
      const from = (x: number, y: number, flip: boolean, right: number, down: number) => {
        const [u, v] = isTurned ? [side - 1 - x, side - 1 - y] : [x, y];
        const w = flip ? side - 1 - u : u;
        const clamp = (at: number) => Math.min(side - 1, Math.max(0, at));
        return (clamp(v - down) * side + clamp(w - right)) % 251;
      };
      const moves = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
      const found = [false, true]
        .flatMap((flip) => moves.flatMap((right) => moves.map((down) => ({ flip, right, down }))))
        .filter(({ flip, right, down }) => {
          for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) if (value(x, y) !== from(x, y, flip, right, down)) return false;
          return true;
        });
      expect(found).toHaveLength(1);
      seen.add(`${isTurned} ${found[0]!.flip}`);
    }
    expect(seen.size).toBe(4);
  });
});

it('the rate of learning rises for a third of the steps and falls to nearly nothing', () => {
  const rates = Array.from({ length: 1000 }, (_, i) => oracleLearningRate(RECIPE, i + 1, 1000));
  expect(rates[0]).toBeCloseTo(RECIPE.learningRate / 25);
  expect(rates.indexOf(Math.max(...rates))).toBe(300);
  expect(rates[300]).toBeCloseTo(RECIPE.learningRate);
  expect(rates[999]).toBeLessThan(RECIPE.learningRate / 1000);
});

it.each([
  [12_000, 64, 7 * 187],
  [200_000, 64, 4000],
  [432, 64, 300],
  [20, 20, 50],
])('of %i pictures it takes batches of %i for %i steps', (pictures, batchSize, steps) => {
  const plan = planSteps({ ...RECIPE, epochs: 7 }, pictures);
  expect([plan.batchSize, plan.steps]).toEqual([batchSize, steps]);
});

it('balanced accuracy is the mean of both shares, or the one that there is', () => {
  const tally = createAccuracyTally(2);
  tally.add([1, 0, 0, 0, 0, 0], [1, -1, 1, -1, -1, 0]);
  expect(tally.result()).toEqual([
    { balanced: 0.75, on: 1, off: 2 },
    { balanced: 1, on: 0, off: 3 },
  ]);
});
