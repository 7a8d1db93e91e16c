// Draws pictures by how rare their labels are (`training.balancedSampling`): an attribute, then whether it is on or off, then one of the
// pictures that are so, each with equal chances. A picture with a label that 2 % have is drawn for it 25 times as often as by chance.

import type { Random } from '../../experiment/random.ts';
import type { PackedDataset } from './packing/packed.ts';

type Labels = Pick<PackedDataset, 'attributes' | 'labels' | 'count'>;

export interface Balance {
  /** The number of a picture. */
  draw(random: Random): number;
}

/** `columns`: the places of the run's attributes in the labels. */
export function createBalance({ attributes, labels, count }: Labels, columns: readonly number[]): Balance {
  const groups = columns.map((column) => {
    const [off, on]: [number[], number[]] = [[], []];
    for (let i = 0; i < count; i++) (labels[i * attributes.length + column] ? on : off).push(i);
    return [off, on].filter((group) => group.length > 0).map((group) => Uint32Array.from(group));
  });
  return {
    draw(random) {
      const values = groups[random.integer(groups.length)]!;
      const group = values[random.integer(values.length)]!;
      return group[random.integer(group.length)]!;
    },
  };
}

/**
 * The share of the pictures drawn that have each attribute of `columns`, where a share `balanced` of them is drawn as above and the others
 * come once each.
 */
export function countDrawn({ attributes, labels, count }: Labels, columns: readonly number[], balanced: number): number[] {
  const width = attributes.length;
  const positives = columns.map((column) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += labels[i * width + column]!;
    return sum;
  });
  if (balanced === 0) return positives.map((sum) => sum / count);
  const drawn = new Float64Array(columns.length);
  for (let i = 0; i < count; i++) {
    let chance = 0;
    columns.forEach((column, a) => {
      const on = positives[a]!;
      const values = on === 0 || on === count ? 1 : 2;
      chance += 1 / (columns.length * values * (labels[i * width + column] ? on : count - on));
    });
    columns.forEach((column, a) => {
      if (labels[i * width + column]) drawn[a]! += chance;
    });
  }
  return positives.map((sum, a) => ((1 - balanced) * sum) / count + balanced * drawn[a]!);
}
