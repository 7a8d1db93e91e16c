// An experiment's page: legend, curves, grids and table of the same runs, in the same colours.

import type { ExperimentChanges } from '../wire.ts';
import { createHtmlSlot, find } from './elements.ts';
import { showStatus, startPolling } from './poll.ts';
import { createRunBook } from './run-book.ts';
import { createStopControl } from './stop-control.ts';
import { groupChoices, groupRuns } from './table/grouping.ts';
import { createLegend } from './table/legend.ts';
import { createRunTable } from './table/run-table.ts';
import { isDark, onThemeChange } from './theme.ts';
import { createUrlState } from './url-state.ts';
import { createWorkbench } from './workbench.ts';

export function openExperimentPage(data: DOMStringMap): void {
  const summary = createHtmlSlot(find('summary'));
  const comparison = document.getElementById('comparison');
  const showComparison = comparison === null ? () => {} : createHtmlSlot(comparison);
  const hasRuns = document.getElementById('runs') !== null;
  const page = hasRuns ? createPage(data.samples!) : null;
  const stop = createStopControl(find('stop'), data.stop!);
  let cursor = '';
  startPolling<ExperimentChanges>({
    url: () => `${data.changes}?cursor=${encodeURIComponent(cursor)}`,
    onStatus: showStatus,
    onReply(reply) {
      // Columns and charts, which axes and metrics decide, come with the page itself; and an empty page has no table.
      const isOtherPage = JSON.stringify(reply.axes) !== data.axes || JSON.stringify(reply.metrics) !== data.metrics;
      if (isOtherPage || (!page && reply.runs.length > 0)) return location.reload();
      summary(reply.summary);
      showComparison(reply.comparison);
      stop.update(reply.runner);
      page?.apply(reply);
      cursor = reply.cursor; // last: what could not be shown is asked for again
    },
  });
}

function createPage(samplesUrl: string): { apply(reply: ExperimentChanges): void } {
  const urlState = createUrlState();
  const book = createRunBook();
  const hidden = new Set(urlState.get('off')?.split(' ').filter(Boolean));
  const seen = new Set<string>();
  let colors = new Map<string, string>();

  const legend = createLegend({
    container: find('legend'),
    onToggle: toggle,
    onOnly(ids) {
      const all = book.runs().map(({ view }) => view.id);
      const others = all.filter((id) => !ids.includes(id));
      const areOthersHidden = others.every((id) => hidden.has(id));
      hidden.clear();
      if (!areOthersHidden) for (const id of others) hidden.add(id);
      show();
    },
    onChoose(key) {
      urlState.set('by', key === '' ? 'count' : key);
      show();
    },
    onHover: (id) => workbench.highlight(id),
  });
  const table = createRunTable({ table: find<HTMLTableElement>('runs'), onToggle: toggle, onHover: (id) => workbench.highlight(id) });
  const workbench = createWorkbench({
    book,
    urlState,
    samplesUrl,
    shownRuns: () =>
      book
        .runs()
        .filter(({ view }) => !hidden.has(view.id))
        .map((run) => ({ run, color: colors.get(run.view.id)! })),
    onHighlight(id) {
      legend.highlight(id);
      table.highlight(id);
    },
  });
  onThemeChange(show);

  function toggle(ids: string[], isShown: boolean): void {
    for (const id of ids) {
      if (isShown) hidden.delete(id);
      else hidden.add(id);
    }
    show();
  }

  function show(): void {
    urlState.set('off', [...hidden].join(' '));
    const views = book.runs().map(({ view }) => view);
    const choices = groupChoices(views);
    const wanted = urlState.get('by') === 'count' ? '' : urlState.get('by');
    const chosen = choices.find(({ key }) => key === wanted)?.key ?? choices[0]!.key;
    const groups = groupRuns(views, chosen, isDark());
    colors = new Map(groups.flatMap(({ color, runs }) => runs.map(({ id }) => [id, color])));
    legend.update({ groups, hidden, choices, chosen });
    table.update(colors, hidden);
    workbench.refresh();
  }

  return {
    apply(reply) {
      table.apply(reply);
      if (!book.apply(reply)) return;
      for (const { view } of book.runs()) {
        if (seen.has(view.id)) continue;
        seen.add(view.id);
        if (!view.current && urlState.get('off') === null) hidden.add(view.id); // left over from an earlier form of the file
      }
      show();
    },
  };
}
