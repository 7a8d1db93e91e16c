// Pictures and labels in parquet files, as mirrors publish data sets: a column with the bytes of the pictures, the others beside it.

import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { firstLineOf } from '../../../../results/errors.ts';
import type { LabelList } from '../lists/label-list.ts';
import { readLabel } from '../lists/spellings.ts';
import { DataError } from '../source.ts';
import { stampOf } from './folder-place.ts';
import type { Place } from './place.ts';

/** A picture is named `train-00000-of-00019.parquet/17`: its file and its row. */
export interface ParquetPictures {
  place: Place;
  list: LabelList;
}

interface File {
  path: string;
  buffer: AsyncBuffer;
  metadata: FileMetaData;
  columns: Columns;
  rows: number;
}

interface Columns {
  picture: string;
  others: string[];
}

const KEPT_GROUPS = 3;

/** The parquet files of a folder and the folders in it, or the one file itself. */
export function findParquetFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const inside = (folder: string) =>
    readdirSync(folder, { withFileTypes: true }).map((entry) => ({ entry, path: join(folder, entry.name) }));
  const near = inside(path);
  const below = near.filter(({ entry }) => entry.isDirectory() && !entry.name.startsWith('.')).flatMap((folder) => inside(folder.path));
  return [...near, ...below]
    .filter(({ entry }) => entry.isFile() && /^[^.].*\.parquet$/i.test(entry.name))
    .map((file) => file.path)
    .sort();
}

/** Reads the labels; pictures row group by row group as they are asked for. Rejects with a DataError as above. */
export async function openParquet(path: string, paths: readonly string[]): Promise<ParquetPictures> {
  const files = await Promise.all(paths.map(openFile));
  const { others } = files[0]!.columns;
  const names: string[] = [];
  const cells: unknown[][] = [];
  for (const { path: file, buffer, metadata, rows, columns } of files) {
    const lacking = others.find((column) => !columns.others.includes(column));
    if (lacking !== undefined)
      throw new DataError(
        `${file}: expected the columns of ${basename(paths[0]!)}, found none called ${lacking}; the files are not of one data set`,
      );
    const read = await parquetReadObjects({ file: buffer, metadata, columns: others }).catch((cause: unknown) => fail(file, cause));
    for (let row = 0; row < rows; row++) {
      names.push(`${basename(file)}/${row}`);
      cells.push(others.map((column) => read[row]?.[column]));
    }
  }
  const textAt = (row: number, column: number) => textOf(cells[row]![column]);
  const codes = Uint8Array.from(cells.flatMap((row) => row.map((cell) => readLabel(textOf(cell)))));
  const list = {
    file: basename(path),
    columns: others,
    names,
    codes,
    faults: new Map(),
    notices: [],
    placeOf: (row: number) => names[row]!,
    textAt,
  };
  return { place: createPlace(path, files, names), list };
}

const textOf = (cell: unknown): string => (cell === null || cell === undefined ? '' : String(cell));

async function openFile(path: string): Promise<File> {
  if (statSync(path).size === 0) throw new DataError(`${path}: expected a parquet file, found an empty one; download it again`);
  try {
    const buffer = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(buffer);
    return { path, buffer, metadata, columns: describeColumns(path, metadata), rows: Number(metadata.num_rows) };
  } catch (cause) {
    return fail(path, cause);
  }
}

function fail(path: string, cause: unknown): never {
  if (cause instanceof DataError) throw cause;
  throw new DataError(`${path}: expected a whole parquet file, but ${firstLineOf(cause)}; download it again`, { cause });
}

function describeColumns(path: string, metadata: FileMetaData): Columns {
  try {
    const columns = parquetSchema(metadata).children;
    const isStruct = columns.find(({ children }) => children.some(({ element }) => element.name === 'bytes'));
    const picture =
      isStruct ?? columns.find(({ element }) => element.type === 'BYTE_ARRAY' && /^(image|img|picture|photo|jpg|png)$/i.test(element.name));
    if (picture === undefined) throw new DataError(`${path}: expected a column with pictures (image), found none`);
    const others = columns.filter((column) => column !== picture && column.children.length === 0).map(({ element }) => element.name);
    return { picture: picture.element.name, others };
  } catch (cause) {
    return fail(path, cause);
  }
}

function createPlace(path: string, files: readonly File[], names: readonly string[]): Place {
  const byName = new Map(files.map((file) => [basename(file.path), file]));
  const stamps = new Map(files.map((file) => [file, stampOf(statSync(file.path))]));
  const groups = new Map<string, Promise<Buffer[]>>();
  const whereIs = (name: string) => {
    const slash = name.lastIndexOf('/');
    const [file, row] = [byName.get(name.slice(0, slash))!, Number(name.slice(slash + 1))];
    let start = 0;
    for (const group of file.metadata.row_groups) {
      const rows = Number(group.num_rows);
      if (row < start + rows) return { file, group, start, end: start + rows, row: row - start };
      start += rows;
    }
    throw new Error('is not in its row groups');
  };
  return {
    path,
    files: names,
    look(name) {
      const { file, group } = whereIs(name);
      const size = group.columns.reduce((sum, { meta_data: data }) => {
        return data?.path_in_schema[0] === file.columns.picture ? sum + Number(data.total_uncompressed_size) : sum;
      }, 0);
      return { sizeBytes: Math.round(size / Number(group.num_rows)), stamp: stamps.get(file)! };
    },
    async open(name) {
      const { file, start, end, row } = whereIs(name);
      const key = `${file.path} ${start}`;
      const kept = groups.get(key) ?? readGroup(file, start, end);
      groups.delete(key);
      groups.set(key, kept); // the newest last
      for (const old of [...groups.keys()].slice(0, -KEPT_GROUPS)) groups.delete(old);
      return (await kept)[row]!;
    },
    isPicture: () => true,
  };
}

async function readGroup({ buffer, metadata, columns }: File, rowStart: number, rowEnd: number): Promise<Buffer[]> {
  const rows = await parquetReadObjects({ file: buffer, metadata, columns: [columns.picture], rowStart, rowEnd, utf8: false });
  return rows.map((row) => {
    const cell = row[columns.picture] as Uint8Array | { bytes?: Uint8Array } | null;
    return Buffer.from((cell instanceof Uint8Array ? cell : cell?.bytes) ?? []);
  });
}
