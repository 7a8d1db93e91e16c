// The distinct label rows of a data set, each with the number of its pictures: which attributes occur together.

import type { LabelRowsRecord } from '../../results/records.ts';
import type { PackedDataset } from './packing/packed.ts';
import { columnOf } from './statistics.ts';

export interface LabelRows {
  /** In the order of the label bits. */
  attributes: readonly string[];
  /** 0 or 1, [count, attributes.length]: the distinct rows. */
  labels: Uint8Array;
  /** Distinct rows. */
  count: number;
  /** [count]: how many pictures have each row. */
  weights: Uint32Array;
  /** How many there are. */
  pictures: number;
}

/** The rows of these attributes, for label-rows.json. Throws a UserError for an attribute that the data set does not have. */
export function recordLabelRows(
  packed: Pick<PackedDataset, 'attributes' | 'labels' | 'count'>,
  attributes: readonly string[],
): LabelRowsRecord {
  const columns = attributes.map((name) => columnOf(packed.attributes, name));
  const width = packed.attributes.length;
  const pictures = new Map<string, number>();
  for (let picture = 0; picture < packed.count; picture++) {
    let bits = '';
    for (let first = 0; first < columns.length; first += 4) {
      let digit = 0;
      for (let i = first; i < first + 4; i++) digit = digit * 2 + (i < columns.length ? packed.labels[picture * width + columns[i]!]! : 0);
      bits += digit.toString(16);
    }
    pictures.set(bits, (pictures.get(bits) ?? 0) + 1);
  }
  return { format: 1, names: [...attributes], rows: [...pictures].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** What recordLabelRows wrote. */
export function parseLabelRows({ names, rows }: LabelRowsRecord): LabelRows {
  const labels = new Uint8Array(rows.length * names.length);
  rows.forEach(([bits], row) => {
    for (let first = 0; first < names.length; first += 4) {
      const digit = Number.parseInt(bits[first / 4]!, 16);
      for (let i = first; i < Math.min(first + 4, names.length); i++) labels[row * names.length + i] = (digit >> (3 - (i - first))) & 1;
    }
  });
  const weights = Uint32Array.from(rows, ([, pictures]) => pictures);
  return { attributes: names, labels, count: rows.length, weights, pictures: weights.reduce((sum, weight) => sum + weight, 0) };
}
