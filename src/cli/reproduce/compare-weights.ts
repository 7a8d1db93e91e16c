// The weights of two runs at the newest step of which both have a checkpoint.

import { listCheckpoints } from '../../model/training/checkpoints/checkpoint.ts';
import { type NamedTensor, openSafetensors, type SafetensorsFile } from '../../model/training/checkpoints/safetensors.ts';

export type WeightComparison =
  | { kind: 'none'; reason: string }
  | { kind: 'compared'; step: number; tensors: number; different: TensorDifference[] };

export interface TensorDifference {
  name: string;
  /** Largest difference of two elements; 0 where only bits differ, as of 0 and -0; NaN where only one is a number. */
  absolute: number;
  /** As a share of the tensor's largest element. */
  relative: number;
  /** Set where the tensors cannot be compared. */
  reason?: string;
}

/** Every tensor of a checkpoint counts: weights, moments, statistics. Damaged checkpoints are passed over and told to `onDamaged`. */
export function compareWeights(original: string, again: string, onDamaged: (message: string) => void): WeightComparison {
  const others = new Map(listCheckpoints(again).map(({ step, path }) => [step, path]));
  const own = listCheckpoints(original);
  if (own.length === 0) return { kind: 'none', reason: 'the original keeps no checkpoint' };
  if (others.size === 0) return { kind: 'none', reason: 'the repetition keeps no checkpoint' };
  for (const { step, path } of own) {
    const other = others.get(step);
    if (other === undefined) continue;
    const different = compareCheckpoints(path, other, onDamaged);
    if (different) return { kind: 'compared', step, ...different };
  }
  return { kind: 'none', reason: `no whole checkpoint of the same step (the original's newest is of step ${own[0]!.step})` };
}

/**
 * Reads one tensor of each at a time: two checkpoints may be larger than the memory. null where one of them is damaged or cannot be read.
 */
function compareCheckpoints(
  original: string,
  again: string,
  onDamaged: (message: string) => void,
): Pick<Extract<WeightComparison, { kind: 'compared' }>, 'tensors' | 'different'> | null {
  const [a, b] = [original, again].map((path) => openWhole(path, onDamaged));
  try {
    if (!a || !b) return null;
    const names = [...new Set([...a.shapes.keys(), ...b.shapes.keys()])];
    const different = names.flatMap((name) => compareTensor(name, readTensor(a, name), readTensor(b, name)) ?? []);
    return { tensors: a.shapes.size, different };
  } finally {
    a?.close();
    b?.close();
  }
}

function openWhole(path: string, onDamaged: (message: string) => void): SafetensorsFile | null {
  let file: SafetensorsFile | undefined;
  try {
    file = openSafetensors(path);
    file.verify();
    return file;
  } catch (error) {
    file?.close();
    onDamaged(`Checkpoint ${(error as Error).message}.`);
    return null;
  }
}

function readTensor(file: SafetensorsFile, name: string): NamedTensor | undefined {
  const shape = file.shapes.get(name);
  return shape && { shape, values: file.read(name) };
}

function compareTensor(name: string, a: NamedTensor | undefined, b: NamedTensor | undefined): TensorDifference | null {
  const unknown = { name, absolute: Number.NaN, relative: Number.NaN };
  if (!a || !b) return { ...unknown, reason: `only the ${a ? 'original' : 'repetition'} has it` };
  if (a.shape.join() !== b.shape.join()) return { ...unknown, reason: `[${a.shape}] and [${b.shape}]` };
  if (bytesOf(a).equals(bytesOf(b))) return null;
  let absolute = 0;
  let largest = 0;
  for (const [i, value] of a.values.entries()) {
    const other = b.values[i]!;
    if (!Object.is(value, other)) absolute = Math.max(absolute, Math.abs(value - other)); // NaN stays
    for (const size of [Math.abs(value), Math.abs(other)]) if (size > largest) largest = size;
  }
  return { name, absolute, relative: absolute === 0 ? 0 : absolute / largest };
}

function bytesOf({ values }: NamedTensor): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
