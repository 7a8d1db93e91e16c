// A folder of pictures and a list of any binary attributes.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { PICTURE_NAME, readListFile, requireRoot } from './files.ts';
import type { FoundData } from './label-source.ts';
import { looksLikeLabels } from './lists/table-form.ts';
import { findParquet } from './parquet-source.ts';
import { findNamedPlace, openPlace } from './places/open-place.ts';
import { DataError } from './source.ts';

/** Rejects with a DataError where root or the list is missing. */
export async function findFolder(dataset: DatasetConfig): Promise<FoundData> {
  const root = requireRoot(dataset);
  const pictures = findNamedPlace(root, dataset) ?? { kind: 'folder', path: root };
  if (pictures.kind === 'parquet') return findParquet(dataset, pictures.path);
  const labels = findLabelFile(root, dataset.labels);
  return { list: readListFile(resolve(root, labels), labels), place: await openPlace(pictures) };
}

function findLabelFile(root: string, named: string | undefined): string {
  if (named !== undefined) {
    if (statSync(resolve(root, named), { throwIfNoEntry: false })?.isFile()) return named;
    throw new DataError(
      `dataset.labels: expected a list of labels at ${resolve(root, named)}, found no such file; correct the name (it is relative to dataset.root)`,
    );
  }
  const files = readdirSync(root, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  const names = files.map(({ name }) => name).filter((name) => existsSync(join(root, name)));
  const called = names.filter((name) => /\.csv$/i.test(name));
  const found = called.length > 0 ? called : names.filter((name) => isLabelList(root, name));
  if (found.length === 1) return found[0]!;
  throw new DataError(
    found.length === 0
      ? `${root}: expected a list of labels (a CSV, or a text file with a header), found none; put it there, or name it with dataset.labels`
      : `${root}: expected one list of labels, found ${found.length}: ${found.sort().slice(0, 5).join(', ')}; choose with dataset.labels`,
  );
}

/** A file that is not called a picture and reads as a list of labels, whatever its ending. */
function isLabelList(root: string, name: string): boolean {
  if (PICTURE_NAME.test(name) || !LIST_ENDINGS.has(extname(name).toLowerCase())) return false;
  try {
    return looksLikeLabels(readFileSync(join(root, name)));
  } catch {
    return false;
  }
}

const LIST_ENDINGS = new Set(['', '.txt', '.tsv', '.tab', '.dat', '.data', '.list', '.lst', '.ssv', '.psv']);
