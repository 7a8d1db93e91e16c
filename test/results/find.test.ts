import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRun } from '../../src/results/runs/find.ts';

let results: string;
beforeAll(() => {
  results = mkdtempSync(join(tmpdir(), 'facet-find-run-'));
  for (const run of [
    'faces/five-seed1-aaaaaaaaaaaa',
    'faces/five-seed12-bbbbbbbbbbbb',
    'other/five-seed1-aaaaaaaaaaaa',
    'other/ten-cccccccccccc',
  ]) {
    mkdirSync(join(results, run), { recursive: true });
    writeFileSync(join(results, run, 'run.json'), '{}');
  }
  mkdirSync(join(results, 'faces/.trash/ten-dddddddddddd'), { recursive: true });
});
afterAll(() => rmSync(results, { recursive: true }));

const find = (given: string): string => {
  const { experiment, id, folder } = findRun(results, given);
  expect(folder).toBe(join(results, experiment, id));
  return `${experiment}/${id}`;
};

describe('the run that a person means', () => {
  it.each([
    ['its id', 'five-seed12-bbbbbbbbbbbb', 'faces/five-seed12-bbbbbbbbbbbb'],
    ['experiment and id', 'other/five-seed1-aaaaaaaaaaaa', 'other/five-seed1-aaaaaaaaaaaa'],
    ['the hash of its id', 'bbbbbbbbbbbb', 'faces/five-seed12-bbbbbbbbbbbb'],
    ['the beginning of its hash', 'bbb', 'faces/five-seed12-bbbbbbbbbbbb'],
    ['experiment and the beginning of its hash', 'other/aa', 'other/five-seed1-aaaaaaaaaaaa'],
    ['the beginning of its id', 'ten', 'other/ten-cccccccccccc'],
  ])('is found by %s', (_how, given, run) => {
    expect(find(given)).toBe(run);
  });

  it('is the one whose whole name in front of the hash was given, also where a longer one begins so', () => {
    expect(find('other/five-seed1')).toBe('other/five-seed1-aaaaaaaaaaaa');
    expect(find('faces/five-seed1')).toBe('faces/five-seed1-aaaaaaaaaaaa');
  });

  it('is found by its folder, however that is written', () => {
    expect(find(`${join(results, 'faces/../other/ten-cccccccccccc')}/`)).toBe('other/ten-cccccccccccc');
  });

  it('is asked for again where several have that name, each by the name that tells it apart', () => {
    expect(() => find('five-seed1-aaaaaaaaaaaa')).toThrow('names 2: faces/five-seed1-aaaaaaaaaaaa, other/five-seed1-aaaaaaaaaaaa');
    expect(() => find('five')).toThrow('which names 3');
  });

  it('is none of the folders that a person keeps beside the runs, nor a link, nor a path out of the results', () => {
    mkdirSync(join(results, 'faces/notes'));
    symlinkSync(join(results, 'other/ten-cccccccccccc'), join(results, 'faces/linked-eeeeeeeeeeee'));
    for (const given of ['notes', 'faces/notes', 'linked', '..', '../..', '', '/', '.', 'faces', 'faces/']) {
      expect(() => find(given)).toThrow(/^Expected /);
    }
  });

  it('is suggested where its name is misspelt, and never one that was set aside', () => {
    expect(() => find('five-seed2-bbbbbbbbbbbb')).toThrow('did you mean "five-seed12-bbbbbbbbbbbb"?');
    expect(() => find('other/tem-cccccccccccc')).toThrow('did you mean "other/ten-cccccccccccc"?');
    expect(() => find('dddddddddddd')).toThrow('Expected the id or folder of a run');
    expect(() => findRun(join(results, 'nowhere'), 'ten')).toThrow('holds none');
  });
});
