// Room: cli. The weights of two runs at the newest step of which both have a checkpoint.

import { readFileSync } from 'node:fs';
import { listCheckpoints } from '../../model/training/checkpoints/checkpoint.ts';
import { decodeSafetensors, type NamedTensor } from '../../model/training/checkpoints/safetensors.ts';

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
    const [a, b] = [path, other].map((file) => readTensors(file, onDamaged));
    if (a && b) return { kind: 'compared', step, tensors: a.size, different: compareTensors(a, b) };
  }
  return { kind: 'none', reason: `no whole checkpoint of the same step (the original's newest is of step ${own[0]!.step})` };
}

function readTensors(path: string, onDamaged: (message: string) => void): Map<string, NamedTensor> | null {
  try {
    return decodeSafetensors(readFileSync(path)).tensors;
  } catch (error) {
    onDamaged(`Checkpoint ${path} ${(error as Error).message}.`);
    return null;
  }
}

function compareTensors(original: ReadonlyMap<string, NamedTensor>, again: ReadonlyMap<string, NamedTensor>): TensorDifference[] {
  const names = [...new Set([...original.keys(), ...again.keys()])];
  return names.flatMap((name) => compareTensor(name, original.get(name), again.get(name)) ?? []);
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
