// The answer first: what the points of the sweep are worth along one parameter, and what the best run of each group draws.

import type { ComparisonReply, PointData, ShownRun } from '../../data/api.ts';
import { shortAxis } from '../../labels.ts';
import type { RunView } from '../../wire.ts';
import { formatValue } from '../charts/hover.ts';
import { find, make } from '../elements.ts';
import type { RunGroup } from '../groups/grouping.ts';
import { type HeadlineInSight, makeHeadlineFiles } from '../take-away/headline-files.ts';
import type { UrlState } from '../url-state.ts';
import { type BestRun, createBestGrids } from './best-grids.ts';
import { drawPlot } from './draw-plot.ts';
import { chooseMetrics, type End, layOutHeadline, namePoint } from './plots.ts';

export interface Headline {
  /** `version`: of the experiment; asks for the points again where it is another one. */
  update(groups: readonly RunGroup[], version: string, neutral: string): void;
}

export interface HeadlineOptions {
  urlState: UrlState;
  /** The experiment's address among the data routes. */
  api: string;
  samplesUrl: string;
  /** Shows these runs alone. */
  onOnly: (ids: string[]) => void;
}

/** Groups beside the plots; of more the best. */
const MOST_GRIDS = 12;

export function createHeadline({ urlState, api, samplesUrl, onOnly }: HeadlineOptions): Headline {
  const plots = find('headline-plots');
  const empty = find('headline-empty');
  const chosenLine = find('headline-chosen');
  const selects = {
    along: find<HTMLSelectElement>('headline-x'),
    at: find<HTMLSelectElement>('headline-end'),
    of: find<HTMLSelectElement>('headline-metrics'),
  };
  const grids = createBestGrids(find('best-grids'), samplesUrl);
  let inSight: HeadlineInSight | null = null;
  const files = makeHeadlineFiles(plots, () => inSight);
  find('headline-controls').append(files);
  let reply: ComparisonReply | null = null;
  let groups: readonly RunGroup[] = [];
  let neutral = '#808080';
  let asked = '';
  let isAsking = false;
  let version = '';

  for (const [name, select] of Object.entries(selects)) {
    select.addEventListener('change', () => {
      urlState.set(name, select.selectedIndex === 0 ? '' : select.value);
      if (name === 'along') urlState.set('point', '');
      void ask();
    });
  }
  urlState.onRestore(() => void ask());
  new ResizeObserver(() => draw()).observe(plots);
  plots.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<SVGElement>('[data-point]');
    if (!link || !reply) return;
    event.preventDefault();
    const key = keyOf(reply.points[Number(link.dataset.point)]!);
    urlState.set('point', urlState.get('point') === key ? '' : key);
    draw();
    plots.querySelector<SVGElement>(`[data-point="${link.dataset.point}"]`)?.focus();
  });

  async function ask(): Promise<void> {
    const wanted = `${version} ${urlState.get('along') ?? ''}`;
    if (wanted === asked) return draw();
    if (isAsking) return;
    isAsking = true;
    try {
      const response = await fetch(`${api}/comparison?x=${encodeURIComponent(urlState.get('along') ?? '')}`, { cache: 'no-store' });
      if (response.ok) {
        reply = (await response.json()) as ComparisonReply;
        asked = wanted;
      }
    } catch {
      return; // the poll says that the server does not answer
    } finally {
      isAsking = false;
    }
    draw();
    if (asked !== `${version} ${urlState.get('along') ?? ''}`) void ask();
  }

  function draw(): void {
    if (reply === null) return;
    const now = reply;
    const end: End = urlState.get('at') === 'best' && now.hasOtherBest ? 'best' : 'last';
    const all = urlState.get('of') === 'all';
    offer(now, end, all);
    const layout = layOutHeadline(now, { end, all });
    const chosen = now.points.findIndex((point) => keyOf(point) === urlState.get('point'));
    const focused = (document.activeElement as SVGElement | null)?.dataset.point;
    const [columns, width] = measure(plots.clientWidth, layout.plots.length);
    plots.style.setProperty('--columns', String(columns));
    plots.replaceChildren(
      ...layout.plots.map((plot) => {
        const { metric } = plot;
        const arrow = metric.better === null ? '' : metric.better === 'max' ? '↑ higher is better' : '↓ lower is better';
        const caption = make('figcaption', { title: metric.meaning }, make('b', {}, metric.label), make('span', {}, arrow));
        const style = { colorOf: (index: number) => colorOf(now.points[index]!), chosen: chosen === -1 ? null : chosen };
        const height = layout.plots.length > 2 ? 210 : 300;
        const figure = make('figure', { class: 'headline-plot', 'data-metric': metric.name }, caption);
        figure.append(drawPlot(plot, layout, { width, height, style }));
        return figure;
      }),
    );
    if (focused !== undefined) plots.querySelector<SVGElement>(`[data-point="${focused}"]`)?.focus({ preventScroll: true });
    inSight = { reply: now, layout, end };
    empty.hidden = layout.plots.length > 0;
    files.hidden = layout.plots.length === 0;
    showChosen(now, chosen === -1 ? null : now.points[chosen]!, end);
    grids.update(bestRuns(now, chosen === -1 ? null : now.points[chosen]!));
  }

  function offer(now: ComparisonReply, end: End, all: boolean): void {
    const { along, at, of } = selects;
    const names = now.choices.map((field) => (field === 'attributes' ? 'attributes' : shortAxis(field)));
    if ([...along.options].map(({ text }) => text).join() !== names.join()) {
      along.replaceChildren(...now.choices.map((field, i) => new Option(names[i]!, field)));
    }
    along.value = now.x;
    at.value = end;
    of.value = all ? 'all' : 'main';
    along.parentElement!.hidden = now.choices.length < 2;
    at.parentElement!.hidden = !now.hasOtherBest;
    of.parentElement!.hidden = chooseMetrics(now, true).length === chooseMetrics(now, false).length;
    const others = now.fields.filter((field) => field !== now.x).map(shortAxis);
    const isMean = now.isAveraged && now.points.some(({ runs }) => runs.length > 1);
    const averaged = isMean ? `Each point is a mean over everything but ${shortAxis(now.x)}.` : '';
    find('headline-note').textContent =
      others.length > 0 && !now.isAveraged ? `One line for each value of ${others.join(' and ')}.` : averaged;
  }

  function colorOf({ runs }: PointData): string {
    const ids = new Set(runs.map(({ id }) => id));
    const own = groups.filter((group) => group.runs.some(({ id }) => ids.has(id)));
    return own.length === 1 ? own[0]!.color : neutral;
  }

  function showChosen(now: ComparisonReply, point: PointData | null, end: End): void {
    chosenLine.hidden = point === null;
    chosenLine.replaceChildren();
    if (point === null) return;
    const views = new Map(groups.flatMap((group) => group.runs.map((view) => [view.id, view] as const)));
    const [metric] = chooseMetrics(now, false);
    const links = point.runs.map(({ id, label, [end]: values }) => {
      const value = metric && values[metric.name];
      const link = make('a', { href: `${document.body.dataset.root}${views.get(id)?.url ?? ''}` }, label);
      return make('li', {}, link, value === undefined ? '' : ` ${metric!.short} ${formatValue(value)}`);
    });
    const only = make('button', { type: 'button' }, 'Show only these runs');
    only.addEventListener('click', () => onOnly(point.runs.map(({ id }) => id)));
    chosenLine.replaceChildren(make('b', {}, namePoint(now, point)), make('ul', {}, ...links), only);
  }

  /** Of each group the run that is the best by the metric that chose its checkpoints; before one has ended, the furthest. */
  function bestRuns(now: ComparisonReply, chosen: PointData | null): BestRun[] {
    const shownBy = new Map(now.points.flatMap(({ shown }) => (shown === null ? [] : [[shown.id, shown] as const])));
    const found = groups.flatMap(({ label, color, dashName, runs }) => {
      const current = runs.filter((view) => view.current);
      const judged = current.flatMap(({ id }) => shownBy.get(id) ?? []);
      const isBetter = (a: ShownRun, b: ShownRun): boolean => directionOf(now, a) * (a.value - b.value) > 0;
      const best = judged.length === 0 ? null : judged.reduce((a, b) => (isBetter(b, a) ? b : a));
      const view = current.find(({ id }) => id === best?.id) ?? furthest(current);
      if (view === undefined || (view.samples.length === 0 && best === null)) return [];
      const isChosen = chosen?.runs.some(({ id }) => id === view.id) ?? false;
      return [
        {
          best,
          run: {
            label,
            color,
            dashName,
            view,
            epoch: best?.epoch ?? null,
            why: explain(now, { view, isAlone: runs.length === 1, best }),
            isChosen,
          },
        },
      ];
    });
    const worth = ({ best }: { best: ShownRun | null }) => (best === null ? Number.NEGATIVE_INFINITY : directionOf(now, best) * best.value);
    if (found.length > MOST_GRIDS) found.sort((a, b) => worth(b) - worth(a));
    return found.slice(0, MOST_GRIDS).map(({ run }) => run);
  }

  return {
    update(nextGroups, nextVersion, nextNeutral) {
      [groups, version, neutral] = [nextGroups, nextVersion, nextNeutral];
      void ask();
    },
  };
}

