// Seeds of random tests: the same in every run of the tests, unless an environment variable asks for another.

/**
 * The value of the variable: a number repeats what was printed; `random` draws a fresh one. Whoever uses it prints it, or puts it into
 * what fails.
 */
export function readSeed(variable: string): number {
  const asked = process.env[variable];
  if (!asked) return 1;
  if (asked === 'random') return Date.now() % 2 ** 31;
  const seed = Number(asked);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new Error(`${variable}: expected a whole number or "random", got "${asked}"`);
}
