// (pure) Attributes that say the same of every picture as another one, or always the opposite.

export interface Duplicate {
  /** In label order, `name` first. */
  name: string;
  other: string;
  /** Every picture has exactly one of them. */
  isOpposite: boolean;
}

interface Labels {
  attributes: readonly string[];
  /** 0 or 1, [count, attributes.length]. */
  labels: Uint8Array;
  count: number;
  /** How many pictures have each attribute. */
  positives: readonly number[];
}

/** Each attribute with the first one that it repeats. Those that are constant repeat nothing. */
export function findDuplicates({ attributes, labels, count, positives }: Labels): Duplicate[] {
  const width = attributes.length;
  const isRepetition = (a: number, b: number, opposite: 0 | 1): boolean => {
    for (let at = 0; at < labels.length; at += width) if ((labels[at + a]! ^ labels[at + b]!) !== opposite) return false;
    return true;
  };
  const duplicates: Duplicate[] = [];
  for (let b = 1; b < width; b++) {
    if (positives[b] === 0 || positives[b] === count) continue;
    for (let a = 0; a < b; a++) {
      const isOpposite = positives[a]! + positives[b]! === count && isRepetition(a, b, 1);
      if (!isOpposite && !(positives[a] === positives[b] && isRepetition(a, b, 0))) continue;
      duplicates.push({ name: attributes[a]!, other: attributes[b]!, isOpposite });
      break;
    }
  }
  return duplicates;
}
