// (pure) What the oracle reads in generated faces beside what was asked for, as lines of text.

import { plural } from '../../experiment/units.ts';
import type { ReadBack } from '../../model/generation/readings.ts';
import type { Paint } from './paint.ts';
import { type Cell, formatTable } from './table.ts';

/** Pictures are counted from 1, as they are numbered and stand in the grid: from left to right, row by row. */
export function describeReadBack(readBack: ReadBack, { paint }: { paint: Paint }): string {
  const { oracle, attributes, bits, right, allRight, faces } = readBack;
  const summary =
    bits === 0
      ? `Read back by the oracle ${oracle}: nothing of what was asked for is read well enough to count.`
      : `Read back by the oracle ${oracle}: ${right} of ${plural(bits, 'bit')} as asked for; in ${allRight} of ${plural(faces.length, 'picture')} all of them.`;
  const rows = attributes.map(({ name, asked, faces: of, right, unreliable }): Cell[] => [
    { text: `  ${name}` },
    { text: asked === 1 ? 'yes' : 'no' },
    { text: `${right} of ${of}`, ...(unreliable === undefined && right < of && { colour: 'yellow' as const }) },
    unreliable === undefined
      ? { text: listPictures(faces.flatMap(({ misread }, i) => (misread.includes(name) ? [i + 1] : []))) }
      : { text: `not counted: ${unreliable}`, colour: 'dim' },
  ]);
  return `${summary}\n${formatTable(['  attribute', 'asked', 'read so', 'read otherwise in'], rows, { paint, right: [2] })}`;
}

/** JSON has all of them. */
const MOST_LISTED = 12;

function listPictures(numbers: readonly number[]): string {
  if (numbers.length === 0) return '';
  const rest = numbers.length - MOST_LISTED;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `${numbers.length === 1 ? 'picture' : 'pictures'} ${numbers.slice(0, MOST_LISTED).join(', ')}${more}`;
}
