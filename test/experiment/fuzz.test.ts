import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createRandom, type Random } from '../../src/experiment/random.ts';
import { readSeed } from '../helpers/seed.ts';
import { faultLines, parseText } from './parse-text.ts';

/** FACET_FUZZ_SEED=random tries other slips; what fails names the seed. */
const SEED = readSeed('FACET_FUZZ_SEED');
const FIXTURES = join(import.meta.dirname, '../fixtures/experiments');
const text = readFileSync(join(FIXTURES, 'attr-sweep.yaml'), 'utf8');
const files = { 'base.yaml': readFileSync(join(FIXTURES, 'base.yaml'), 'utf8') };

/** Parsing neither throws nor says anything but complete lines. */
function expectAnswer(mutated: string): void {
  const result = parseText(mutated, { files });
  const lines = faultLines(result);
  const tried = `FACET_FUZZ_SEED=${SEED}\n${mutated}`;
  expect(result.ok, tried).toBe(lines.length === 0);
  for (const line of lines) expect(line, tried).toMatch(/^(x|base)\.yaml:\d+:\d+ {2}.*expected /);
}

it('answers any slip of the keyboard', () => {
  const random = createRandom(SEED, 'fuzz-text');
  const marks = [...' \n\t:-[]{},#&*!|>\'"%@`?~.019aZ\\'];
  for (let round = 0; round < 200; round++) {
    let mutated = text;
    for (let slip = 0; slip <= random.integer(3); slip++) {
      const at = random.integer(mutated.length);
      mutated =
        mutated.slice(0, at) + (random.uniform() < 0.5 ? marks[random.integer(marks.length)] : '') + mutated.slice(at + random.integer(3));
    }
    expectAnswer(mutated);
  }
});

it('answers any value in any place', () => {
  const random = createRandom(SEED, 'fuzz-values');
  for (let round = 0; round < 200; round++) expectAnswer(stringify(replaceOne(parse(text), random)));
});

const ODD: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e300,
  '',
  'x',
  [],
  [[]],
  {},
  { a: 1 },
  ['x', 1],
  { min: 1, max: 2 },
  { min: 'x' },
  [null],
  { 'training.seed': [1, 2] },
];

/** One value, at any depth, exchanged for an odd one, or put under an odd key. */
function replaceOne(value: unknown, random: Random): unknown {
  if (value === null || typeof value !== 'object' || random.uniform() < 0.15) return ODD[random.integer(ODD.length)];
  const keys = Object.keys(value);
  if (keys.length === 0) return ODD[random.integer(ODD.length)];
  const key = keys[random.integer(keys.length)]!;
  const inner = replaceOne((value as Record<string, unknown>)[key], random);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? inner : item));
  return { ...value, [random.uniform() < 0.1 ? 'training.seed' : key]: inner };
}
