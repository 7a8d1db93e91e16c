import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createTape } from '../../../src/model/autodiff/tape.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { createDiffAugment, type Draw } from '../../../src/model/training/diff-augment.ts';
import { createTrainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { BACKENDS, type BackendName, relativeError, withKernels } from '../../helpers/kernels.ts';

const SIDE = 32;
const BATCH = 3;
const VALUES = SIDE * SIDE * 3;
const KINDS = ['color', 'translation', 'cutout'] as const;
const at = (step: number, purpose = 'real') => ({ seed: 1, step, purpose });

describe('differentiable augmentation', () => {
  for (const backend of BACKENDS) {
    it(`moves, cuts and colours pictures, and their gradients, as a plain computation does (${backend})`, async () => {
      await withKernels(backend, async (k) => {
        for (const kinds of [['translation'], ['cutout'], ['color'], KINDS] as const) {
          const augment = createDiffAugment(kinds, { imageSize: SIDE });
          const draws = augment.draw(at(1), BATCH);
          expect(draws).toHaveLength(augment.inputs);
          const [pixels, dy] = [drawNormal('pixels'), drawNormal('gradient')];
          const { y, dx } = await runOnDevice(k, { augment, draws, pixels, dy });
          const tolerance = k.precision === 'bfloat16' ? 0.03 : 1e-5;
          expect(relativeError(y, changeOnHost(kinds, draws, pixels)), `${kinds}`).toBeLessThan(tolerance);
          // Every change is affine: its gradient is what the change without its constant part does to any direction.
          for (const name of ['one', 'other']) {
            const direction = drawNormal(name);
            const moved = subtract(changeOnHost(kinds, draws, direction), changeOnHost(kinds, draws, new Float32Array(BATCH * VALUES)));
            expect(Math.abs(dot(moved, dy) - dot(direction, dx)) / Math.sqrt(BATCH * VALUES), `${kinds}`).toBeLessThan(100 * tolerance);
          }
        }
      });
    });
  }

  it('draws the same for the same step and purpose, and else anew, also for each picture', () => {
    const { draw } = createDiffAugment(KINDS, { imageSize: SIDE });
    const valuesOf = (draws: Draw[]) => draws.map(({ values }) => [...values].join());
    const first = valuesOf(draw(at(1), BATCH));
    expect(valuesOf(draw(at(1), BATCH))).toEqual(first);
    for (const other of [draw(at(2), BATCH), draw(at(1, 'generated'), BATCH), draw({ ...at(1), seed: 2 }, BATCH)])
      for (const [i, values] of valuesOf(other).entries()) expect(values).not.toBe(first[i]);
    for (const { values, shape } of draw(at(1), 20)) {
      const size = values.length / shape[0]!;
      const pictures = new Set(Array.from({ length: 20 }, (_, i) => values.subarray(i * size, (i + 1) * size).join()));
      expect(pictures.size).toBeGreaterThan(5);
    }
  });

  it('stays within the ranges of the paper, and reaches their ends', () => {
    const { draw } = createDiffAugment(KINDS, { imageSize: SIDE });
    const [brightness, saturation, , contrast, , rows, columns, left] = draw(at(5), 2000).map(({ values }) => values);
    for (const [values, low, high] of [
      [brightness!, -0.5, 0.5],
      [saturation!, 0, 2],
      [contrast!, 0.5, 1.5],
      [listShifts(rows!), -4, 4],
      [listShifts(columns!), -4, 4],
    ] as const) {
      const [least, most] = [Math.min(...values), Math.max(...values)];
      expect(least).toBeGreaterThanOrEqual(low);
      expect(most).toBeLessThanOrEqual(high);
      expect(most - least).toBeGreaterThan(0.98 * (high - low));
    }
    const cut = Array.from(
      { length: 2000 },
      (_, i) => left!.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE).filter((value) => value === 0).length,
    );
    expect(Math.max(...cut)).toBe((SIDE / 2) ** 2);
    expect(Math.min(...cut)).toBe((SIDE / 4) ** 2);
  });

  it('of no kind gives the pictures as they are', async () => {
    await withKernels('wasm', async (k) => {
      const pictures = k.tensor(drawNormal('pixels'), [BATCH, SIDE, SIDE, 3]);
      expect(createDiffAugment([], { imageSize: SIDE }).apply(k, pictures, [])).toBe(pictures);
      k.free(pictures);
    });
  });
});

describe('a training step with differentiable augmentation', () => {
  const OPTIONS: TrainerOptions = { diffAugment: KINDS, discriminatorSteps: 2 };
  let reference: Float32Array | undefined; // on tfjs's own backend, which is slow
  const shape: NetworkShape = { latentSize: 6, conditions: 2, width: 8, imageSize: SIDE };
  const train = (backend: BackendName, options: TrainerOptions) =>
    withKernels(backend, async (k) => {
      const trainer = createTrainer(k, shape, 1, options);
      const logits: number[] = [];
      for (let step = 1; step <= 3; step++) {
        const alive = k.count();
        const { real, fake, fooled } = trainer.step(inputOf(step));
        for (const each of [real, fake, fooled]) logits.push(...(await k.read(each)));
        k.free(real, fake, fooled);
        if (step > 1) expect(k.count(), 'tensors left').toBe(alive);
      }
      return Float32Array.from(logits);
    });
  const inputOf = (step: number) => {
    const random = createRandom(3, 'step', step);
    return {
      pixels: Float32Array.from({ length: BATCH * VALUES }, () => random.uniform() * 2 - 1),
      labels: Float32Array.from({ length: BATCH * 2 }, () => random.integer(2)),
      noise: Float32Array.from({ length: BATCH * 6 }, () => random.normal()),
      adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step },
    };
  };

  it.each([
    ['tensorflow', 1e-3],
    ['tensorflow bfloat16', 5e-2],
    ['wasm', 1e-3],
  ] as const)("gives on %s the logits of tfjs's own operations, and others than without it", async (backend, bound) => {
    reference ??= await train('cpu', OPTIONS);
    const changed = await train(backend, OPTIONS);
    expect(relativeError(changed, reference)).toBeLessThan(bound);
    expect(await train(backend, OPTIONS), 'repeated').toEqual(changed);
    expect(relativeError(await train(backend, { ...OPTIONS, diffAugment: [] }), changed)).toBeGreaterThan(0.05);
  });
});

