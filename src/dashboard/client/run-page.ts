// A run's page: its curves, its grids, its log as it grows.

import type { RunPageChanges } from '../wire.ts';
import { createHtmlSlot, find } from './elements.ts';
import { createFaceForm } from './generate/form.ts';
import { chooseStyles, colorOf } from './groups/palette.ts';
import { createLightbox } from './pictures/lightbox.ts';
import { showStatus, startPolling } from './poll.ts';
import { createFilmStrip } from './run/film-strip.ts';
import { createLogSearch } from './run/log-search.ts';
import { createNoteEditor } from './run/note-editor.ts';
import { createRunActions } from './run/run-actions.ts';
import { createRunBook } from './run-book.ts';
import { isDark } from './theme.ts';
import { createUrlState } from './url-state.ts';
import { createWorkbench } from './workbench.ts';

export function openRunPage(data: DOMStringMap): void {
  const summary = createHtmlSlot(find('summary'));
  const log = find('log');
  const book = createRunBook();
  const film = createFilmStrip(find('film'), data.samples!);
  createLogSearch(data.run!);
  createNoteEditor(data.run!);
  const actions = createRunActions(data.run!);
  let cursor = '';
  const style = chooseStyles(1)[0]!;
  const urlState = createUrlState();
  createFaceForm(data.run!, urlState);
  const lightbox = createLightbox({ urlState, api: data.api!, samplesUrl: data.samples!, views: book.runs });
  const workbench = createWorkbench({
    urlState,
    api: data.api!,
    samplesUrl: data.samples!,
    drawn() {
      const all = book.runs();
      const shown = all.map((view) => ({ view, style: { color: colorOf(style, isDark()), dash: [] } }));
      return { all, shown, groups: [], by: null, version: cursor };
    },
    onHighlight: () => {},
  });
  let logVersion = data.log ?? '';
  log.scrollTop = log.scrollHeight;
  startPolling<RunPageChanges>({
    url: () => `${data.changes}?curves=none&cursor=${encodeURIComponent(cursor)}&log=${encodeURIComponent(logVersion)}`,
    onStatus: showStatus,
    onReply(reply) {
      if (JSON.stringify(reply.metrics) !== data.metrics) return location.reload(); // charts come with the page itself
      summary(reply.summary);
      if (reply.log) {
        showLog(log, reply.log.text);
        logVersion = reply.log.version;
      }
      const isChanged = book.apply(reply) || cursor !== reply.cursor;
      cursor = reply.cursor; // late: what could not be shown is asked for again
      actions.update(reply.actions, book.runs()[0]?.state ?? '');
      film.update(book.runs()[0]);
      if (isChanged) workbench.refresh();
      lightbox.update();
    },
  });
}

/** Scrolls to the new end, unless the reader has scrolled back. */
function showLog(log: HTMLElement, text: string): void {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  log.textContent = text === '' ? 'Nothing has been logged yet.' : text;
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}
