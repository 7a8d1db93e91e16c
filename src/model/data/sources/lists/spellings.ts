// (pure) How a label is written: the one table of accepted spellings, for every list.

/** What a cell of a label says. `unknown`: it is blank, or a word for a blank. `other`: it is no label. */
export const LABEL = { no: 0, yes: 1, unknown: 2, other: 3 } as const;
export type LabelCode = (typeof LABEL)[keyof typeof LABEL];

/** For messages. Case and blanks around do not count; numbers may have decimals (1.0, or 1,0 where commas separate nothing). */
export const SPELLINGS = '1, 0, -1, true, false, yes or no';

const WORDS = new Map<string, LabelCode>([
  ...['true', 't', 'yes', 'y'].map((word) => [word, LABEL.yes] as const),
  ...['false', 'f', 'no', 'n'].map((word) => [word, LABEL.no] as const),
  ...['', 'nan', 'na', 'n/a', '<na>', '#n/a', 'none', 'null', '?'].map((word) => [word, LABEL.unknown] as const),
]);

/** 1 is yes, 0 and -1 are no. Wide letters and the sign of typesetters count as the plain ones; NumPy writes 1.000e+00. */
export function readLabel(text: string): LabelCode {
  const word = text.normalize('NFKC').replace('\u2212', '-').trim().toLowerCase();
  const known = WORDS.get(word);
  if (known !== undefined) return known;
  if (!/^[+-]?\d{1,3}((\.0*|,0+)(e[+-]?0+)?)?$/.test(word)) return LABEL.other;
  const value = Number.parseInt(word, 10);
  if (value === 1) return LABEL.yes;
  return value === 0 || value === -1 ? LABEL.no : LABEL.other;
}

/** The same of a cell's bytes, without making a text of the commonest ones. */
export function readLabelAt(bytes: Buffer, from: number, to: number): LabelCode {
  const first = bytes[from]!;
  if (to - from === 1 && first === ONE) return LABEL.yes;
  if (to - from === 1 && first === ZERO) return LABEL.no;
  if (to - from === 2 && first === MINUS && bytes[from + 1] === ONE) return LABEL.no;
  if (to - from > LONGEST) return LABEL.other;
  return readLabel(bytes.toString('utf8', from, to));
}

const ONE = 0x31;
const ZERO = 0x30;
const MINUS = 0x2d;
/** Of bytes that may spell a label, blanks inside of quotes included. */
const LONGEST = 32;
