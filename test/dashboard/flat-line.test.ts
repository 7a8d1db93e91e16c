import { describe, expect, it } from 'vitest';
import { FlatLine } from '../../src/dashboard/curves/flat-line.ts';
import { createRandom } from '../../src/experiment/random.ts';
import { parseNonFinite } from '../../src/results/files/read.ts';

const line = new FlatLine();

function read(text: string): Record<string, number> | null {
  const bytes = Buffer.from(`##${text}\n`);
  if (!line.read(bytes, 2, bytes.length - 1)) return null;
  return Object.fromEntries(line.names.slice(0, line.count).map((name, i) => [name, line.values[i]!]));
}

describe('a line of numbers', () => {
  it.each([
    '{"step":1,"lossG":-0.5}',
    '{"step":9007199254740991,"a":0,"b":-0,"c":1e5,"d":1E-5,"e":-12.5e+3,"f":0.000001}',
    '{"step":2,"lossG":"NaN","lossD":"Infinity","dReal":"-Infinity"}',
    '{"step": 3, "loss G": 1.25}',
    '{"step":4}',
  ])('%s is read as JSON is', (text) => {
    expect(read(text)).toEqual(parseNonFinite(text));
  });

  it('of any trainer, with any names, is what JSON says to the last digits', () => {
    const random = createRandom(0, 'lines', 1);
    for (let i = 0; i < 3000; i++) {
      const names = i % 7 === 0 ? ['step', 'other', 'lossG'] : ['step', 'lossG', 'x y'];
      const record = Object.fromEntries(names.map((name) => [name, random.normal() * 10 ** (random.integer(30) - 12)]));
      const text = JSON.stringify(record);
      const own = read(text);
      if (own === null) continue; // left to JSON.parse
      expect(Object.keys(own)).toEqual(names);
      for (const name of names) expect(Math.abs(own[name]! / record[name]! - 1)).toBeLessThan(5e-16);
    }
  });

  it('is mostly read by itself, not by JSON', () => {
    const random = createRandom(0, 'lines', 2);
    const texts = Array.from({ length: 500 }, (_, i) => JSON.stringify({ step: i, lossG: random.normal(), lossD: random.uniform() }));
    expect(texts.filter((text) => read(text) === null)).toEqual([]);
  });
});

describe('anything else', () => {
  it.each([
    '',
    '{',
    '{}',
    '[1]',
    'null',
    '{"a":1',
    '{"a":1}}',
    '{"a":1} ',
    '{"a":01}',
    '{"a":.5}',
    '{"a":5.}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":--1}',
    '{"a":1 2}',
    '{"a":1,}',
    '{"a":1,"a":2}',
    '{"a\\u0062":1}',
    '{"ä":1}',
    '{"a":null}',
    '{"a":true}',
    '{"a":[1]}',
    '{"a":{"b":1}}',
    '{"a":"text"}',
    '{"a":1e400}',
    '{"a":0x10}',
    `{${Array.from({ length: 80 }, (_, i) => `"f${i}":1`).join()}}`,
  ])('is left to JSON: %s', (text) => {
    expect(read(text)).toBeNull();
  });
});