interface OnDevice {
  augment: ReturnType<typeof createDiffAugment>;
  draws: Draw[];
  pixels: Float32Array;
  dy: Float32Array;
}

/** Compiled, as in a training step. */
async function runOnDevice(k: Kernels, { augment, draws, pixels, dy }: OnDevice) {
  const shape = [BATCH, SIDE, SIDE, 3];
  k.parameters([{ name: 'any', shape: [1] }], new Map([['any', Float32Array.of(0)]])); // a graph has variables
  const run = k.compile(([x, gradient, ...inputs]) => {
    const tape = createTape(k);
    const pictures = k.activation(x!);
    const changed = augment.apply(tape.k, pictures, inputs);
    const [dx] = tape.backward([changed], [k.activation(gradient!)], [pictures]);
    return [k.float32(changed), k.float32(dx!)];
  });
  const results = k.scope(() =>
    run([k.tensorFloat32(pixels, shape), k.tensorFloat32(dy, shape), ...draws.map((draw) => k.tensorFloat32(draw.values, draw.shape))]),
  );
  const [y, dx] = await Promise.all(results.map((result) => k.read(result)));
  k.free(...results);
  return { y: y!, dx: dx! };
}

/** Pixel by pixel, from the shift, the square and the factors that the draws stand for. */
function changeOnHost(kinds: readonly (typeof KINDS)[number][], draws: readonly Draw[], pixels: Float32Array): Float32Array {
  const rest = draws.map(({ values }) => values);
  let pictures: Float32Array[] = Array.from({ length: BATCH }, (_, i) => pixels.slice(i * VALUES, (i + 1) * VALUES));
  for (const kind of kinds) {
    if (kind === 'translation') {
      const [down, right] = [listShifts(rest.shift()!), listShifts(rest.shift()!)];
      pictures = pictures.map((picture, i) => mapPixels((row, column, c) => pixelAt(picture, row - down[i]!, column - right[i]!, c)));
    } else if (kind === 'cutout') {
      const left = rest.shift()!;
      pictures = pictures.map((picture, i) =>
        mapPixels((row, column, c) => (left[(i * SIDE + row) * SIDE + column] === 0 ? 0 : pixelAt(picture, row, column, c))),
      );
    } else {
      const [brightness, saturation, , contrast] = rest.splice(0, 5);
      pictures = pictures.map((picture, i) => {
        const bright = picture.map((value) => value + brightness![i]!);
        const coloured = mapPixels((row, column, c) => {
          const grey = [0, 1, 2].reduce((sum, channel) => sum + pixelAt(bright, row, column, channel) / 3, 0);
          return grey + saturation![i]! * (pixelAt(bright, row, column, c) - grey);
        });
        const mean = coloured.reduce((sum, value) => sum + value / VALUES, 0);
        return coloured.map((value) => mean + contrast![i]! * (value - mean));
      });
    }
  }
  return Float32Array.from(pictures.flatMap((picture) => [...picture]));
}

function mapPixels(valueAt: (row: number, column: number, channel: number) => number): Float32Array {
  return Float32Array.from({ length: VALUES }, (_, i) => valueAt(Math.floor(i / 3 / SIDE), Math.floor(i / 3) % SIDE, i % 3));
}

/** 0 outside. */
function pixelAt(picture: Float32Array, row: number, column: number, channel: number): number {
  if (row < 0 || column < 0 || row >= SIDE || column >= SIDE) return 0;
  return picture[(row * SIDE + column) * 3 + channel]!;
}

/** How far the matrices of each picture move: entry [to, from] is 1. */
function listShifts(matrices: Float32Array): number[] {
  return Array.from({ length: matrices.length / SIDE ** 2 }, (_, i) => {
    const matrix = matrices.subarray(i * SIDE ** 2, (i + 1) * SIDE ** 2);
    const shifts = [...matrix.entries()].flatMap(([at, value]) => (value === 1 ? [Math.floor(at / SIDE) - (at % SIDE)] : []));
    expect(new Set(shifts).size).toBe(1);
    expect(shifts).toHaveLength(SIDE - Math.abs(shifts[0]!));
    return shifts[0]!;
  });
}

function drawNormal(name: string): Float32Array {
  const random = createRandom(7, name);
  return Float32Array.from({ length: BATCH * VALUES }, () => random.normal());
}

const subtract = (a: Float32Array, b: Float32Array) => a.map((value, i) => value - b[i]!);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
