import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandPath, locatePath } from '../../src/machine/resolve-path.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-paths-'));
  mkdirSync(join(folder, 'beside/faces'), { recursive: true });
  mkdirSync(join(folder, '$HERE'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const variable = (text: string) => `\${${text}}`;

describe('a path in a file that is shared between machines', () => {
  it.each([
    ['data/faces', 'data/faces'],
    ['/data/faces', '/data/faces'],
    ['~', homedir()],
    ['~/faces', join(homedir(), 'faces')],
    [`${variable('FACES')}/small`, '/mnt/faces/small'],
    ['$FACES/small', '/mnt/faces/small'],
    [`/a/${variable('FACES')}`, '/a//mnt/faces'],
    [`${variable('OTHER:-/srv')}/small`, '/srv/small'],
    [`${variable('FACES:-/srv')}/small`, '/mnt/faces/small'],
    [`~/${variable('PART')}`, join(homedir(), 'train')],
    ['a~b', 'a~b'],
  ])('%s is %s', (text, path) => expect(expandPath(text, { FACES: '/mnt/faces', PART: 'train' })).toBe(path));

  it('stays as it is where a folder has that very name', () => expect(expandPath(join(folder, '$HERE'), {})).toBe(join(folder, '$HERE')));

  it.each([
    [`${variable('NOWHERE')}/faces`, 'the variable NOWHERE is not set'],
    ['$NOWHERE', 'the variable NOWHERE is not set'],
    ['~somebody/faces', 'only ~ alone stands for a folder'],
  ])('%s is refused by name', (text, words) => expect(() => expandPath(text, {})).toThrow(words));

  it('is looked for in the working directory, then in the other folders', () => {
    const others = [join(folder, 'nothing'), join(folder, 'beside')];
    expect(locatePath('src', others)).toBe('src');
    expect(locatePath('faces', others)).toBe(join(folder, 'beside/faces'));
    expect(locatePath('missing', others)).toBe('missing');
  });
});