function keyOf({ values }: PointData): string {
  return Object.values(values).join(',');
}

function furthest(views: readonly RunView[]): RunView | undefined {
  return views.toSorted((a, b) => (b.samples.at(-1)?.[0] ?? 0) - (a.samples.at(-1)?.[0] ?? 0))[0];
}

/** 1: higher is better. */
function directionOf({ metrics }: ComparisonReply, { metric }: ShownRun): 1 | -1 {
  return metrics.find(({ name }) => name === metric)?.better === 'max' ? 1 : -1;
}

/** Which run it is, and why this one. */
function explain(now: ComparisonReply, { view, isAlone, best }: { view: RunView; isAlone: boolean; best: ShownRun | null }): string {
  const seed = view.axes['training.seed'];
  const name = seed !== undefined ? `seed ${seed}` : isAlone ? '' : view.label;
  const epoch = best?.epoch ?? view.samples.at(-1)?.[0];
  const short = now.metrics.find((metric) => metric.name === best?.metric)?.short ?? '';
  const facts = best === null ? 'so far' : `${short} ${formatValue(best.value)}`;
  return [name, facts, epoch === undefined ? '' : `epoch ${epoch}`].filter((part) => part !== '').join(' · ');
}

/** How many plots stand side by side, and the width of each in pixels. */
function measure(available: number, count: number): [columns: number, width: number] {
  const columns = count < 2 || available < 460 ? 1 : 2;
  return [columns, Math.max(220, Math.floor((available - (columns - 1) * GAP_PX) / columns) - PADDING_PX)];
}

const GAP_PX = 12;
const PADDING_PX = 22;
