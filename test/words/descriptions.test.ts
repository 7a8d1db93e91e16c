// How many of the attributes that people's descriptions decide are read, and whether anything else is.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDescription } from '../../src/words/parse-description.ts';

interface Expected {
  text: string;
  /** Exactly what the text decides. */
  attributes: Record<string, 0 | 1>;
  rotation?: string;
  /** Names that stay undecided. */
  ambiguous?: string[];
}

/**
 * The grammar was tuned on development.json. kept-back.json is the other half of those, drawn by chance; second.json and third.json were
 * written when the grammar stood, many of them of kinds that it failed at. Before it learnt of these kinds it read 603 of 606 of
 * kept-back.json, 537 of 562 of second.json with 14 bits too many, and 226 of 227 of third.json with 1. fourth.json was written when all
 * this was mended: 112 of 112. strangers.json was written by someone who had seen neither the grammar nor these files, in the style of two
 * public data sets and of chat: 560 of 561 with 1 bit too many at first. chat.json
 * holds the kinds that were mended after it: no measure. after-mending.json was then written by the one who had mended: 216 of 221 at once,
 * none too many; it lacks "oldish", "hi cheekbones", "could hardly be bigger", "nan" and "grizzled".
 */
const LEAST_RIGHT = 0.95;
/** What is read wrongly, and known: "none" does not deny what was named in front of the verb. */
const KNOWN_EXTRAS = ['As for his beard, he has none. He is middle-aged and has a serious expression.', 'As for glasses, he wears none.'];
const folder = join(import.meta.dirname, 'descriptions');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('the descriptions of %s', (name) => {
  const expected = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Expected[];
  const scored = expected.map(score);
  const failing = scored.filter(({ missing, extra }) => missing.length + extra.length > 0);
  const report = failing.map(
    ({ text, missing, extra }) => `${text}\n    lacks ${missing.join(', ') || 'nothing'}; adds ${extra.join(', ') || 'nothing'}`,
  );

  it(`have at least ${LEAST_RIGHT * 100} % of their attributes read`, () => {
    const bits = scored.reduce((sum, { asked }) => sum + asked, 0);
    const right = bits - scored.reduce((sum, { missing }) => sum + missing.length, 0);
    const summary = `${right} of ${bits} right, ${scored.length - failing.length} of ${scored.length} descriptions wholly:\n`;
    expect(right / bits, summary + report.join('\n')).toBeGreaterThanOrEqual(LEAST_RIGHT);
  });

  it('have nothing read that they do not say', () => {
    const wrong = scored.filter(({ text, extra }) => extra.length > 0 && !KNOWN_EXTRAS.includes(text));
    expect(wrong.map(({ text, extra }) => `${text}: ${extra.join(', ')}`)).toEqual([]);
  });
});

/** `No_Beard 0`: what a description decides and what is read, each that is not in the other. */
function score({ text, attributes, rotation, ambiguous = [] }: Expected) {
  const read = parseDescription(text);
  const wanted = listBits(attributes, rotation, ambiguous);
  const found = listBits(
    read.attributes,
    read.rotation ?? undefined,
    read.ambiguous.flatMap(({ names }) => names),
  );
  return {
    text,
    asked: wanted.length,
    missing: wanted.filter((bit) => !found.includes(bit)),
    extra: found.filter((bit) => !wanted.includes(bit)),
  };
}

function listBits(attributes: Record<string, 0 | 1>, rotation: string | undefined, ambiguous: string[]): string[] {
  const bits = Object.entries(attributes).map(([name, bit]) => `${name} ${bit}`);
  return [...bits, ...(rotation === undefined ? [] : [rotation]), ...ambiguous.map((name) => `perhaps ${name}`)];
}
