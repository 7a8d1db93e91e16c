import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseLabelRows, recordLabelRows } from '../../../src/model/data/label-rows.ts';
import { labelRowsFile } from '../../../src/results/paths.ts';
import { readLabelRows } from '../../../src/results/read.ts';
import { writeLabelRows } from '../../../src/results/write-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'facet-label-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const packed = {
  attributes: ['A', 'B', 'C', 'D', 'E', 'F'],
  count: 5,
  labels: Uint8Array.from(
    [
      [1, 0, 0, 0, 1, 0],
      [0, 1, 1, 0, 0, 0],
      [1, 0, 0, 0, 1, 1],
      [1, 0, 0, 0, 1, 0],
      [0, 0, 0, 1, 0, 0],
    ].flat(),
  ),
};

describe('the label rows of a data set', () => {
  it('are each distinct row of the attributes that are asked for, with its pictures', () => {
    expect(recordLabelRows(packed, ['A', 'B', 'C', 'D', 'E'])).toEqual({
      format: 1,
      names: ['A', 'B', 'C', 'D', 'E'],
      rows: [
        ['10', 1],
        ['60', 1],
        ['88', 3],
      ],
    });
    expect(recordLabelRows(packed, ['E', 'A']).rows).toEqual([
      ['0', 2],
      ['c', 3],
    ]);
    expect(() => recordLabelRows(packed, ['G'])).toThrow('found "G"');
  });

  it('are read back as they were', () => {
    const rows = parseLabelRows(recordLabelRows(packed, ['F', 'E', 'D', 'C', 'B', 'A']));
    expect(rows).toMatchObject({ attributes: ['F', 'E', 'D', 'C', 'B', 'A'], count: 4, pictures: 5 });
    const listed = Array.from({ length: 4 }, (_, row) => [rows.weights[row], ...rows.labels.slice(row * 6, (row + 1) * 6)].join(' '));
    expect(listed).toEqual(['1 0 0 0 1 1 0', '1 0 0 1 0 0 0', '2 0 1 0 0 0 1', '1 1 1 0 0 0 1']);
  });

  it('are written once into a run folder, again where they are damaged, and are none where they cannot be read', () => {
    const record = recordLabelRows(packed, ['A', 'B']);
    expect(readLabelRows(folder)).toBeNull();
    writeLabelRows(folder, () => record);
    expect(readLabelRows(folder)).toEqual(record);
    writeLabelRows(folder, () => {
      throw new Error('counted again');
    });
    for (const rows of ['[]', '[["8"]]', '[["88", 1]]', '[["g", 1]]', '[["8", 0]]', '7']) {
      writeFileSync(labelRowsFile(folder), `{"format": 1, "names": ["A", "B"], "rows": ${rows}}`);
      expect(readLabelRows(folder), rows).toBeNull();
    }
    writeLabelRows(folder, () => record);
    expect(readLabelRows(folder)).toEqual(record);
  });
});
