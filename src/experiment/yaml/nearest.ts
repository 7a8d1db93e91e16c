// (pure) The valid name that a misspelt one was probably meant to be.

const MAX_LENGTH = 64;
/** Rows of the table of distances, reused: a hostile file asks for millions of them. */
const ROWS = [new Uint8Array(256), new Uint8Array(256), new Uint8Array(256)] as const;

/** The nearest of the candidates, or undefined where none is near enough to be worth suggesting. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const wanted = normalize(name);
  let best: { candidate: string; distance: number } | undefined;
  let completion: string | undefined;
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  for (const candidate of candidates) {
    const offered = normalize(candidate);
    if (wanted.length >= 3 && offered.startsWith(wanted)) completion ??= candidate;
    if (Math.abs(offered.length - wanted.length) > allowed) continue;
    const distance = editDistance(wanted, offered);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best?.candidate ?? completion;
}

/** `; did you mean "Blond_Hair"?`, or nothing. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** learning_rate, LearningRate and learningRate are the same to a person. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Damerau-Levenshtein distance, restricted: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let [beforeLast, last, row] = ROWS;
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) distance = Math.min(distance, beforeLast[j - 2]! + 1);
      row[j] = distance;
    }
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length]!;
}
