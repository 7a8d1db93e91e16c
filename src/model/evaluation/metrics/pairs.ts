// (pure) Which pictures were asked for alike.

/** With how many others a picture is paired at most. */
const PARTNERS = 8;
/** Share of pictures that must have another one with the same labels; else those with the nearest labels have to do. */
const LEAST_SHARED = 0.2;

/**
 * labels [count, bits] -> [pairs, 2]: indices of pictures. Where at least a fifth of the pictures share their labels with another, each of
 * these is paired with such ones; else each picture with those whose labels differ from its own in the fewest bits. With at most 8: those
 * that come next, and after the last picture the first again. Follows from the labels alone.
 */
export function pairAlike(labels: Float32Array, count: number): Uint32Array {
  const rows = packBits(labels, count);
  const shared = [...groupEqual(rows).values()].filter(({ length }) => length > 1);
  const sharing = shared.reduce((sum, { length }) => sum + length, 0);
  const partners = sharing >= LEAST_SHARED * count ? pairEqual(shared) : pairNearest(rows);
  return Uint32Array.from(partners.flatMap(([picture, others]) => others.flatMap((other) => [picture, other])));
}

type Partners = [picture: number, others: number[]];

function pairEqual(groups: readonly number[][]): Partners[] {
  return groups.flatMap((group) =>
    group.map((picture, at): Partners => [picture, [...group.slice(at + 1), ...group.slice(0, at)].slice(0, PARTNERS)]),
  );
}

function pairNearest(rows: readonly Uint32Array[]): Partners[] {
  return rows.map((row, picture): Partners => {
    let least = Number.POSITIVE_INFINITY;
    let others: number[] = [];
    for (let step = 1; step < rows.length; step++) {
      const other = (picture + step) % rows.length;
      const distance = countDifferent(row, rows[other]!);
      if (distance > least) continue;
      if (distance < least) others = [];
      least = distance;
      if (others.length < PARTNERS) others.push(other);
    }
    return [picture, others];
  });
}

function groupEqual(rows: readonly Uint32Array[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [picture, row] of rows.entries()) {
    const group = groups.get(row.join());
    if (group) group.push(picture);
    else groups.set(row.join(), [picture]);
  }
  return groups;
}

/** The bits of each picture, 32 in a word. */
function packBits(labels: Float32Array, count: number): Uint32Array[] {
  const bits = labels.length / count;
  return Array.from({ length: count }, (_, picture) => {
    const words = new Uint32Array(Math.ceil(bits / 32));
    for (let bit = 0; bit < bits; bit++) if (labels[picture * bits + bit]! > 0.5) words[bit >> 5]! |= 1 << (bit & 31);
    return words;
  });
}

function countDifferent(a: Uint32Array, b: Uint32Array): number {
  let different = 0;
  for (let i = 0; i < a.length; i++) different += countBits(a[i]! ^ b[i]!);
  return different;
}

/** Of 32: pairs of bits are added, then fours, then bytes. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
