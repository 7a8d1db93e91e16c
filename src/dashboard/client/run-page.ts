// A run's page: its curves, its grids, its log as it grows.

import type { RunPageChanges } from '../wire.ts';
import { createHtmlSlot, find } from './elements.ts';
import { showStatus, startPolling } from './poll.ts';
import { createRunBook } from './run-book.ts';
import { isDark, sequentialPalette } from './theme.ts';
import { createUrlState } from './url-state.ts';
import { createWorkbench } from './workbench.ts';

export function openRunPage(data: DOMStringMap): void {
  const summary = createHtmlSlot(find('summary'));
  const log = find('log');
  const book = createRunBook();
  const workbench = createWorkbench({
    book,
    urlState: createUrlState(),
    samplesUrl: data.samples!,
    shownRuns: () => book.runs().map((run) => ({ run, color: sequentialPalette(1, isDark())[0]! })),
    onHighlight: () => {},
  });
  let cursor = '';
  let logVersion = data.log ?? '';
  log.scrollTop = log.scrollHeight;
  startPolling<RunPageChanges>({
    url: () => `${data.changes}?cursor=${encodeURIComponent(cursor)}&log=${encodeURIComponent(logVersion)}`,
    onStatus: showStatus,
    onReply(reply) {
      if (JSON.stringify(reply.metrics) !== data.metrics) return location.reload(); // charts come with the page itself
      summary(reply.summary);
      if (reply.log) {
        showLog(log, reply.log.text);
        logVersion = reply.log.version;
      }
      if (book.apply(reply)) workbench.refresh();
      cursor = reply.cursor; // last: what could not be shown is asked for again
    },
  });
}

/** Scrolls to the new end, unless the reader has scrolled back. */
function showLog(log: HTMLElement, text: string): void {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  log.textContent = text === '' ? 'Nothing has been logged yet.' : text;
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}
