// (pure) What a packed data set holds, for a look before training: how many pictures, which are left out and why, and what its labels can teach.

import type { LeftOut } from '../packing/left-out.ts';
import type { PackedDataset } from '../packing/packed.ts';
import type { Fault } from '../sources/source.ts';
import { type Duplicate, findDuplicates } from './duplicates.ts';

/** Below this share, or above its counterpart, an attribute is very rare, or very rarely missing. */
const RARE_SHARE = 0.01;

export interface DataReport {
  /** Those that are used. */
  pictures: number;
  imageSize: number;
  leftOut: Reasons;
  oddities: Reasons;
  /** Lists each picture that is left out and each oddity; null where there are none. */
  leftOutFile: string | null;
  /** Pictures that were smaller than `imageSize` and enlarged; null where a former version packed them. */
  enlarged: number | null;
  /** The content of all files; null where there are none. */
  filesSha256: string | null;
  /** The pixels that a network sees. */
  pixelsSha256: string;
  attributes: AttributeReport[];
  duplicates: Duplicate[];
}

interface AttributeReport {
  name: string;
  /** How many of the pictures have it. */
  having: number;
  /** 'constant': none or all have it. 'rare': fewer than 1 % have it, or lack it. */
  note: 'constant' | 'rare' | null;
}

/** Faults of one kind, the most frequent first; the example is the first of them. */
export interface Reasons {
  count: number;
  kinds: { count: number; example: Fault }[];
}

export function reportData({ manifest, labels }: PackedDataset, { faults, notices, file }: LeftOut): DataReport {
  const { count, imageSize, attributes, positives } = manifest;
  return {
    pictures: count,
    imageSize,
    leftOut: groupReasons(faults),
    oddities: groupReasons(notices),
    leftOutFile: file,
    enlarged: manifest.enlarged ?? null,
    filesSha256: manifest.filesSha256 ?? null,
    pixelsSha256: manifest.pixelsSha256,
    attributes: attributes.map((name, i) => ({ name, having: positives[i]!, note: noteOf(positives[i]!, count) })),
    duplicates: findDuplicates({ attributes, labels, count, positives }),
  };
}

function noteOf(having: number, count: number): AttributeReport['note'] {
  const rarer = Math.min(having, count - having);
  return rarer === 0 ? 'constant' : rarer / count < RARE_SHARE ? 'rare' : null;
}

/** Reasons that differ only in numbers or quoted words are of one kind. */
function groupReasons(faults: readonly Fault[]): Reasons {
  const kinds = new Map<string, { count: number; example: Fault }>();
  for (const fault of faults) {
    const kind = fault.reason.replace(/"[^"]*"/g, '""').replace(/\d+/g, '0');
    const known = kinds.get(kind);
    if (known) known.count++;
    else kinds.set(kind, { count: 1, example: fault });
  }
  return { count: faults.length, kinds: [...kinds.values()].sort((a, b) => b.count - a.count) };
}

/** A line for each of these attributes that is constant, very rare, or says the same as another of them. */
export function describeLabels({ pictures, attributes, duplicates }: DataReport, names: readonly string[]): string[] {
  const lines = attributes
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, having, note }) => {
      if (note === 'constant') return [`${name}: ${having} of ${pictures} pictures have it; nothing can be learned of it`];
      if (note === null) return [];
      const isRarelyMissing = having * 2 > pictures;
      const rarer = isRarelyMissing ? pictures - having : having;
      return [`${name}: only ${rarer} of ${pictures} pictures ${isRarelyMissing ? 'lack' : 'have'} it; little can be learned of it`];
    });
  const pairs = duplicates.filter(({ name, other }) => names.includes(name) && names.includes(other));
  return [...lines, ...pairs.map(describeDuplicate)];
}

export function describeDuplicate({ name, other, isOpposite }: Duplicate): string {
  return isOpposite
    ? `${name} and ${other}: every picture has one of them and not the other; one of them is enough`
    : `${name} and ${other}: the same pictures have both; they cannot be told apart`;
}
