// What a person has written on a run, and the form to change it: `facet note` writes the same file.

import type { RunNote } from '../../../results/runs/notes.ts';
import { MOST_NOTE_CHARACTERS } from '../../../results/runs/notes.ts';

/** `canWrite`: whether the page may change it. Else it is only shown, and left out where there is none. */
export function NoteSection({ note: { text, tags }, problem, canWrite }: { note: RunNote; problem: string | null; canWrite: boolean }) {
  if (!canWrite && text === '' && tags.length === 0) return null;
  return (
    <section aria-labelledby="note-title">
      <h2 id="note-title">Note</h2>
      <p id="note-tags" class="tags">
        {tags.map((tag) => (
          <span class="tag">{tag}</span>
        ))}
      </p>
      <p id="note-text" class="note-text">
        {text}
      </p>
      {problem === null ? '' : <p class="notice">{problem}</p>}
      {canWrite ? (
        <details class="note-form" id="note-form">
          <summary>{text === '' && tags.length === 0 ? 'Write a note or tags' : 'Change'}</summary>
          <label>
            Text
            <textarea id="note-edit" rows={3} maxlength={MOST_NOTE_CHARACTERS}>
              {text}
            </textarea>
          </label>
          <label>
            Tags, with spaces between <input id="note-edit-tags" type="text" autocomplete="off" value={tags.join(' ')} />
          </label>
          <p>
            <button type="button" id="note-save">
              Save
            </button>{' '}
            <span id="note-status" role="status" />
          </p>
        </details>
      ) : (
        ''
      )}
    </section>
  );
}
