// An experiment's page: headline, legend, curves, grids and table of the same runs, in the same colours.

import type { SweepProgress } from '../data/api.ts';
import type { ExperimentChanges, RunView } from '../wire.ts';
import { createRunPanel } from './compare/run-panel.ts';
import type { CurveRuns } from './curves/curve-panel.ts';
import { createHtmlSlot, find } from './elements.ts';
import { fieldsOfGroups, groupChoices, groupRuns, type RunGroup, type StyleBook } from './groups/grouping.ts';
import { createLegend } from './groups/legend.ts';
import { neutralColor } from './groups/palette.ts';
import { readHidden, writeHidden } from './groups/run-keys.ts';
import { createHeadline } from './headline/headline.ts';
import { createLightbox } from './pictures/lightbox.ts';
import { showStatus, startPolling } from './poll.ts';
import { createRunBook } from './run-book.ts';
import { createStopControl } from './stop-control.ts';
import { isDark, onThemeChange } from './theme.ts';
import { createUrlState } from './url-state.ts';
import { createWorkbench } from './workbench.ts';

export function openExperimentPage(data: DOMStringMap): void {
  const summary = createHtmlSlot(find('summary'));
  const comparison = document.getElementById('comparison');
  const showComparison = comparison === null ? () => {} : createHtmlSlot(comparison);
  const hasRuns = document.getElementById('runs') !== null;
  const page = hasRuns ? createPage(data) : null;
  const stop = createStopControl(find('stop'), data.stop!);
  const title = document.title;
  let cursor = '';
  startPolling<ExperimentChanges>({
    url: () => `${data.api}/changes?curves=none&cursor=${encodeURIComponent(cursor)}`,
    onStatus: showStatus,
    onReply(reply) {
      // Columns and charts, which axes and metrics decide, come with the page itself; and an empty page has no table.
      const isOtherPage = JSON.stringify(reply.axes) !== data.axes || JSON.stringify(reply.metrics) !== data.metrics;
      if (isOtherPage || (!page && reply.runs.length > 0)) return location.reload();
      summary(reply.summary);
      showComparison(reply.comparison);
      stop.update(reply.runner);
      page?.apply(reply);
      document.title = titleOf(title, reply.sweep, reply.isActive);
      cursor = reply.cursor; // last: what could not be shown is asked for again
    },
  });
}

/** While a sweep is at work the title begins with how far it is. */
function titleOf(title: string, { share, runs, done, failed }: SweepProgress, isActive: boolean): string {
  if (!isActive || done + failed >= runs) return title;
  const part = share === null ? '…' : `${Math.floor(share * 100)} %`;
  return `${part}${failed > 0 ? ` ✕${failed}` : ''} · ${title}`;
}

function createPage({ api, samples }: DOMStringMap): { apply(reply: ExperimentChanges): void } {
  const urlState = createUrlState();
  const book = createRunBook();
  const hidden = new Set<string>();
  const usual = new Set<string>();
  const styles: StyleBook = new Map();
  /** The way to colour runs that nobody has chosen: it stays what it was at first. */
  let usualBy: string | null = null;
  let groups: RunGroup[] = [];
  let version = '';

  const legend = createLegend({
    container: find('legend'),
    onToggle: toggle,
    onOnly: showOnly,
    onChoose(key) {
      urlState.set('by', key === usualBy ? '' : key);
      show();
    },
    onHover: (id) => workbench.highlight(id),
  });
  const panel = createRunPanel({
    urlState,
    api: api!,
    samplesUrl: samples!,
    onToggle: toggle,
    onOnly: showOnly,
    onHover: (id) => workbench.highlight(id),
  });
  const headline = createHeadline({ urlState, api: api!, samplesUrl: samples!, onOnly: showOnly });
  const workbench = createWorkbench({
    urlState,
    api: api!,
    samplesUrl: samples!,
    drawn,
    onHighlight(id) {
      legend.highlight(id);
      panel.highlight(id);
    },
  });
  const lightbox = createLightbox({ urlState, api: api!, samplesUrl: samples!, views });
  onThemeChange(show);
  urlState.onRestore(() => {
    for (const view of views()) setHidden(view);
    show();
  });

  function views(): RunView[] {
    return book.runs();
  }

  function toggle(ids: string[], isShown: boolean): void {
    for (const id of ids) {
      if (isShown) hidden.delete(id);
      else hidden.add(id);
    }
    keepHidden();
  }

  /** Shows these alone; all runs, where these are the only ones shown. */
  function showOnly(ids: string[]): void {
    const others = views()
      .map(({ id }) => id)
      .filter((id) => !ids.includes(id));
    const areOthersHidden = others.every((id) => hidden.has(id)) && ids.every((id) => !hidden.has(id));
    hidden.clear();
    for (const id of areOthersHidden ? usual : others) hidden.add(id);
    keepHidden();
  }

  function keepHidden(): void {
    const { off, only } = writeHidden(
      views().map(({ id }) => id),
      { hidden, usual },
    );
    urlState.set('off', off);
    urlState.set('only', only);
    show();
  }

  function setHidden({ id }: RunView): void {
    const isHidden = readHidden(id, { off: urlState.get('off'), only: urlState.get('only') }) ?? usual.has(id);
    if (isHidden) hidden.add(id);
    else hidden.delete(id);
  }

  function show(): void {
    const all = views();
    const choices = groupChoices(all);
    usualBy ??= choices[0]!.key;
    const wanted = urlState.get('by') ?? usualBy;
    const chosen = choices.find(({ key }) => key === wanted)?.key ?? choices[0]!.key;
    groups = groupRuns(all, chosen, { isDark: isDark(), book: styles });
    const colors = new Map(groups.flatMap(({ color, runs }) => runs.map(({ id }) => [id, color])));
    legend.update({ groups, hidden, choices, chosen });
    panel.update({ views: all, colors, hidden });
    lightbox.update();
    headline.update(groups, version, neutralColor(isDark()));
    workbench.refresh();
  }

  function drawn(): CurveRuns {
    const all = views();
    const styleOf = new Map(groups.flatMap(({ color, dash, runs }) => runs.map(({ id }) => [id, { color, dash }])));
    const key = urlState.get('by') ?? usualBy ?? '';
    return {
      all,
      shown: all.flatMap((view) =>
        hidden.has(view.id) ? [] : [{ view, style: styleOf.get(view.id) ?? { color: neutralColor(isDark()), dash: [] } }],
      ),
      groups: groups
        .filter(({ runs }) => runs.some(({ id }) => !hidden.has(id)))
        .map(({ key, label, color, dash, runs }) => ({ key, label, members: runs, style: { color, dash } })),
      by: fieldsOfGroups(all, groups.length === 0 ? '' : key),
      version,
    };
  }

  return {
    apply(reply) {
      panel.apply(reply);
      const isNew = reply.cursor !== version;
      version = reply.cursor;
      const known = new Set(views().map(({ id }) => id));
      if (!book.apply(reply) && !isNew) return;
      for (const view of views()) {
        if (known.has(view.id)) continue;
        if (!view.current) usual.add(view.id); // left over from an earlier form of the file
        setHidden(view);
      }
      show();
    },
  };
}
