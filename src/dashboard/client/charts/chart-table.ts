// The figures of a chart as a table, made when it is opened: a row a line, at some steps of the part in sight.

import type { Metric } from '../../../experiment/metrics.ts';
import type { Range } from '../curves/axis.ts';
import type { Point } from '../curves/curves.ts';
import type { ChartLine } from '../curves/lines.ts';
import { make } from '../elements.ts';
import { makeChartFiles } from '../take-away/chart-files.ts';
import { describePoint } from './hover.ts';

interface TableView {
  lines: readonly ChartLine[];
  range: Range;
  isSmoothed: boolean;
}

export interface ChartTable {
  /** null: there is nothing to show. */
  update(view: TableView | null): void;
}

const COLUMNS = 8;
const MOST_ROWS = 60;

export function createChartTable(figure: HTMLElement, metric: Metric, titleOf: (line: number, step: number) => string): ChartTable {
  const { name, label } = metric;
  const scroll = make('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': `${label} as a table` });
  const details = make('details', { class: 'chart-data' }, make('summary', {}, 'As a table'), scroll);
  let shown: TableView | null = null;
  const files = makeChartFiles(figure, metric, () => shown);
  figure.append(make('div', { class: 'chart-foot' }, details, files));
  details.addEventListener('toggle', fill);

  function fill(): void {
    scroll.replaceChildren();
    if (!details.open || shown === null) return;
    const { lines, range, isSmoothed } = shown;
    const has = lines.filter(({ points }) => (points[name] ?? []).length > 0);
    const places = placesOf(has, range);
    const head = make('tr', {}, make('th', { scope: 'col' }, 'Line'));
    for (const { line, point } of places)
      head.append(make('th', { scope: 'col', class: 'number' }, titleOf(lines.indexOf(line), point.step)));
    const body = make('tbody');
    for (const line of has.slice(0, MOST_ROWS)) {
      const row = make('tr', {}, make('th', { scope: 'row' }, line.label));
      for (const { point } of places) {
        const near = pointNear(line.points[name]!, point.x, range);
        row.append(make('td', { class: 'number' }, near === null ? '–' : describePoint(near, isSmoothed)));
      }
      body.append(row);
    }
    const more = has.length > MOST_ROWS ? [make('p', { class: 'quiet' }, `… and ${has.length - MOST_ROWS} more lines`)] : [];
    scroll.replaceChildren(make('table', { class: 'plain' }, make('thead', {}, head), body), ...more);
  }

  /** Evenly spread over the points in sight of the line that has most of them. */
  function placesOf(lines: readonly ChartLine[], { min, max }: Range): { line: ChartLine; point: Point }[] {
    const inSight = (line: ChartLine): Point[] => line.points[name]!.filter(({ x, y }) => x >= min && x <= max && Number.isFinite(y));
    const longest = lines.reduce<{ line: ChartLine; points: Point[] } | null>((best, line) => {
      const points = inSight(line);
      return best === null || points.length > best.points.length ? { line, points } : best;
    }, null);
    if (longest === null || longest.points.length === 0) return [];
    const { line, points } = longest;
    const count = Math.min(COLUMNS, points.length);
    const indices = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (points.length - 1)) / (count - 1))));
    return indices.map((i) => ({ line, point: points[i]! }));
  }

  return {
    update(view) {
      shown = view;
      details.hidden = view === null;
      files.hidden = view === null;
      fill();
    },
  };
}

/** null where the line has ended before, or has a gap. */
function pointNear(points: readonly Point[], x: number, { min, max }: Range): Point | null {
  const near = points.reduce<Point | null>(
    (best, point) => (best === null || Math.abs(point.x - x) < Math.abs(best.x - x) ? point : best),
    null,
  );
  if (near === null || !Number.isFinite(near.y)) return null;
  return Math.abs(near.x - x) <= (max - min) / COLUMNS / 2 ? near : null;
}
