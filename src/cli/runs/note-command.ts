// facet note RUN [TEXT]: what a person has to say of a run, and the tags on it.

import { UserError } from '../../experiment/user-error.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { findRun } from '../../results/runs/find.ts';
import { changeNote, type RunNote, readNote, writeNote } from '../../results/runs/notes.ts';
import { EXIT } from '../exit-codes.ts';
import { describeNote } from './describe-note.ts';

export interface NoteCommandOptions {
  /** As findRun takes it. */
  run: string;
  /** In place of the text so far; several words are one text. None: the text stays. */
  words: string[];
  results: string;
  tag: string[];
  untag: string[];
  /** Removes the text and every tag first. */
  clear: boolean;
  json: boolean;
}

/** Changes what is asked for, and prints the note as it is then. */
export function noteCommand({ run: nameOrPath, words, results, tag, untag, clear, json }: NoteCommandOptions): number {
  requireNoFile(results);
  const run = findRun(results, nameOrPath);
  const text = words.length === 0 ? undefined : words.join(' ');
  if (text !== undefined && text.trim() === '') throw new UserError('Expected a text, got an empty one; --clear removes the note');
  if (clear) writeNote(run.folder, { text: '', tags: [] });
  const changes = text !== undefined || tag.length + untag.length > 0;
  if (changes) changeNote(run.folder, { tag, untag, ...(text !== undefined && { text }) });
  const { note, problem } = readNote(run.folder);
  const { experiment, id, folder } = run;
  if (json) process.stdout.write(`${JSON.stringify({ format: 1, experiment, id, folder, ...note, problem }, null, 2)}\n`);
  else process.stdout.write(`${formatNote(`${experiment}/${id}`, note).join('\n')}\n`);
  if (problem !== null && !json) process.stderr.write(`${problem}\n`);
  return problem === null ? EXIT.ok : EXIT.userError;
}

function formatNote(name: string, note: RunNote): string[] {
  const lines = describeNote(note);
  return lines.length === 0 ? [`${name} has no note.`] : [name, ...lines.map((line) => `  ${line}`)];
}
