import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isContained, readJson, readPlainFile, readTail } from '../../src/results/files/read.ts';
import { experimentRecordFile, outcomeFile, runFile } from '../../src/results/paths.ts';
import { listExperiments, readExperiment, readRun } from '../../src/results/read.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-files-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const problemOf = (path: string, options = {}) => readJson(path, ({ id }) => id === 1, 'a record', options).problem;

describe('a record', () => {
  it('that is not there is no problem', () => {
    expect(readJson(join(root, 'none.json'), () => true, 'a record')).toEqual({ value: null, problem: null });
  });

  it.each([
    ['nothing', '', 'an empty file'],
    ['half of one', '{"id": ', 'text that is no JSON object'],
    ['the secrets of somebody', 'root:x:0:0:root', 'text that is no JSON object'],
    ['a list', '[1]', 'text that is no JSON object'],
    ['another record', '{"id": 2}', 'a JSON object without its fields'],
  ])('in whose place is %s is named without a word of what it holds', (_case, text, found) => {
    const path = join(root, 'record.json');
    writeFileSync(path, text);
    expect(problemOf(path)).toBe(`${path}: expected a record, found ${found}`);
  });

  it('is not read through a link, from a folder, or beyond the limit', () => {
    writeFileSync(join(root, 'secret'), '{"id": 1}');
    symlinkSync('secret', join(root, 'link'));
    expect(problemOf(join(root, 'secret'))).toBeNull();
    expect(problemOf(join(root, 'link'))).toBe(`${join(root, 'link')}: expected a plain file, found a link`);
    expect(problemOf(root)).toBe(`${root}: expected a plain file, found a folder`);
    expect(problemOf(join(root, 'secret'), { mostBytes: 8 })).toBe(`${join(root, 'secret')}: expected at most 8 bytes, found 9`);
  });

  it.runIf(process.platform !== 'win32')('that is a pipe without a writer does not hold its reader up', () => {
    const pipe = join(root, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(problemOf(pipe)).toBe(`${pipe}: expected a plain file, found a pipe or device`);
    expect(readTail(pipe, 10).length).toBe(0);
  });

  it.runIf(process.getuid?.() !== 0)('that this user may not read is named with the reason', () => {
    const path = join(root, 'record.json');
    writeFileSync(path, '{"id": 1}');
    chmodSync(path, 0);
    expect(problemOf(path)).toBe(`${path}: could not be read: this user may not read or write there (EACCES)`);
  });
});

it('reads a whole file or its end', () => {
  writeFileSync(join(root, 'text'), 'one two');
  expect(readPlainFile(join(root, 'text'), 7)!.toString()).toBe('one two');
  expect(readTail(join(root, 'text'), 3).toString()).toBe('two');
  expect(readTail(join(root, 'text'), 300).toString()).toBe('one two');
  expect(readPlainFile(join(root, 'none'), 7)).toBeNull();
});

describe('links below the results', () => {
  const outside = () => join(root, 'outside');
  const results = () => join(root, 'results');
  const folder = () => join(results(), 'sweep', 'seed1');
  beforeEach(() => {
    mkdirSync(folder(), { recursive: true });
    mkdirSync(outside());
  });

  it('in the place of run.json, outcome.json and experiment.json show nothing of their target', () => {
    writeFileSync(join(outside(), 'passwd'), 'root:x:0:0:SECRET');
    writeFileSync(join(outside(), 'experiment.json'), JSON.stringify({ name: 'sweep', description: 'SECRET', runs: [] }));
    for (const path of [runFile(folder()), outcomeFile(folder())]) symlinkSync(join(outside(), 'passwd'), path);
    symlinkSync(join(outside(), 'experiment.json'), experimentRecordFile(join(results(), 'sweep')));
    const run = readRun(folder());
    expect(run.problems.map((problem) => problem.slice(folder().length))).toEqual([
      '/run.json: expected a plain file, found a link',
      '/outcome.json: expected a plain file, found a link',
    ]);
    expect(JSON.stringify([listExperiments(results()), readExperiment(results(), 'sweep')])).not.toContain('SECRET');
  });

  it('in the place of a run are followed, as it may lie on another disk; ids that are paths never', () => {
    const record = { id: 'x', experiment: 'x', axes: {}, config: { attributes: [], training: {}, model: {}, dataset: {} }, provenance: {} };
    writeFileSync(runFile(outside()), JSON.stringify(record));
    symlinkSync(outside(), join(results(), 'sweep', 'moved'));
    const runs = ['moved', '../../outside', '..', ''].map((id) => ({ id, axes: {} }));
    writeFileSync(experimentRecordFile(join(results(), 'sweep')), JSON.stringify({ name: 'sweep', runs }));
    const read = readExperiment(results(), 'sweep').runs.map((run) => [run.record !== null, run.problems.length]);
    const refused = [false, 1];
    expect(read).toEqual([[true, 0], refused, refused, refused]);
  });

  it('are told from what lies inside under its own name', () => {
    symlinkSync(outside(), join(results(), 'linked'));
    symlinkSync(results(), join(root, 'elsewhere'));
    expect(isContained(results(), folder())).toBe(true);
    expect(isContained(join(root, 'elsewhere'), join(root, 'elsewhere', 'sweep'))).toBe(true);
    for (const path of ['linked', '.', '..', '../outside', 'none']) expect(isContained(results(), join(results(), path)), path).toBe(false);
  });
});
