// The list of experiments, kept current.

import type { OverviewChanges } from '../wire.ts';
import { createHtmlSlot, find } from './elements.ts';
import { showStatus, startPolling } from './poll.ts';

export function openOverviewPage(data: DOMStringMap): void {
  const show = createHtmlSlot(find('experiments'));
  let cursor = '';
  startPolling<OverviewChanges>({
    url: () => `${data.changes}?cursor=${encodeURIComponent(cursor)}`,
    onStatus: showStatus,
    onReply(reply) {
      if (reply.html !== undefined) show(reply.html);
      cursor = reply.cursor;
    },
  });
}
