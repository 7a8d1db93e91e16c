// (pure) Which column of a list names the pictures: told by what its cells name, then by its own name.

import { cellText, createRecord, isBlank, readRecord } from './record.ts';
import { LABEL, readLabel } from './spellings.ts';
import type { TableForm } from './table-form.ts';

/** The file that each of a column's cells names, if there is one. */
export type FindFiles = (cells: readonly string[]) => (string | undefined)[];

/** From the clearest down. */
const NAMES = [
  'image',
  'imageid',
  'imagename',
  'imagefile',
  'imagefilename',
  'imagepath',
  'img',
  'imgid',
  'imgname',
  'imgfile',
  'imgpath',
  'filename',
  'file',
  'filepath',
  'picture',
  'pictureid',
  'picturefile',
  'photo',
  'photoid',
  'path',
  'relativepath',
  'fname',
  'basename',
  'name',
  'id',
  'key',
];
const SAMPLE = 500;

/**
 * The column whose cells name the most files; among equals one with a usual name, then the first. A column of labels and nothing else is
 * not taken for its name. Without any file: a column with a usual name, then the first.
 */
export function choosePictureColumn(bytes: Buffer, form: TableForm, findFiles: FindFiles): number {
  const cells = sample(bytes, form);
  const ranked = form.header.map((name, column) => {
    const texts = cells.map((row) => row[column] ?? '');
    const found = findFiles(texts);
    const isLabels = texts.length > 0 && texts.every((text) => readLabel(text) !== LABEL.other);
    const namesAny = !isLabels || new Set(texts).size === texts.length; // 0 and 1 again and again are no 0.png and 1.png
    const rank = NAMES.indexOf(name.toLowerCase().replace(/[^a-z]/g, ''));
    return {
      column,
      exact: texts.filter((text, i) => found[i] !== undefined && fileName(found[i]) === fileName(text)).length,
      files: namesAny ? new Set(found.filter((file) => file !== undefined)).size : 0,
      rank: rank === -1 || isLabels ? NAMES.length : rank,
    };
  });
  ranked.sort((a, b) => b.exact - a.exact || b.files - a.files || a.rank - b.rank || a.column - b.column);
  return ranked[0]!.column;
}

const fileName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

function sample(bytes: Buffer, { start, separator }: TableForm): string[][] {
  const record = createRecord();
  const rows: string[][] = [];
  for (let at = start; at < bytes.length && rows.length < SAMPLE; at = record.next) {
    readRecord(bytes, at, separator, record);
    if (!isBlank(record)) rows.push(Array.from({ length: record.cells }, (_, i) => cellText(bytes, record, i)));
  }
  return rows;
}
