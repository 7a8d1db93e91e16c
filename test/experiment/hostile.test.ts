import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorkplace } from '../helpers/built-cli.ts';
import { faultsIn, HEAD } from './parse-text.ts';

const MEBIBYTE = 1024 * 1024;
const integers = (count: number, from = 0) => `[${Array.from({ length: count }, (_, i) => i + from).join(', ')}]`;

const ALIAS_BOMB = [...'abcdefghijkl']
  .map((letter, i, letters) => `${letter}: &${letter} [${i === 0 ? 'x' : new Array(9).fill(`*${letters[i - 1]}`).join(', ')}]\n`)
  .join('');
const NESTED_ALIASES = Array.from({ length: 5000 }, (_, i) => `k${i}: &k${i} [${i === 0 ? 'x' : `*k${i - 1}`}]`).join('\n');
const BILLION_RUNS = `${HEAD}sweep:\n  grid:\n    training.seed: ${integers(1000)}\n    dataset.seed: ${integers(1000)}\n    training.epochs: ${integers(1000, 1)}\n`;

describe('a hostile experiment file gets one line', () => {
  it('for an alias bomb', () => {
    expect(faultsIn(ALIAS_BOMB)).toEqual([
      expect.stringMatching(
        /^x\.yaml:\d+:\d+ {2}\w: expected at most 100000 values and 100 levels once the aliases are filled in, got more$/,
      ),
    ]);
  });

  it('for aliases nested without end', () => {
    expect(faultsIn(NESTED_ALIASES)).toEqual([expect.stringContaining('expected at most 100000 values and 100 levels')]);
  });

  it('in bounded memory: the command itself may use 100 MB', async () => {
    const workplace = createWorkplace();
    workplace.env.NODE_OPTIONS = '--max-old-space-size=100';
    for (const text of [ALIAS_BOMB, NESTED_ALIASES, BILLION_RUNS, `${HEAD}model: [${'1,'.repeat(500_000)}]`, 'é'.repeat(MEBIBYTE)]) {
      writeFileSync(join(workplace.folder, 'x.yaml'), text);
      const { exitCode, stderr } = await workplace.facet('validate', 'x.yaml');
      expect(stderr).toMatch(/^x\.yaml:\d+:\d+ .*expected /);
      expect(exitCode).toBe(2);
    }
    workplace.remove();
  });

  it('for keys that reach for a prototype, and changes no prototype', () => {
    const text = [
      HEAD,
      '__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n',
      'training: {__proto__: {polluted: 1}, toString: 1}\n',
      'samples: {conditions: [{__proto__: true, Male: true}]}\n',
      'sweep: {grid: {__proto__: [1], constructor: [2], attributes: {__proto__: [Male], constructor: [Male]}}}\n',
    ].join('');
    const options = { overrides: ['__proto__.polluted=1', 'constructor.prototype.polluted=1', 'sweep.grid.__proto__=[1]'], files: {} };
    const faults = faultsIn(text, options);
    for (const path of [
      '__proto__',
      'constructor',
      'training.__proto__',
      'training.toString',
      'samples.conditions[0].__proto__',
      'sweep.grid.__proto__',
    ])
      expect(faults.some((fault) => fault.includes(`  ${path}: expected a `))).toBe(true);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('for prototype keys in an extended file', () => {
    const files = { 'b.yaml': '__proto__: {polluted: 1}\nmodel: {__proto__: {width: 8}, width: 16}\n' };
    expect(faultsIn(`${HEAD}extends: b.yaml\nmodel: {constructor: 1}\n`, { files })).toHaveLength(3);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('for a sweep of 10^9 runs, naming the axes and their sizes', () => {
    expect(faultsIn(BILLION_RUNS)).toEqual([
      'x.yaml:3:1  sweep: expected at most 100000 runs, got 1000000000: training.seed (1000) x dataset.seed (1000) x training.epochs (1000)',
    ]);
    const random = `${HEAD}sweep: {grid: {dataset.seed: ${integers(1000)}}, random: {samples: 100000, training.seed: {min: 0, max: 9}}}\n`;
    expect(faultsIn(random)).toEqual([
      'x.yaml:3:1  sweep: expected at most 100000 runs, got 100000000: dataset.seed (1000) x random samples (100000)',
    ]);
  });

  it('for 100 MB of text', () => {
    const fault = 'x.yaml:1:1  expected an experiment file of at most 1048576 bytes, got a longer one';
    expect(faultsIn('a'.repeat(100 * MEBIBYTE))).toEqual([fault]);
    expect(faultsIn('é'.repeat(MEBIBYTE / 2 + 1))).toEqual([fault]);
    expect(faultsIn(HEAD, { files: { 'b.yaml': ' '.repeat(MEBIBYTE + 1) }, overrides: [] })).toEqual([]);
    expect(faultsIn(`${HEAD}extends: b.yaml\n`, { files: { 'b.yaml': ' '.repeat(MEBIBYTE + 1) } })).toEqual([fault.replace('x.', 'b.')]);
  });

  it.each([
    ['[', '['.repeat(10_000)],
    ['[…]', `${HEAD}description: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['{a: ', '{a: '.repeat(10_000)],
    ['- ', '- '.repeat(10_000)],
    ['? ', '? '.repeat(10_000)],
    [': ', ': '.repeat(10_000)],
    ['indentation', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ])('for 10,000 levels of %s', (_what, text) => {
    expect(faultsIn(text)).toEqual([expect.stringMatching(/^x\.yaml:\d+:\d+ {2}expected at most 100 levels of nesting, got more$/)]);
  });

  it('for a path of --set with 50,000 levels', () => {
    expect(faultsIn(HEAD, { overrides: [`${'a.'.repeat(50_000)}b=1`] })).toEqual([expect.stringContaining('expected path=value')]);
  });

  it('for lists of a million values', () => {
    const tooMany = 'expected at most 100000 words, marks and line ends in an experiment file, got more';
    expect(faultsIn(`${HEAD}model: [${'1,'.repeat(1_000_000)}]`)).toEqual([expect.stringContaining('at most 1048576 bytes')]);
    expect(faultsIn(`${HEAD}model: [${'1,'.repeat(500_000)}]`)).toEqual([expect.stringContaining(tooMany)]);
    expect(faultsIn(`${HEAD}model:\n${'- 1\n'.repeat(200_000)}`)).toEqual([expect.stringContaining(tooMany)]);
    expect(faultsIn(`name: x\nattributes: [${'Mole,'.repeat(30_000)}]`)).toEqual([
      'x.yaml:2:13  attributes: expected a list of 1 to 256 attributes, got a list of 30000',
    ]);
  });

  it.each([']', ',', '"', "'", '\n', '---\n', '!a ', '%a\n', '- !a 1\n', 'a: "b" c\n', '*a ', '&a ', '#\n', 'a: b: c\n', '|\n', '\t'])(
    'for a file of nothing but %j',
    (piece) => {
      expect(faultsIn(piece.repeat(Math.floor(MEBIBYTE / piece.length))).length).toBeGreaterThan(0);
    },
  );

  it('for thousands of unknown keys and axes', () => {
    const keys = (indent: string) => Array.from({ length: 10_000 }, (_, i) => `${indent}traning${i}: 1\n`).join('');
    expect(faultsIn(`${HEAD}${keys('')}`)).toHaveLength(10_000);
    expect(faultsIn(`${HEAD}sweep:\n  grid:\n${keys('    ')}`)).toHaveLength(10_000);
  });

  it('for numbers beyond counting', () => {
    const text = `${HEAD}training:\n  seed: 123456789012345678901234567890\n  epochs: 1e400\n  batchSize: -1e400\n  learningRate: ${'9'.repeat(100_000)}\n`;
    const faults = faultsIn(text);
    expect(faults).toHaveLength(4);
    for (const fault of faults) expect(fault.length).toBeLessThan(200);
  });

  it.each([
    ['NUL', `${HEAD}description: "a\0b"\n`, 'x.yaml:3:16  expected readable text in UTF-8, got the control character U+0000'],
    [
      'an escape sequence',
      `${HEAD}description: \u001b[31m\n`,
      'x.yaml:3:14  expected readable text in UTF-8, got the control character U+001B',
    ],
    [
      'Latin-1',
      Buffer.from(`${HEAD}description: caf\u00e9\n`, 'latin1').toString('utf8'),
      'x.yaml:3:17  expected text in UTF-8, got bytes of another encoding; save the file as UTF-8',
    ],
    ['UTF-16', `\uFEFF${[...HEAD].join('\0')}`, 'x.yaml:1:2  expected readable text in UTF-8, got the control character U+0000'],
  ])('for %s', (_what, text, fault) => {
    expect(faultsIn(text)).toEqual([fault]);
  });

  it.each([
    '../../etc',
    '/etc',
    'a/b',
    'a\\b',
    '.',
    '..',
    '.hidden',
    '-x',
    '',
    ' ',
    'a b',
    'A',
    'Ünï',
    '\u202egnp.yaml',
    'a\nb',
    'a\u0000b',
    '%2e%2e',
    'x'.repeat(65),
  ])('for the name %j', (name) => {
    const faults = faultsIn(`name: ${JSON.stringify(name)}\nattributes: [Male]\n`);
    expect(faults).toEqual([expect.stringMatching(/^x\.yaml:1:7 {2}name: expected a name of at most 64 lower-case letters/)]);
    expect(faults[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('for names of values that a terminal would not show as they are', () => {
    for (const name of ['', 'x'.repeat(65), 'a\u202eb', 'a\u001bb'])
      expect(faultsIn(`${HEAD}sweep: {grid: {training.seed: {${JSON.stringify(name)}: 1}}}\n`)).toEqual([
        expect.stringContaining('expected a name of 1 to 64 visible characters'),
      ]);
  });
});
