// Tables on narrow terminals: no line is wrapped, and what matters most stays.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

it('a table cuts its widest texts first, and never a number', () => {
  const rows = [[{ text: 'a very long name of a run' }, { text: 'short' }, { text: '12345678' }]];
  const paint = (_: unknown, text: string) => text;
  const lines = formatTable(['run', 'state', 'n'], rows, { paint, right: [2], columns: 30 }).split('\n');
  expect(lines).toEqual(['run            state         n', 'a very long …  short  12345678']);
});
