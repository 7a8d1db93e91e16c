// (pure) Which columns of a list are labels: those that say yes or no of nearly every picture. Others may hold anything.

import { formatCount, plural } from '../../../../experiment/units.ts';
import type { LabelRows } from '../listing.ts';
import type { LabelList } from './label-list.ts';
import { LABEL, SPELLINGS } from './spellings.ts';

export interface ChosenLabels {
  rows: LabelRows;
  /** Name of a column that is no label -> why. */
  unusable: Map<string, string>;
}

interface Options {
  /** Rows that are wanted at all; all where left out. */
  isWanted?: (name: string) => boolean;
  /** Of these, the first so many. */
  limit?: number;
  /** The share of the wanted rows that may be left out because a label says nothing. */
  tolerated: number;
}

/**
 * As many columns as are labels with at most the tolerated share of rows left out; where these are too many, the column that costs the most
 * is given up. A row in which one of the chosen columns says neither yes nor no has a fault.
 */
export function chooseLabels(
  list: LabelList,
  { isWanted = () => true, limit = Number.POSITIVE_INFINITY, tolerated }: Options,
): ChosenLabels {
  const { columns, names, codes, faults } = list;
  const width = columns.length;
  const wanted: number[] = [];
  for (let row = 0; row < names.length && wanted.length < limit; row++) if (isWanted(names[row]!)) wanted.push(row);
  const odd = columns.map((_, column) => wanted.filter((row) => codes[row * width + column]! > LABEL.yes && !faults.has(row)));
  const unusable = new Map<string, string>();
  const kept = new Set<number>();
  for (const [column, name] of columns.entries()) {
    if (name === '') continue;
    if (columns.indexOf(name) !== columns.lastIndexOf(name)) unusable.set(name, 'it stands twice in the header');
    else kept.add(column);
  }
  const most = Math.floor(wanted.length * tolerated);
  while (kept.size > 0) {
    const left = new Set([...kept].flatMap((column) => (odd[column]!.length > most ? [] : odd[column]!)));
    const costs = [...kept].filter((column) => odd[column]!.length > most);
    if (costs.length === 0 && left.size <= most) break;
    if (costs.length === 0) costs.push([...kept].reduce((a, b) => (odd[b]!.length >= odd[a]!.length ? b : a)));
    for (const column of costs) {
      kept.delete(column);
      unusable.set(columns[column]!, describeColumn(list, column, { odd: odd[column]!, of: wanted.length }));
    }
  }
  const chosen = [...kept];
  const rowFaults = new Map(faults);
  for (const column of chosen)
    for (const row of odd[column]!) if (!rowFaults.has(row)) rowFaults.set(row, `${list.placeOf(row)}: ${describeCell(list, row, column)}`);
  const labels = new Uint8Array(names.length * chosen.length);
  for (let row = 0; row < names.length; row++)
    for (let i = 0; i < chosen.length; i++) labels[row * chosen.length + i] = codes[row * width + chosen[i]!]! === LABEL.yes ? 1 : 0;
  return { rows: { attributes: chosen.map((column) => columns[column]!), names, labels, faults: rowFaults }, unusable };
}

function describeCell(list: LabelList, row: number, column: number): string {
  const name = list.columns[column]!;
  if (list.codes[row * list.columns.length + column] === LABEL.unknown)
    return `${name} is unknown: its cell is ${describeBlank(list.textAt(row, column))}`;
  return `expected ${SPELLINGS} for ${name}, found "${list.textAt(row, column).slice(0, 40)}"`;
}

function describeColumn(list: LabelList, column: number, { odd, of }: { odd: number[]; of: number }): string {
  const { codes, columns, file } = list;
  const isBlank = (row: number) => codes[row * columns.length + column] === LABEL.unknown;
  const other = odd.find((row) => !isBlank(row));
  const row = other ?? odd[0]!;
  const text = list.textAt(row, column);
  const place = `${file} ${list.placeOf(row)}`;
  if (other === undefined) {
    const many = odd.length === of ? 'every row' : `${formatCount(odd.length)} of ${plural(of, 'row')}`;
    return `in ${many} its cell is ${describeBlank(text)}, first in ${place}, and what is unknown is no label; fill these cells in, leave these rows out of the list, or have them left out with dataset.maxLeftOut`;
  }
  return `labels are ${SPELLINGS}, and ${place} says "${text.slice(0, 40)}"`;
}

const describeBlank = (text: string): string => (text === '' ? 'blank' : `"${text}"`);
