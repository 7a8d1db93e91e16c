// The seed of the random failures: the same in every run of the tests, unless FACET_FAULTS_SEED asks for another.

/** FACET_FAULTS_SEED: a number repeats what was printed; `random` draws a fresh one. Each test that uses it prints it. */
export const FAULTS_SEED = readSeed(process.env.FACET_FAULTS_SEED);

function readSeed(asked: string | undefined): number {
  if (!asked) return 1;
  if (asked === 'random') return Date.now() % 2 ** 31;
  const seed = Number(asked);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new Error(`FACET_FAULTS_SEED: expected a whole number or "random", got "${asked}"`);
}
