import { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendJsonLine,
  findJsonLine,
  readJsonLines,
  readLastJsonLines,
  StepLinesWriter,
  scanLineBytes,
} from '../../src/results/lines/jsonl.ts';

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-lines-'));
  path = join(root, 'lines.jsonl');
});
afterEach(() => rmSync(root, { recursive: true }));

interface Count {
  step: number;
}
const COUNT = {
  what: 'a count',
  parse: (value: unknown) => (typeof (value as Count)?.step === 'number' ? (value as Count) : null),
};
const line = (step: number, padding = 0) => `${JSON.stringify({ step, padding: 'ä'.repeat(padding) })}\n`;
const stepsOf = ({ records }: { records: Count[] }) => records.map(({ step }) => step);

/** Bytes that this process has asked the system for so far; null where the system does not count. */
function countRead(): number | null {
  try {
    return Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);
  } catch {
    return null;
  }
}

describe('files that are scanned one after another', () => {
  const open = (name: string, text: string) => {
    writeFileSync(join(root, name), text);
    return { file: openSync(join(root, name), 'r'), size: Buffer.byteLength(text) };
  };
  const textOf = ({ bytes, start, stop }: { bytes: Buffer; start: number; stop: number }) => bytes.toString('utf8', start, stop);

  it('share one buffer, and give nothing of the file before; two at the same time each have their own', () => {
    const [long, short] = [open('long', 'one\ntwo\nthree\n'), open('short', 'a\nb')];
    expect([...scanLineBytes(long.file, 0, long.size)].map(({ bytes }) => bytes)).toHaveLength(3);
    const texts: string[] = [];
    for (const line of scanLineBytes(short.file, 0, short.size)) texts.push(textOf(line));
    expect(texts).toEqual(['a']); // the line without an end is not one of those of the longer file
    const buffers = new Set<Buffer>();
    for (const { file, size } of [long, short, long]) for (const { bytes } of scanLineBytes(file, 0, size)) buffers.add(bytes);
    expect(buffers.size).toBe(1);
    const pairs: string[] = [];
    for (const outer of scanLineBytes(long.file, 0, long.size)) {
      for (const inner of scanLineBytes(short.file, 0, short.size)) pairs.push(`${textOf(inner)}${textOf(outer)}`);
    }
    expect(pairs).toEqual(['aone', 'atwo', 'athree']);
    for (const { file } of [long, short]) closeSync(file);
  });
});

describe('a file of bad lines', () => {
  const BAD = 12_000;

  it('is read once, whatever the number of bad lines, which are named twenty times and then counted', () => {
    writeFileSync(path, `${line(1)}${'{"loss": 0.25, "seconds": 12.5}\n'.repeat(BAD)}${line(2)}`);
    const before = countRead();
    const read = readJsonLines(path, COUNT);
    const after = countRead();
    expect(stepsOf(read)).toEqual([1, 2]);
    expect(read.problems).toHaveLength(21);
    expect(read.problems[19]).toBe(`${path}:21  expected a count, got "{\\"loss\\": 0.25, \\"seconds\\": 12.5}"`);
    expect(read.problems[20]).toBe(`${path}: and 11,980 more lines of which none is a count`);
    expect(read.next.lines).toBe(BAD + 2);
    // Other work of this process reads a little as well; a reading for each bad line would be thousands of times the file.
    if (before !== null) expect(after! - before).toBeLessThan(20 * read.next.offset);
  });

  it('goes on being counted where the last reading ended', () => {
    writeFileSync(path, `${line(1)}nonsense\n`);
    const first = readJsonLines(path, COUNT);
    appendFileSync(path, `${line(2)}worse\n${line(3).slice(0, 5)}`);
    const second = readJsonLines(path, COUNT, first.next);
    expect(stepsOf(second)).toEqual([2]);
    expect(second.problems).toEqual([`${path}:4  expected a count, got "worse"`]);
    expect(readJsonLines(path, COUNT, second.next)).toMatchObject({ records: [], restarted: false, next: second.next, problems: [] });
  });
});

it('reads lines that lie across the pieces in which a file is read, and leaves out one without an end in sight', () => {
  const long = [line(1, 700_000), line(2, 700_000), line(3, 2_000_000), line(4)];
  writeFileSync(path, long.join(''));
  appendFileSync(path, `{"step":5,"padding":"${'x'.repeat(17 * 1024 * 1024)}"}\n${line(6)}`);
  const read = readJsonLines(path, COUNT);
  expect(stepsOf(read)).toEqual([1, 2, 3, 4, 6]);
  expect(read.records[2]).toMatchObject({ padding: 'ä'.repeat(2_000_000) });
  expect(read.problems).toEqual([`${path}:5  expected a count, got "a line too long"`]);
  new StepLinesWriter(path, 4).close();
  expect(readFileSync(path, 'utf8')).toBe(long.join(''));
});

it('takes a complaint for a problem, and gives the record before to who judges', () => {
  const ascending = {
    ...COUNT,
    parse: (value: unknown, previous?: Count) => ((value as Count).step > (previous?.step ?? 0) ? (value as Count) : 'comes too late'),
  };
  writeFileSync(path, line(1) + line(3) + line(2) + line(4));
  expect(readJsonLines(path, ascending)).toMatchObject({ problems: [`${path}:3  comes too late`] });
  expect(stepsOf({ records: readLastJsonLines(path, ascending, 1000) })).toEqual([1, 3, 4]);
});

it('of a long file reads the end alone, without the line that the limit cuts', () => {
  writeFileSync(path, line(1) + line(2) + line(3) + line(4).slice(0, 4));
  const bytes = line(3).length + 10;
  expect(stepsOf({ records: readLastJsonLines(path, COUNT, bytes) })).toEqual([3]);
  expect(readLastJsonLines(join(root, 'none'), COUNT, bytes)).toEqual([]);
});

it('finds the first record that is wanted, and reads no further', () => {
  writeFileSync(path, `${line(1)}nonsense\n${line(2)}${line(3)}${line(4, 5_000_000)}`);
  expect(findJsonLine(path, COUNT, ({ step }) => step > 1)?.step).toBe(2);
  expect(findJsonLine(path, COUNT, ({ step }) => step > 4)).toBeNull();
  expect(findJsonLine(join(root, 'none'), COUNT, () => true)).toBeNull();
});

it('appends in a line of its own after a torn one', () => {
  appendJsonLine(path, { step: 1 });
  appendFileSync(path, '{"step":');
  appendJsonLine(path, { step: 2, loss: Number.NaN });
  expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n{"step":\n{"step":2,"loss":"NaN"}\n');
});

it('names what is in the place of the file and reads nothing of it', () => {
  writeFileSync(join(root, 'secret'), line(1));
  symlinkSync(join(root, 'secret'), path);
  expect(readJsonLines(path, COUNT)).toMatchObject({ records: [], problems: [`${path}: expected a plain file, found a link`] });
  mkdirSync(join(root, 'folder'));
  expect(readJsonLines(join(root, 'folder'), COUNT).problems).toEqual([`${join(root, 'folder')}: expected a plain file, found a folder`]);
});
