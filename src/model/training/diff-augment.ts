// Differentiable augmentation (Zhao, Liu, Lin, Zhu, Han 2020, "Differentiable augmentation for data-efficient GAN training"): what D sees
// of real and of generated pictures alike is changed at random, and the gradient goes through the change to the generator.

import { createRandom, type Random } from '../../experiment/random.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { Operations } from '../kernels/gradients.ts';
import type { Tensor } from '../kernels/kernels.ts';
import type { NetworkShape } from '../networks/shape.ts';

export type DiffAugmentKind = RunConfig['training']['diffAugment'][number];

/** A tensor to upload as float32. */
export interface Draw {
  values: Float32Array;
  shape: readonly number[];
}

export interface DiffAugment {
  /** How many tensors `draw` gives, and `apply` takes. */
  readonly inputs: number;
  /**
   * What happens to each picture of a batch: the same for the same seed, step and purpose (`real`, `generated`, …), and independent of what
   * happens for any other.
   */
  draw(at: { seed: number; step: number; purpose: string }, batch: number): Draw[];
  /** Pictures [B, S, S, 3] in [-1, 1] as activations -> the same, changed; `inputs` are the draws, uploaded. */
  apply(k: Operations, pictures: Tensor, inputs: readonly Tensor[]): Tensor;
}

/** The kinds in the order in which they are applied; with none, `apply` gives the pictures as they are. */
export function createDiffAugment(kinds: readonly DiffAugmentKind[], { imageSize }: Pick<NetworkShape, 'imageSize'>): DiffAugment {
  const changes = kinds.map((kind) => ({ kind, ...CHANGES[kind] }));
  return {
    inputs: changes.reduce((sum, { inputs }) => sum + inputs, 0),
    draw: ({ seed, step, purpose }, batch) =>
      changes.flatMap(({ kind, draw }) => draw(createRandom(seed, 'diff-augment', kind, step, purpose), { batch, side: imageSize })),
    apply(k, pictures, inputs) {
      let next = 0;
      return changes.reduce((changed, change) => {
        const own = inputs.slice(next, next + change.inputs).map((input) => k.activation(input));
        next += change.inputs;
        return change.apply(k, changed, own);
      }, pictures);
    },
  };
}

interface Change {
  inputs: number;
  draw(random: Random, size: { batch: number; side: number }): Draw[];
  apply(k: Operations, pictures: Tensor, inputs: readonly Tensor[]): Tensor;
}

/** The ranges are those of the paper. */
const CHANGES: Record<DiffAugmentKind, Change> = {
  /** Moved by up to an eighth of the side along both axes; what comes in is 0. Inputs: two shift matrices a picture, [B, S, S]. */
  translation: {
    inputs: 2,
    draw(random, { batch, side }) {
      const most = Math.round(side / 8);
      const [rows, columns] = [0, 1].map(() => new Float32Array(batch * side * side)) as [Float32Array, Float32Array];
      for (let picture = 0; picture < batch; picture++) {
        for (const matrices of [rows, columns]) {
          const shift = random.integer(2 * most + 1) - most;
          for (let to = Math.max(0, shift); to < Math.min(side, side + shift); to++)
            matrices[(picture * side + to) * side + to - shift] = 1;
        }
      }
      return [rows, columns].map((values) => ({ values, shape: [batch, side, side] }));
    },
    apply: (k, pictures, [rows, columns]) => turn(k, moveRows(k, turn(k, moveRows(k, pictures, rows!)), columns!)),
  },

  /** A square of half the side is 0, at a place that may reach over the edge. Input: what is left, [B, S, S, 1]. */
  cutout: {
    inputs: 1,
    draw(random, { batch, side }) {
      const left = new Float32Array(batch * side * side).fill(1);
      for (let picture = 0; picture < batch; picture++) {
        const [top, start] = [0, 1].map(() => random.integer(side + 1) - side / 4) as [number, number];
        for (let row = Math.max(0, top); row < Math.min(side, top + side / 2); row++) {
          const at = (picture * side + row) * side;
          left.fill(0, at + Math.max(0, start), at + Math.min(side, start + side / 2));
        }
      }
      return [{ values: left, shape: [batch, side, side, 1] }];
    },
    apply: (k, pictures, [left]) => k.mul(pictures, left!),
  },

  /**
   * Brightness: plus -0.5 to 0.5. Saturation: the distance from the pixel's mean times 0 to 2. Contrast: the distance from the picture's
   * mean times 0.5 to 1.5. Inputs, [B, 1, 1, 1] each: what is added, then for both distances the factor f and the share of each summand
   * in (1 - f) times the mean.
   */
  color: {
    inputs: 5,
    draw(random, { batch, side }) {
      const columns = Array.from({ length: 5 }, () => new Float32Array(batch));
      for (let picture = 0; picture < batch; picture++) {
        const [brightness, saturation, contrast] = [random.uniform() - 0.5, 2 * random.uniform(), 0.5 + random.uniform()];
        const values = [brightness, saturation, (1 - saturation) / 3, contrast, (1 - contrast) / (3 * side * side)];
        for (const [i, value] of values.entries()) columns[i]![picture] = value;
      }
      return columns.map((values) => ({ values, shape: [batch, 1, 1, 1] }));
    },
    apply(k, pictures, [brightness, saturation, grey, contrast, mean]) {
      const bright = k.add(pictures, brightness!);
      const coloured = k.add(k.mul(bright, saturation!), k.mul(k.sum(bright, [3]), grey!));
      return k.add(k.mul(coloured, contrast!), k.mul(k.sum(coloured, [1, 2, 3]), mean!));
    },
  },
};

/** matrices [B, S, S] times the rows of each picture. */
function moveRows(k: Operations, pictures: Tensor, matrices: Tensor): Tensor {
  const [batch, rows, columns, channels] = pictures.shape as [number, number, number, number];
  return k.reshape(k.matMul(matrices, k.reshape(pictures, [batch, rows, columns * channels])), pictures.shape);
}

/** Rows become columns. */
function turn(k: Operations, pictures: Tensor): Tensor {
  return k.transpose(pictures, [0, 2, 1, 3]);
}
