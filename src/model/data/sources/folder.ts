// A folder of pictures and a list of any binary attributes.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { PICTURE_NAME, readListFile, requireRoot } from './files.ts';
import type { FoundData } from './label-source.ts';
import { looksLikeLabels } from './lists/table-form.ts';
import { findParquet } from './parquet-source.ts';
import { findNamedPlace, openPlace } from './places/open-place.ts';
import type { Place } from './places/place.ts';
import { DataError } from './source.ts';

/** Rejects with a DataError where root or the list is missing. */
export async function findFolder(dataset: DatasetConfig): Promise<FoundData> {
  const root = requireRoot(dataset);
  const pictures = findNamedPlace(root, dataset) ?? { kind: 'folder', path: root };
  if (pictures.kind === 'parquet') return findParquet(dataset, pictures.path);
  const labels = findLabelFile(root, dataset.labels);
  const list = readListFile(resolve(root, labels), labels);
  const place = await openPlace(pictures);
  const archive = readdirSync(root).find((name) => /\.(zip|parquet)$/i.test(name));
  if (dataset.images === undefined && archive !== undefined && !holdsPictures(place))
    throw new DataError(`dataset.images: expected pictures in ${root}, found none; name the archive with dataset.images: ${archive}`);
  return { list, place };
}

function holdsPictures({ files, isPicture }: Place): boolean {
  return files.some((file) => PICTURE_NAME.test(file)) || files.slice(0, MOST_LOOKED_AT).some(isPicture);
}

/** Of files whose names say nothing, to tell whether they are pictures. */
const MOST_LOOKED_AT = 100;

function findLabelFile(root: string, named: string | undefined): string {
  if (named !== undefined) {
    const stat = statSync(resolve(root, named), { throwIfNoEntry: false });
    if (stat?.isFile()) return named;
    throw new DataError(
      `dataset.labels: expected a list of labels at ${resolve(root, named)}, found ${stat?.isDirectory() ? 'a folder' : 'no such file'}; correct the name (it is relative to dataset.root)`,
    );
  }
  const files = readdirSync(root, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  const names = files.map(({ name }) => name).filter((name) => existsSync(join(root, name)));
  const called = names.filter((name) => /\.csv$/i.test(name));
  const found = called.length > 0 ? called : names.filter((name) => isLabelList(root, name));
  if (found.length === 1) return found[0]!;
  throw new DataError(
    found.length === 0
      ? `${root}: expected a list of labels (a CSV, or a text file with a header), found ${describeOthers(root, names)}`
      : `${root}: expected one list of labels, found ${found.length}: ${found.sort().slice(0, 5).join(', ')}; choose with dataset.labels`,
  );
}

/** What else could be meant where no list is. */
function describeOthers(root: string, names: readonly string[]): string {
  const other = names.find((name) => OTHER_TABLES.test(name));
  if (other !== undefined && /\.parquet$/i.test(other))
    return `none; name the parquet files with dataset.images: ${other} where they hold pictures and labels`;
  if (other !== undefined) return `${other}, which is not read; ${/\.gz$/i.test(other) ? 'unpack it' : 'save it as CSV'}`;
  const below = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => tryToList(join(root, name)).map((file) => `${name}/${file}`))
    .find((path) => /\.csv$/i.test(path));
  return below === undefined ? 'none; put it there, or name it with dataset.labels' : `none; name it with dataset.labels: ${below}`;
}

const OTHER_TABLES = /\.(jsonl?|ndjson|xlsx?|ods|numbers|gz|bz2|xz|pkl|pickle|npy|npz|mat|feather|arrow|parquet|h5|hdf5|xml|db|sqlite3?)$/i;

function tryToList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
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
