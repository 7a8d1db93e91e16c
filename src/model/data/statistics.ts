// What is usual in a packed data set: for the conditions of sample grids, and for checks.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { countDrawn } from './balance.ts';
import type { PackManifest } from './packing/manifest.ts';
import type { PackedDataset } from './packing/packed.ts';
import { DataError } from './sources/source.ts';

/**
 * The usual value of each attribute among the pictures that have the given values: what more than half of them have.
 * Where no picture has all of these, the ones that have the most of them count. `weights`: how many pictures a row stands for, if not one.
 * The given values are in the answer as they are.
 */
export function usualLabels(
  packed: Pick<PackedDataset, 'attributes' | 'labels' | 'count'> & { weights?: ArrayLike<number> },
  attributes: readonly string[],
  given: ReadonlyMap<string, 0 | 1>,
): Map<string, 0 | 1> {
  const columns = attributes.map((name) => columnOf(packed.attributes, name));
  const wanted = [...given].map(([name, value]) => ({ column: columnOf(packed.attributes, name), value }));
  const width = packed.attributes.length;
  const positives = new Array<number>(columns.length).fill(0);
  let best = 0;
  let matching = 0;
  for (let at = 0; at < packed.count * width; at += width) {
    let matches = 0;
    for (const { column, value } of wanted) if (packed.labels[at + column] === value) matches++;
    if (matches < best) continue;
    if (matches > best) {
      best = matches;
      matching = 0;
      positives.fill(0);
    }
    const weight = packed.weights?.[at / width] ?? 1;
    matching += weight;
    for (let i = 0; i < columns.length; i++) positives[i]! += weight * packed.labels[at + columns[i]!]!;
  }
  return new Map(attributes.map((name, i) => [name, given.get(name) ?? (positives[i]! * 2 > matching ? 1 : 0)]));
}

/** The share of pictures that have each attribute, in [0, 1], in label order. */
export function positiveRates({ attributes, positives, count }: PackManifest): Map<string, number> {
  return new Map(attributes.map((name, i) => [name, positives[i]! / count]));
}

/** The share of pictures in batches that have each of a run's label bits, in the order of the bits. Throws as columnOf. */
export function labelShares(
  packed: Pick<PackedDataset, 'attributes' | 'labels' | 'count'>,
  { attributes, augmentation, training }: Pick<RunConfig, 'attributes' | 'augmentation' | 'training'>,
): number[] {
  const columns = attributes.map((name) => columnOf(packed.attributes, name));
  const { rotations, rotationProbability } = augmentation;
  return [...countDrawn(packed, columns, training.balancedSampling), ...rotations.map(() => rotationProbability / rotations.length)];
}

/** The place of an attribute in the labels. Throws a UserError where the data set does not have it. */
export function columnOf(attributes: readonly string[], name: string): number {
  const column = attributes.indexOf(name);
  if (column === -1)
    throw new DataError(`attributes: expected attributes of the data set, found "${name}"; it has ${attributes.join(', ')}`);
  return column;
}
