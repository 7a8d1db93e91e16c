// (pure) What the oracle reads in the pictures of sentences, as Markdown.

import type { AskedReading, ReadBack } from '../../src/results/generation.ts';

interface Reading {
  sentence: string;
  readBack: ReadBack;
}

/** A row a sentence and the sums; then a row an attribute in each way that it was asked for. */
export function writeTables(readings: readonly Reading[]): string {
  const sum = (value: (readBack: ReadBack) => number) => readings.reduce((total, { readBack }) => total + value(readBack), 0);
  const [right, bits] = [sum((each) => each.right), sum((each) => each.bits)];
  const [allRight, pictures] = [sum((each) => each.allRight), sum((each) => each.pictures)];
  const sentences = readings.map(({ sentence, readBack: { attributes, right, bits, allRight, pictures } }) => [
    sentence,
    attributes.map(describeAsked).join(', '),
    `${right} of ${bits}`,
    `${allRight} of ${pictures}`,
  ]);
  const all = ['**all**', '', `**${right} of ${bits}**`, `**${allRight} of ${pictures}**`];
  const byAttribute = addUp(readings.flatMap(({ readBack }) => readBack.attributes)).map(({ name, asked, pictures, right, unreliable }) => [
    name,
    asked === 1 ? 'yes' : 'no',
    `${right} of ${pictures}`,
    unreliable ?? '',
  ]);
  return [
    `Of ${bits} bits that were asked for the oracle reads ${right} so (${percent(right, bits)}); in ${allRight} of ${pictures} pictures (${percent(allRight, pictures)}) all of them.`,
    writeTable(['sentence', 'asked: read so, of the pictures', 'bits read so', 'pictures all right'], [...sentences, all]),
    writeTable(['attribute', 'asked', 'read so', 'not counted because'], byAttribute),
  ].join('\n\n');
}

const describeAsked = ({ name, asked, pictures, right, unreliable }: AskedReading): string => {
  const counted = right === pictures ? '' : ` ${right}/${pictures}`;
  return `${asked === 1 ? '' : 'not '}${name}${unreliable === undefined ? counted : ' (not counted)'}`;
};

/** In the order of the names. */
function addUp(readings: readonly AskedReading[]): AskedReading[] {
  const sums = new Map<string, AskedReading>();
  for (const reading of readings) {
    const key = `${reading.name} ${1 - reading.asked}`;
    const sum = sums.get(key);
    sums.set(key, sum ? { ...sum, pictures: sum.pictures + reading.pictures, right: sum.right + reading.right } : reading);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

function writeTable(head: readonly string[], rows: readonly string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
