// Changes the note and the tags on a run. The form is there only where the page may do that.

import type { NoteReply } from '../../wire.ts';
import { find, make } from '../elements.ts';

/** `api`: the run's address among the data routes. */
export function createNoteEditor(api: string): void {
  const form = document.getElementById('note-form');
  if (!(form instanceof HTMLDetailsElement)) return;
  const [text, tags, status] = [find<HTMLTextAreaElement>('note-edit'), find<HTMLInputElement>('note-edit-tags'), find('note-status')];
  const button = find<HTMLButtonElement>('note-save');
  button.addEventListener('click', () => void save());

  async function save(): Promise<void> {
    button.disabled = true;
    const reply = await send(`${api}/note`, { text: text.value, tags: tags.value.split(/[\s,]+/).filter((tag) => tag !== '') });
    button.disabled = false;
    status.textContent = reply.error === undefined ? 'Saved.' : `Not saved: ${reply.error}`;
    if (reply.text === undefined || reply.tags === undefined) return;
    find('note-text').textContent = reply.text;
    find('note-tags').replaceChildren(...reply.tags.map((tag) => make('span', { class: 'tag' }, tag)));
    tags.value = reply.tags.join(' ');
  }
}

async function send(url: string, note: { text: string; tags: string[] }): Promise<NoteReply> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(note), signal: AbortSignal.timeout(30_000) });
    return (await response.json()) as NoteReply;
  } catch {
    return { error: 'the dashboard does not answer' };
  }
}
