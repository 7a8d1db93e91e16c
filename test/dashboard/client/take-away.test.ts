import { describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/dashboard/client/curves/curves.ts';
import { tabulateChart, writeCsv, writeJson } from '../../../src/dashboard/client/take-away/tables.ts';

const style = { color: '#000000', dash: [], stepsPerEpoch: null, isBad: false };
const same = (step: number): number => step;

describe('a table to take away', () => {
  it('is CSV with quotes where they are needed, and nothing where there is no number', () => {
    const rows = [{ run: 'a, "b"', loss: 0.1, note: 'two\nlines', tag: null, other: Number.NaN }];
    expect(writeCsv(rows)).toBe('run,loss,note,tag,other\n"a, ""b""",0.1,"two\nlines",,\n');
    expect(writeCsv([])).toBe('\n');
    expect(JSON.parse(writeJson(rows))).toEqual([{ run: 'a, "b"', loss: 0.1, note: 'two\nlines', tag: null, other: null }]);
  });

  it('of a chart has the points in sight, as they are drawn and as they were recorded', () => {
    const points = [pointAt(1, 4, same), { ...pointAt(2, 2, same), value: 3 }, pointAt(3, 1, same)];
    const lines = [{ id: 'a', label: 'a', ...style, points: { lossG: points } }];
    expect(tabulateChart('lossG', lines, { min: 2, max: 3 })).toEqual([
      { line: 'a', step: 2, lossG: 3, recorded: 2 },
      { line: 'a', step: 3, lossG: 1, recorded: 1 },
    ]);
    expect(tabulateChart('other', lines, { min: 0, max: 9 })).toEqual([]);
  });

  it('of groups says how many members there are and what lies around the mean', () => {
    const spread = { count: 3, deviation: 0.5, min: 1, max: 2 };
    const lines = [{ id: 'g', label: 'g', ...style, points: { lossG: [{ ...pointAt(5, 1.5, same), spread }] } }];
    expect(tabulateChart('lossG', lines, { min: 0, max: 9 })).toEqual([
      { line: 'g', step: 5, lossG: 1.5, recorded: 1.5, members: 3, deviation: 0.5, min: 1, max: 2 },
    ]);
  });
});
