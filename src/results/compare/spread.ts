// (pure) One figure of several runs: how many have it, their mean, and how far they lie apart.

export interface Spread {
  /** Values that were finite. */
  n: number;
  mean: number;
  /** Sample standard deviation, with n - 1; null for one value. */
  deviation: number | null;
}

/** null where no value is finite. */
export function measureSpread(values: readonly (number | null | undefined)[]): Spread | null {
  const finite = values.filter((value): value is number => Number.isFinite(value));
  const n = finite.length;
  if (n === 0) return null;
  const mean = finite.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, deviation: null };
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, deviation: Math.sqrt(squares / (n - 1)) };
}

/** The same of each metric that any of them has, by its name. */
export function measureSpreads(values: readonly Readonly<Record<string, number>>[]): Record<string, Spread> {
  const names = [...new Set(values.flatMap((each) => Object.keys(each)))];
  const spreads = names.map((name) => [name, measureSpread(values.map((each) => each[name]))] as const);
  return Object.fromEntries(spreads.filter((entry): entry is [string, Spread] => entry[1] !== null));
}
