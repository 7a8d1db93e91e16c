// (pure) What the oracle reads in generated pictures beside what was asked for, as lines of text.

import { plural } from '../../experiment/units.ts';
import type { GeneratedFace, ReadBack } from '../../results/generation.ts';
import type { Paint } from '../text/paint.ts';
import { type Cell, formatTable } from '../text/table.ts';

/**
 * `isUnseen`: no picture of the data has what was asked for. Pictures are counted from 1 as they stand in the file, from left to right, row
 * by row.
 */
export function describeReadBack(
  readBack: ReadBack,
  { faces, isUnseen, paint }: { faces: readonly GeneratedFace[]; isUnseen: boolean; paint: Paint },
): string {
  const { oracle, attributes, bits, right, allRight, pictures } = readBack;
  const summary =
    bits === 0
      ? `Read back by the oracle ${oracle}: it reads nothing of what was asked for well enough to count.`
      : `Read back by the oracle ${oracle}: ${right} of ${plural(bits, 'bit')} as asked for, all of them in ${allRight} of ${plural(pictures, 'picture')}.`;
  const rows = attributes.map(({ name, asked, pictures: of, right, unreliable }): Cell[] => [
    { text: `  ${name}` },
    { text: asked === 1 ? 'yes' : 'no' },
    { text: `${right} of ${of}`, ...(unreliable === undefined && right < of && { colour: 'yellow' as const }) },
    unreliable === undefined
      ? { text: listPictures(faces.flatMap((face, i) => (isMisread(face, name, asked) ? [i + 1] : []))) }
      : { text: `not counted: ${unreliable}`, colour: 'dim' },
  ]);
  const caution = isUnseen ? ' It has never seen such a face either: look for yourself.' : '';
  return `${summary}${caution}\n${formatTable(['  attribute', 'asked', 'read so', 'read otherwise in'], rows, { paint, right: [2] })}`;
}

const isMisread = ({ read, misread }: GeneratedFace, name: string, asked: 0 | 1): boolean =>
  misread?.includes(name) === true && read?.[name] === 1 - asked;

/** JSON has all of them. */
const MOST_LISTED = 12;

function listPictures(numbers: readonly number[]): string {
  const rest = numbers.length - MOST_LISTED;
  return `${numbers.slice(0, MOST_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Why nothing was read, in a line. */
export function describeUnread({ problem }: { problem: string }, { bestOf }: { bestOf?: number }): string {
  const unchosen = bestOf === undefined ? '' : `, and none was chosen among ${bestOf}`;
  return `The pictures cannot be read back${unchosen}: ${problem}`;
}
