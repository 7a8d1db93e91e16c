// Tables on narrow terminals: no line is wrapped, and what matters most stays.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDifferences, type Origin } from '../../src/cli/reproduce/provenance-table.ts';
import { formatTable } from '../../src/cli/text/table.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { atTerminal } from '../helpers/terminal.ts';

let workplace: Workplace;
beforeAll(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'succeed'];
  workplace.env.FACET_BACKEND = 'wasm';
  workplace.writeText(
    'sweep: {grid: {training.seed: [1, 2], training.discriminatorLearningRate: [0.0001, 0.0003], dataset.images: [8], model.width: [8]}}',
  );
});
afterAll(() => workplace.remove());

const lineOf = (lines: string[], pattern: RegExp) => lines.find((line) => pattern.test(line)) ?? '';

describe.each([30, 40, 60, 80])('in %i columns', (columns) => {
  it('the table of plan fits, and names the runs and what would become of them', async () => {
    const { lines } = await atTerminal(workplace, { columns }, 'plan', 'sweep.yaml');
    const from = lines.findIndex((line) => line.startsWith('run '));
    const table = lines.slice(from, from + 5);
    expect(table).toHaveLength(5);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(columns);
    expect(table[0]).toContain('would');
    for (const line of table.slice(1)) expect(line).toContain(' start ');
  });
});

it('the table at the end of a run fits', async () => {
  const { lines } = await atTerminal(workplace, { columns: 40 }, 'run', 'sweep.yaml');
  const from = lines.findIndex((line) => /^run .*state/.test(line));
  for (const line of lines.slice(from, from + 5)) expect(line.length).toBeLessThanOrEqual(40);
  expect(lineOf(lines.slice(from), /succeeded/)).not.toBe('');
});

it.each([40, 60, 80])('the table of doctor goes on below in its column, in %i columns', async (columns) => {
  const { lines } = await atTerminal(workplace, { columns }, 'doctor');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  expect(lines.some((line) => /^Backend +WebAssembly/.test(line))).toBe(true);
});

it.each([60, 80])('the table of reproduce goes on below in its columns, in %i columns', (columns) => {
  const environment = { TF_CLI_CONFIG_FILE: '/a/long/path/of/somebody/else.txt', OMP_NUM_THREADS: '2' };
  const original = { facet: '0.1.0', node: 'v20.20.2', environment: {}, git: null, dataIdentity: 'd', pixelsSha256: undefined };
  const table = describeDifferences(original as unknown as Origin, { ...original, environment } as unknown as Origin, {
    paint: (_, text) => text,
    columns,
  }).split('\n');
  for (const line of table) expect(line.length).toBeLessThanOrEqual(columns);
  expect(table.map((line) => line.trim().split(/ {2,}/).at(-1)).join('')).toContain('else.txt');
  expect(table.find((line) => line.startsWith('variables'))).toMatch(/none +TF_CLI_CONFIG_FILE=.* differs$/);
});

it('a text of a table goes on below, broken at blanks', () => {
  const rows = [
    [{ text: 'a text of words' }, { text: 'x' }],
    [{ text: 'unbreakable/path' }, { text: 'y' }],
  ];
  const lines = formatTable(['what', ''], rows, { paint: (_, text) => text, columns: 12, wraps: true }).split('\n');
  expect(lines.map((line) => line.trimEnd())).toEqual(['what', 'a text of  x', 'words', 'unbreakab  y', 'le/path']);
});

it('a table cuts its widest texts first, and never a number', () => {
  const rows = [[{ text: 'a very long name of a run' }, { text: 'short' }, { text: '12345678' }]];
  const paint = (_: unknown, text: string) => text;
  const lines = formatTable(['run', 'state', 'n'], rows, { paint, right: [2], columns: 30 }).split('\n');
  expect(lines).toEqual(['run            state         n', 'a very long …  short  12345678']);
});
