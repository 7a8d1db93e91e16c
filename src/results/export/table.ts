// (pure) What tables consist of, in whatever format they are written.

export type Cell = string | number | boolean | null;

export interface Column {
  name: string;
  type: 'text' | 'number' | 'whole' | 'truth';
}

/** A file that is being written, row after row. */
export interface TableFile {
  /** A cell for each column; null: not known. */
  append(row: readonly Cell[]): void;
  /** Closes the file, whole or not. */
  close(): void;
}

/** Long form: a row for each value that was recorded. */
export const RECORD_COLUMNS: readonly Column[] = [
  { name: 'experiment', type: 'text' },
  { name: 'run', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'step', type: 'whole' },
  { name: 'epoch', type: 'whole' },
  { name: 'seconds', type: 'number' },
  { name: 'metric', type: 'text' },
  { name: 'value', type: 'number' },
];

/** A cell of CSV, in quotes where it has to be. */
export function formatCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
