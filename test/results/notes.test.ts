// Notes and tags on runs: real files in a run folder.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteFile } from '../../src/results/paths.ts';
import { changeNote, MOST_NOTE_CHARACTERS, readNote, writeNote } from '../../src/results/runs/notes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-notes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const EMPTY = { text: '', tags: [], changedAt: null };

describe('notes', () => {
  it('are empty where nobody wrote one', () => {
    expect(readNote(folder)).toEqual({ note: EMPTY, problem: null });
  });

  it('keep text and tags, each tag once and in order, and nothing half-written', () => {
    writeNote(folder, { text: ' good hair,\r\nodd eyes \n', tags: ['paper', 'keep', 'paper', '#größe'] });
    expect(readNote(folder).note).toMatchObject({ text: 'good hair,\nodd eyes', tags: ['größe', 'keep', 'paper'] });
    expect(readNote(folder).note.changedAt).toMatch(/^\d{4}-/);
    expect(readdirSync(folder)).toEqual(['note.json']);
  });

  it('change in parts', () => {
    changeNote(folder, { text: 'first' });
    changeNote(folder, { tag: ['a', 'b'] });
    changeNote(folder, { untag: ['a', 'never-there'], tag: ['c'] });
    expect(readNote(folder).note).toMatchObject({ text: 'first', tags: ['b', 'c'] });
    changeNote(folder, { text: 'second' });
    expect(readNote(folder).note).toMatchObject({ text: 'second', tags: ['b', 'c'] });
  });

  it('leave no file once they are empty', () => {
    changeNote(folder, { text: 'x', tag: ['y'] });
    expect(changeNote(folder, { text: '', untag: ['#y'] })).toEqual(EMPTY);
    expect(existsSync(noteFile(folder))).toBe(false);
  });

  it.each([
    [{ text: 'x'.repeat(MOST_NOTE_CHARACTERS + 1) }, 'at most 4000 characters, got 4001'],
    [{ tag: ['two words'] }, 'got "two words"'],
    [{ tag: ['a,b'] }, 'got "a,b"'],
    [{ tag: [''] }, 'got ""'],
    [{ tag: ['x'.repeat(41)] }, 'at most 40 letters'],
    [{ tag: Array.from({ length: 21 }, (_, n) => `t${n}`) }, 'at most 20 tags on a run, got 22'],
  ])('refuse %j, and change nothing', (change, message) => {
    changeNote(folder, { text: 'stays', tag: ['stays'] });
    const before = readFileSync(noteFile(folder), 'utf8');
    expect(() => changeNote(folder, change)).toThrow(message);
    expect(readFileSync(noteFile(folder), 'utf8')).toBe(before);
  });

  it.each([
    ['', 'an empty file'],
    ['no JSON', 'text that is no JSON object'],
    ['x'.repeat(300_000), 'at most 262144 bytes'],
  ])('that cannot be read are named and not written over', (content, problem) => {
    writeFileSync(noteFile(folder), content);
    expect(readNote(folder)).toEqual({ note: EMPTY, problem: expect.stringContaining(problem) });
    expect(() => changeNote(folder, { tag: ['a'] })).toThrow('nothing was changed');
    expect(readFileSync(noteFile(folder), 'utf8')).toBe(content);
    writeNote(folder, { text: 'anew', tags: [] });
    expect(readNote(folder).note.text).toBe('anew');
  });

  it('of another version lose what is no text, and control characters never reach a reader', () => {
    writeFileSync(noteFile(folder), JSON.stringify({ format: 9, text: 'a\u001b[31mb', tags: ['ok', 3, 'not a tag', 'x'.repeat(99)] }));
    expect(readNote(folder)).toEqual({ note: { text: 'a[31mb', tags: ['ok'], changedAt: null }, problem: null });
  });

  it('are never read or written through a link, and need a run folder', () => {
    const elsewhere = join(folder, 'elsewhere.txt');
    writeFileSync(elsewhere, '{"text": "secret"}');
    symlinkSync(elsewhere, noteFile(folder));
    expect(readNote(folder)).toEqual({ note: EMPTY, problem: expect.stringContaining('found a link') });
    writeNote(folder, { text: 'mine', tags: [] });
    expect(readFileSync(elsewhere, 'utf8')).toBe('{"text": "secret"}');
    expect(() => writeNote(join(folder, 'none'), { text: 'x', tags: [] })).toThrow('expected a run that has begun');
  });
});
