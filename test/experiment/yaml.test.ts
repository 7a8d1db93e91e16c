import { describe, expect, it } from 'vitest';
import { configIn, experimentIn, faultsIn, HEAD, pointsIn } from './parse-text.ts';

describe('YAML', () => {
  it.each([
    ['a tab as indentation', 'name: x\ntraining:\n\tepochs: 2\n', 'x.yaml:3:1  expected spaces as indentation, got a tab'],
    [
      'two colons on a line',
      'name: x: y\n',
      'x.yaml:1:7  expected one "key: value" on a line, got two; put a text that holds ": " in quotes',
    ],
    ['a line without a colon', 'name x\ntraining: {}\n', 'x.yaml:1:1  expected "key: value", got a text without a colon'],
    ['a map that does not end', `${HEAD}training: {epochs: 2\n`, 'x.yaml:4:1  expected "}" at the end of this map, got other text'],
    ['a list that does not end', `${HEAD}training: [1\n`, 'x.yaml:4:1  expected "]" at the end of this list, got other text'],
    ['a quote that does not end', `${HEAD}description: "a\n`, 'x.yaml:4:1  expected a closing quote, got the end of the text'],
    [
      'lines that do not line up',
      'training:\n    epochs: 2\n  seed: 1\n',
      'x.yaml:3:1  expected the same indentation as the rest of this block',
    ],
    ['several documents', `${HEAD}---\nname: y\n`, 'x.yaml:3:1  expected one document in the file, got several'],
    ['an empty file', '', 'x.yaml:1:1  expected a map of settings, got an empty file'],
    ['a file of comments', '# name: x\n', 'x.yaml:1:1  expected a map of settings, got an empty file'],
    ['a list at the top', '- name: x\n', 'x.yaml:1:1  expected a map of settings, got a list of 1'],
    ['text at the top', 'hello\n', 'x.yaml:1:1  expected a map of settings, got "hello"'],
    ['a list as key', `${HEAD}? [a, b]\n: 1\n`, 'x.yaml:3:3  ?: expected a text as key'],
    ['a repeated key', `${HEAD}name: y\n`, 'x.yaml:3:1  name: expected each key once, got "name" again after line 1'],
    [
      'a merge key',
      `${HEAD}model: {<<: {width: 64}}\n`,
      'x.yaml:3:9  model.<<: expected no merge key, got "<<"; use extends, or an anchor for the whole value',
    ],
    [
      'a tag',
      `${HEAD}description: !date 2024-01-01\n`,
      'x.yaml:3:14  expected a plain value, got one with a tag that experiment files do not have',
    ],
    [
      'an alias without an anchor',
      `${HEAD}description: *a\n`,
      'x.yaml:3:14  description: expected an anchor &a before its use, got only "*a"',
    ],
    [
      'an alias inside its anchor',
      `${HEAD}model: &m {width: *m}\n`,
      'x.yaml:3:19  model.width: expected a finished value, got *m inside its own anchor',
    ],
  ])('%s is one clear line', (_what, text, fault) => {
    expect(faultsIn(text)).toEqual([fault]);
  });

  it('reports repeated keys and merge keys beside other faults', () => {
    expect(faultsIn(`${HEAD}model: {width: 64, width: 65}\ntraining: {<<: {}, epochs: x}\n`)).toEqual([
      expect.stringContaining('x.yaml:3:20  model.width: expected each key once'),
      expect.stringContaining('x.yaml:4:12  training.<<'),
      expect.stringContaining('x.yaml:4:28  training.epochs'),
    ]);
  });

  it('knows lines and columns behind CRLF and a byte order mark', () => {
    const text = `\uFEFF${HEAD}training:\n  epochs: x\n`.replaceAll('\n', '\r\n');
    expect(faultsIn(text)).toEqual([expect.stringContaining('x.yaml:4:11  training.epochs')]);
    expect(faultsIn('\uFEFFnme: x\n')).toContain('x.yaml:1:1  nme: expected a known setting, got "nme"; did you mean "name"?');
    expect(experimentIn(`\uFEFF${HEAD}`.replaceAll('\n', '\r\n')).name).toBe('x');
  });

  it('reads numbers as YAML 1.2 does', () => {
    const text = `${HEAD}training: {learningRate: 1e-4, seed: 0x10, epochs: 0o17, adamBeta1: .5}\n`;
    expect(configIn(text).training).toMatchObject({ learningRate: 0.0001, seed: 16, epochs: 15, adamBeta1: 0.5 });
  });

  it.each([
    ['.inf', '.inf'],
    ['.nan', '.nan'],
    ['1e999', '1e999'],
    ['2024-01-01', '"2024-01-01"'],
    ['1:30', '"1:30"'],
    ['off', '"off"'],
    ['1.5', '1.5'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('does not take %s for a number of epochs', (value, found) => {
    expect(faultsIn(`${HEAD}training: {epochs: ${value}}\n`)).toEqual([
      `x.yaml:3:20  training.epochs: expected a whole number from 1 to 100000, got ${found}`,
    ]);
  });

  it('keeps yes and no as text, whatever version the file claims', () => {
    expect(faultsIn(`%YAML 1.1\n---\n${HEAD}augmentation: {horizontalFlip: no}\n`)).toEqual([
      'x.yaml:5:32  augmentation.horizontalFlip: expected true or false, got "no"; write false',
    ]);
    expect(experimentIn('name: no\nattributes: [Male]\n').name).toBe('no');
  });

  it('fills in aliases', () => {
    const points = pointsIn('name: x\nattributes: &two [Male, Young]\nsweep: {grid: {attributes: {two: *two, one: [Bald]}}}\n');
    expect(points.map(({ config }) => config.attributes)).toEqual([['Male', 'Young'], ['Bald']]);
  });

  it('names values of an axis by numbers as well', () => {
    expect(pointsIn('name: x\nsweep: {grid: {attributes: {1: [Bald], 2: [Male, Young]}}}\n').map(({ axes }) => axes.attributes)).toEqual([
      '1',
      '2',
    ]);
  });
});
