// Searches the whole log of a run while a person types.

import type { LogMatches } from '../../wire.ts';
import { find } from '../elements.ts';

const REST_MS = 250;

/** `api`: the run's address among the data routes. */
export function createLogSearch(api: string): void {
  const input = find<HTMLInputElement>('log-search');
  const found = find('log-found');
  const matches = find('log-matches');
  let timer = 0;
  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(search, REST_MS);
  });

  async function search(): Promise<void> {
    const words = input.value.trim();
    const reply = words === '' ? null : await ask(words);
    if (input.value.trim() !== words) return; // something else is wanted by now
    matches.hidden = reply === null || typeof reply === 'string' || reply.count === 0;
    if (reply === null || typeof reply === 'string') {
      found.textContent = reply ?? '';
      return;
    }
    const { count, of, lines } = reply;
    const shown = count > lines.length ? `, the last ${lines.length} of them` : '';
    found.textContent = count === 0 ? `None of ${of} lines.` : `${count} of ${of} lines${shown}:`;
    matches.textContent = lines.map(([number, text]) => `${number}: ${text}`).join('\n');
  }

  async function ask(words: string): Promise<LogMatches | string> {
    try {
      const response = await fetch(`${api}/log?find=${encodeURIComponent(words)}`, { cache: 'no-store' });
      return response.ok ? ((await response.json()) as LogMatches) : 'There is no log to search.';
    } catch {
      return 'The dashboard does not answer.';
    }
  }
}
