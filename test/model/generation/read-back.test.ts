import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPictureCopier } from '../../../src/model/data/pictures/copy-picture.ts';
import { openKnownOracle, openOracle } from '../../../src/model/evaluation/oracle/oracle.ts';
import { chooseNoise } from '../../../src/model/generation/best-of.ts';
import { createNoise } from '../../../src/model/generation/open-run.ts';
import { createFaceReader, type ReadableFace } from '../../../src/model/generation/read-back.ts';
import { askedOf, chooseCandidate, readFace, sumUpReadings } from '../../../src/model/generation/readings.ts';
import { withKernels } from '../../helpers/kernels.ts';
import { colouredSquares, squaresData, TINY } from '../evaluation/coloured-squares.ts';

const squares = colouredSquares(12, 7);

/** The picture of a square, with its true labels as bits. */
function squareAt(index: number): ReadableFace & { bits: { Red: number; Bright: number; Never: number } } {
  const bytes = new Uint8Array(32 * 32 * 3);
  squares.readPictures(Uint32Array.of(index), bytes);
  const [Red, Bright, Never] = squares.labels.subarray(3 * index, 3 * index + 3) as unknown as [number, number, number];
  return { pixels: Float32Array.from(bytes, (byte) => byte / 127.5 - 1), asked: {}, bits: { Red, Bright, Never } };
}

/** By a quarter, counter-clockwise. */
function turn(pixels: Float32Array): Float32Array {
  const bytes = Uint8Array.from(pixels, (value) => Math.round((value + 1) * 127.5));
  const turned = new Float32Array(pixels.length);
  createPictureCopier({ from: bytes, to: turned, side: 32 })(0, false, 1);
  return turned;
}

const findSquare = (red: 0 | 1) => squareAt(Array.from({ length: 12 }, (_, i) => i).find((i) => squares.labels[3 * i] === red)!);

describe('an oracle that was trained on squares', () => {
  let cacheRoot: string;
  beforeEach(() => {
    cacheRoot = mkdtempSync(join(tmpdir(), 'facet-read-back-'));
  });
  afterEach(() => rmSync(cacheRoot, { recursive: true, force: true }));

  it('reads pictures back, chooses the better candidate, and is found again by its name without a picture', () =>
    withKernels('tensorflow', async (k) => {
      const oracle = await openOracle({ k, data: squaresData(), rotations: [], cacheRoot, recipe: TINY });
      const reader = createFaceReader(oracle);
      const [red, green] = [findSquare(1), findSquare(0)];
      const faces = [red, green].map((face) => ({ ...face, asked: { Red: 1, Never: 1, Unheard_Of: 0 } }));
      const readings = await reader.read(faces);
      const readBack = reader.sumUp(faces.map(({ asked }, i) => ({ asked, ...readings[i]! })));
      expect(readBack.attributes).toEqual([
        { name: 'Red', asked: 1, pictures: 2, right: 1 },
        { name: 'Never', asked: 1, pictures: 2, right: 0, unreliable: 'only 0 held-out pictures with it' },
        { name: 'Unheard_Of', asked: 0, pictures: 2, right: 0, unreliable: 'the oracle does not know it' },
      ]);
      expect(readBack).toMatchObject({ oracle: oracle.identity, bits: 2, right: 1, pictures: 2, allRight: 1 });
      expect(readings.map(({ misread }) => misread)).toEqual([[], ['Red']]);
      expect(readings.map(({ read }) => read)).toEqual([red.bits, green.bits]);

      const ask = (Red: 0 | 1) => (face: ReadableFace) => ({ ...face, asked: { Red } });
      expect(await reader.choose([...[red, green].map(ask(0)), ...[red, green].map(ask(1))], 2)).toEqual([1, 0]);

      const again = openKnownOracle({ k, identity: oracle.identity, cacheRoot })!;
      expect(await createFaceReader(again).read(faces)).toEqual(readings);
      again.free();
      expect(openKnownOracle({ k, identity: 'ffff-0000', cacheRoot })).toBeUndefined();
      reader.free();
    }));

  it('reads how pictures are turned, where the runs know rotations', () =>
    withKernels('tensorflow', async (k) => {
      const recipe = { ...TINY, mostSteps: 150, leastSteps: 150 };
      const reader = createFaceReader(await openOracle({ k, data: squaresData(), rotations: [90], cacheRoot, recipe }));
      const upright = { ...findSquare(1), asked: { rotate_90: 1 }, bits: { rotate_90: 1 } };
      const readings = await reader.read([{ ...upright, pixels: turn(upright.pixels) }, upright]);
      expect(readings).toEqual([
        { read: { rotate_90: 1 }, misread: [] },
        { read: { rotate_90: 0 }, misread: ['rotate_90'] },
      ]);
      reader.free();
    }));
});

