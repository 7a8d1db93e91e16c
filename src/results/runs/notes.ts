// What a person has written on a run: a text and tags, in a file of its own in the run folder. No trainer and no runner writes it.

import { existsSync, rmSync } from 'node:fs';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { writing } from '../errors.ts';
import { readJson } from '../files/read.ts';
import { writeJsonAtomic } from '../files/write.ts';
import { noteFile } from '../paths.ts';

export interface RunNote {
  /** '' for none. May have several lines. */
  text: string;
  /** Each once, in the order of the alphabet. */
  tags: string[];
  /** When it was written last; null where there is none. */
  changedAt: string | null;
}

/** What of a note is to be different; what is absent stays. */
export interface NoteChange {
  /** In place of the text so far. */
  text?: string;
  tag?: readonly string[];
  untag?: readonly string[];
}

export const MOST_NOTE_CHARACTERS = 4_000;
const MOST_TAGS = 20;
const MOST_TAG_CHARACTERS = 40;

/** The note of a run, empty where nobody wrote one. `problem`: why it cannot be read, in a line; parts that are no text are left out. */
export function readNote(folder: string): { note: RunNote; problem: string | null } {
  const { value, problem } = readJson<Record<string, unknown>>(noteFile(folder), () => true, 'a note', { mostBytes: MOST_BYTES });
  const { text, tags, changedAt } = value ?? {};
  const note = {
    text: typeof text === 'string' ? cleanText(text).slice(0, MOST_NOTE_CHARACTERS) : '',
    tags: Array.isArray(tags) ? sortTags(tags.filter((tag) => typeof tag === 'string' && isTag(tag))) : [],
    changedAt: typeof changedAt === 'string' ? changedAt : null,
  };
  return { note, problem };
}

/** Four bytes a character, and what JSON adds, in a file that another version may have laid out in another way. */
const MOST_BYTES = 256 * 1024;

/**
 * Writes a note in place of the one so far, whole or not at all; an empty one is removed. Throws a UserError for a text or tag that is too
 * long or no tag, and where the run has no folder, and a WriteFailure.
 */
export function writeNote(folder: string, { text, tags }: Pick<RunNote, 'text' | 'tags'>): RunNote {
  if (!existsSync(folder)) throw new UserError(`${folder}: expected a run that has begun, found no folder; a note is kept in it`);
  const note = { text: requireText(text), tags: requireTags(tags), changedAt: new Date().toISOString() };
  const path = noteFile(folder);
  if (note.text === '' && note.tags.length === 0) {
    writing(path, () => rmSync(path, { force: true }));
    return { ...note, changedAt: null };
  }
  writeJsonAtomic(path, { format: 1, ...note });
  return note;
}

/**
 * Changes a part of a note. Throws as writeNote, and a UserError where the note so far cannot be read: what it says is not written over. Of
 * two who change it at the same instant the later one wins.
 */
export function changeNote(folder: string, { text, tag = [], untag = [] }: NoteChange): RunNote {
  const { note, problem } = readNote(folder);
  if (problem !== null) throw new UserError(`${problem}; nothing was changed`);
  const gone = new Set(untag.map(cleanTag));
  return writeNote(folder, { text: text ?? note.text, tags: [...note.tags, ...tag].filter((each) => !gone.has(cleanTag(each))) });
}

function requireText(given: string): string {
  const text = cleanText(given);
  if (text.length <= MOST_NOTE_CHARACTERS) return text;
  throw new UserError(`Expected a note of at most ${MOST_NOTE_CHARACTERS} characters, got ${text.length}`);
}

function requireTags(given: readonly string[]): string[] {
  const tags = sortTags(given.map(cleanTag));
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong !== undefined) {
    throw new UserError(
      `Expected a tag of at most ${MOST_TAG_CHARACTERS} letters, digits and . _ + - : in it, which begins with a letter or digit, got ${quote(wrong)}`,
    );
  }
  if (tags.length > MOST_TAGS) throw new UserError(`Expected at most ${MOST_TAGS} tags on a run, got ${tags.length}`);
  return tags;
}

/** Line ends as \n, no other control characters. */
function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}

const cleanTag = (tag: string): string => tag.normalize('NFC').trim().replace(/^#/, '');

function isTag(tag: string): boolean {
  return [...tag].length <= MOST_TAG_CHARACTERS && /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._+:-]*$/u.test(tag);
}

function sortTags(tags: readonly string[]): string[] {
  return [...new Set(tags)].sort();
}
