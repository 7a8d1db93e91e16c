// (pure) Which picture the lightbox shows, and against which: as the address keeps it.

/** What a card asks to open, as the detail of an event `open-picture`. */
export interface PictureRequest {
  run: string;
  epoch: number;
  column: number;
  row: number;
}

export interface Place {
  run: string;
  epoch: number;
  /** Of the grid, from 0. */
  column: number;
  row: number;
  isWhole: boolean;
  /** What it is held against; null: nothing. */
  against: { run: string; epoch: number; mode: Mode } | null;
}

export type Mode = 'side' | 'flicker' | 'difference';
const MODES: readonly Mode[] = ['side', 'flicker', 'difference'];

/** `keyOf`: a short name of a run. Columns and rows count from 1. */
export function writePlace(place: Place | null, keyOf: (run: string) => string): { pic: string; vs: string } {
  if (place === null) return { pic: '', vs: '' };
  const { run, epoch, column, row, isWhole, against } = place;
  const pic = [keyOf(run), epoch, ...(isWhole ? [] : [column + 1, row + 1])].join(':');
  return { pic, vs: against === null ? '' : [keyOf(against.run), against.epoch, against.mode].join(':') };
}

/** null where the address names no picture of these runs. */
export function readPlace(
  { pic, vs }: { pic: string | null; vs: string | null },
  runOf: (key: string) => string | undefined,
): Place | null {
  const [key = '', epoch, column, row] = (pic ?? '').split(':');
  const run = runOf(key);
  if (run === undefined || !isCount(epoch)) return null;
  const place = { run, epoch: Number(epoch), column: count(column) - 1, row: count(row) - 1, isWhole: column === undefined };
  const [otherKey = '', otherEpoch, mode] = (vs ?? '').split(':');
  const other = runOf(otherKey);
  const against =
    other === undefined || !isCount(otherEpoch)
      ? null
      : { run: other, epoch: Number(otherEpoch), mode: MODES.find((each) => each === mode) ?? 'side' };
  return { ...place, against };
}

function isCount(text: string | undefined): boolean {
  return /^\d{1,9}$/.test(text ?? '');
}

function count(text: string | undefined): number {
  return isCount(text) ? Math.max(1, Number(text)) : 1;
}