describe('what is read back', () => {
  it('is told for each way in which an attribute was asked for; what lies between asks for nothing', () => {
    const face = (Smiling: number, logit: number) => ({ asked: { Smiling }, bits: { Smiling }, logits: { Smiling: logit } });
    const faces = [face(1, 2), face(1, -2), face(0.5, 2), face(0, -1)];
    const explainWeakness = () => null;
    const read = faces.map((each) => ({ ...readFace(each, explainWeakness), asked: each.asked }));
    expect(sumUpReadings(read, { oracle: 'one', explainWeakness })).toMatchObject({
      attributes: [
        { name: 'Smiling', asked: 1, pictures: 2, right: 1 },
        { name: 'Smiling', asked: 0, pictures: 1, right: 1 },
      ],
      bits: 3,
      right: 2,
      allRight: 3,
    });
  });
});

describe('the best of several candidates', () => {
  const candidate = (asked: number, open: number, weak = 0) => ({
    asked: { Male: 1 },
    bits: { Male: 1, Young: 0, Bangs: 1 },
    logits: { Male: asked, Young: -open, Bangs: weak },
  });
  const choose = (...candidates: ReturnType<typeof candidate>[]) =>
    chooseCandidate(candidates, (name) => (name === 'Bangs' ? 'told badly' : null));

  it.each([
    ['shows what was asked for', [candidate(-1, 9), candidate(1, -9)], 1],
    ['shows more of the other label bits', [candidate(9, -1), candidate(1, 1)], 1],
    ['is surest of its least sure bit', [candidate(9, 1), candidate(2, 2)], 1],
    ['comes first among equals', [candidate(1, 1), candidate(1, 1)], 0],
    ['is not told by what the oracle reads badly', [candidate(2, 2, -1), candidate(1, 1, 1)], 0],
  ])('%s', (_, candidates, best) => expect(choose(...candidates)).toBe(best));
});

it('chooses among three noise vectors of each face, the ordinary one among them, also for more faces than are judged at once', async () => {
  const request = { fixed: { Male: 1 as const }, count: 300, seed: 3 };
  const bits = Array.from({ length: 300 }, () => ({ Male: 1 as const }));
  // A picture of one pixel that is its noise, and a reader that prefers the reddest.
  const run = { imageSize: 1, latentSize: 3, render: async (_: unknown, noise: Float32Array) => noise.slice() };
  const choose = async (faces: readonly ReadableFace[], each: number) => {
    const reds = faces.map(({ pixels }) => pixels[0]!);
    return Array.from({ length: faces.length / each }, (_, i) => {
      const own = reds.slice(i * each, (i + 1) * each);
      return own.indexOf(Math.max(...own));
    });
  };
  const candidates = await chooseNoise(run, request, { reader: { choose }, each: 3, bits });
  const offered = [0, 1, 2].map((candidate) =>
    createNoise(
      request,
      3,
      bits.map(() => candidate),
    ),
  );
  const reds = (of: Float32Array) => bits.map((_, face) => of[3 * face]!);
  const best = bits.map((_, face) => Math.max(...offered.map((each) => reds(each)[face]!)));
  expect(reds(createNoise(request, 3, candidates))).toEqual(best);
  expect(new Set(candidates)).toEqual(new Set([0, 1, 2]));
});

it('what a picture is asked for is what its description fixes; on the way to another one, what both fix alike', () => {
  const fixed = { Male: 0, Smiling: 0 } as const;
  const to = { fixed: { Male: 0, Smiling: 1, Young: 1 } as const, steps: 3 };
  const bits = { Male: 0, Smiling: 0, Young: 0.5, Bald: 1 };
  expect(askedOf({ fixed }, { index: 0, bits })).toEqual(fixed);
  expect(askedOf({ fixed, to }, { index: 0, column: 0, bits })).toEqual(fixed);
  expect(askedOf({ fixed, to }, { index: 0, column: 1, bits })).toEqual({ Male: 0 });
  expect(askedOf({ fixed, to }, { index: 0, column: 2, bits: { ...bits, Smiling: 1, Young: 1 } })).toEqual(to.fixed);
  expect(askedOf({ fixed, vary: ['Young', 'Bald'] }, { index: 0, column: 2, bits })).toEqual({ ...fixed, Bald: 1 });
});
