import { expect, it } from 'vitest';
import type { PackedDataset } from '../../../src/model/data/packing/packed.ts';
import { recordData } from '../../../src/model/data/report/data-record.ts';
import { describeLabels, reportData } from '../../../src/model/data/report/data-report.ts';
import { findDuplicates } from '../../../src/model/data/report/duplicates.ts';

/** `columns`: the labels of each attribute. */
function packedOf(columns: Record<string, (0 | 1)[]>): PackedDataset {
  const attributes = Object.keys(columns);
  const count = Object.values(columns)[0]!.length;
  const labels = Uint8Array.from({ length: count * attributes.length }, (_, at) => {
    return columns[attributes[at % attributes.length]!]![Math.floor(at / attributes.length)]!;
  });
  const positives = attributes.map((name) => columns[name]!.filter((label) => label === 1).length);
  const manifest = { count, imageSize: 32, attributes, positives, enlarged: 3, filesSha256: 'f', pixelsSha256: 'p' };
  return { manifest, labels, count, attributes } as unknown as PackedDataset;
}
const first = (share: number): (0 | 1)[] => Array.from({ length: 400 }, (_, i) => (i < share ? 1 : 0));
const NOTHING_LEFT_OUT = { faults: [], notices: [], file: null };

it('names attributes that none or all have, that few have or lack, and that repeat another one', () => {
  const packed = packedOf({
    None: first(0),
    All: first(400),
    Few: first(3),
    Most: first(397),
    Same: first(3),
    Half: first(200),
    Other: first(200).toReversed() as (0 | 1)[],
    Four: first(4),
  });
  const report = reportData(packed, NOTHING_LEFT_OUT);
  expect(report.attributes.map(({ note }) => note)).toEqual(['constant', 'constant', 'rare', 'rare', 'rare', null, null, null]);
  expect(describeLabels(report, packed.attributes)).toEqual([
    'None: 0 of 400 pictures have it; nothing can be learned of it',
    'All: 400 of 400 pictures have it; nothing can be learned of it',
    'Few: only 3 of 400 pictures have it; little can be learned of it',
    'Most: only 3 of 400 pictures lack it; little can be learned of it',
    'Same: only 3 of 400 pictures have it; little can be learned of it',
    'Few and Same: the same pictures have both; they cannot be told apart',
    'Half and Other: every picture has one of them and not the other; one of them is enough',
  ]);
  expect(describeLabels(report, ['Half', 'Four', 'Same'])).toEqual(['Same: only 3 of 400 pictures have it; little can be learned of it']);
});

it('calls attributes repetitions only where every picture agrees', () => {
  const a = first(200);
  const almost = a.map((label, i) => (i === 0 || i === 399 ? 1 - label : label)) as (0 | 1)[];
  const { manifest, labels } = packedOf({ A: a, Almost: almost });
  expect(manifest.positives).toEqual([200, 200]);
  expect(findDuplicates({ ...manifest, labels })).toEqual([]);
});

it('counts reasons of one kind together, whatever numbers and words they name', () => {
  const faults = [
    { name: 'a', reason: 'line 5: expected 0 or 1, found "yes"' },
    { name: 'b', reason: 'an empty file' },
    { name: 'c', reason: 'line 70: expected 0 or 1, found "no"' },
  ];
  const report = reportData(packedOf({ A: first(200) }), { faults, notices: [], file: '/left-out.txt' });
  expect(report.leftOut).toEqual({
    count: 3,
    kinds: [
      { count: 2, example: faults[0] },
      { count: 1, example: faults[1] },
    ],
  });
  expect(recordData(report, ['A'])).toEqual({
    pictures: 400,
    leftOut: 3,
    leftOutReasons: [
      { count: 2, example: 'a: line 5: expected 0 or 1, found "yes"' },
      { count: 1, example: 'b: an empty file' },
    ],
    leftOutFile: '/left-out.txt',
    enlarged: 3,
    filesSha256: 'f',
    pixelsSha256: 'p',
    having: { A: 200 },
    warnings: [],
  });
});
