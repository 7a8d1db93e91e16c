// The charts: one line a run or a group, the same lines, colours and x range in all of them.

import { Chart, LinearScale, LineController } from 'chart.js';
import { describeMetric, type Metric } from '../../../experiment/metrics.ts';
import { linearScale, logScale, type Range, type YScale } from '../curves/axis.ts';
import { fullRange, innerRange, type Point, type Spread } from '../curves/curves.ts';
import type { ChartLine } from '../curves/lines.ts';
import { make, setText } from '../elements.ts';
import { canvasTheme } from '../theme.ts';
import { chartConfig, type SharedAxes } from './chart-config.ts';
import { addKeys } from './chart-keys.ts';
import { createChartTable } from './chart-table.ts';
import { addHover } from './hover.ts';
import { createLineLayer, type DrawnLine } from './line-layer.ts';
import { createOverlay, type Marks } from './overlay.ts';
import { addZoom } from './zoom.ts';

Chart.register(LineController, LinearScale);

/** What is drawn around the mean of a group. */
export type BandKind = 'deviation' | 'range' | 'none';

interface ChartView {
  lines: readonly ChartLine[];
  band: BandKind;
  xTitle: string;
  /** Whether only whole numbers are on the x axis. */
  isWhole: boolean;
  /** Everything that there is, on the x axis. */
  xRange: Range;
  /** What of it is in sight; null: all. */
  zoom: Range | null;
  clipSpikes: boolean;
  logScale: boolean;
  isSmoothed: boolean;
  /** Where the epoch slider stands; null where the lines do not agree on it. */
  epochX: number | null;
  /** What a chart without a value says. */
  emptyText: (metric: Metric) => string;
}

export interface Charts {
  update(view: ChartView): void;
  /** Thickens a line and fades the others; null: none. */
  highlight(id: string | null): void;
  moveEpoch(x: number | null): void;
}

export interface ChartEvents {
  onHover: (id: string | null) => void;
  /** `isStep`: a whole gesture, not a part of one. */
  onZoom: (range: Range | null) => void;
}

export function createCharts(canvases: readonly HTMLCanvasElement[], { onHover, onZoom }: ChartEvents): Charts {
  const marks: Marks = { epochX: null, crossX: null, selection: null, highlighted: -1 };
  let highlighted: string | null = null;
  const shared: SharedAxes = { yWidth: 0, isWhole: true };
  let view: ChartView | null = null;
  let widest = 0;
  let frame = 0;

  /** Draws what lies over each chart. */
  const overlays = new Map<Chart, () => void>();
  const panes = canvases.map((canvas) => {
    const pane = { drawn: [] as DrawnLine[], yScale: linearScale({ min: 0, max: 1 }) as YScale };
    const metric = metricOf(canvas);
    const drawn = (): DrawnLine[] => pane.drawn;
    const plugin = createLineLayer({
      lines: drawn,
      withDots: metric.when === 'evaluation',
      onDrawn: (each) => overlays.get(each)?.(),
    });
    const onWidth = (width: number): void => {
      widest = Math.max(widest, width);
    };
    const chart = new Chart(canvas, chartConfig({ plugin, shared, yScale: () => pane.yScale, onWidth })) as Chart;
    overlays.set(chart, createOverlay(chart, marks, drawn));
    const empty = make('p', { class: 'chart-empty' });
    canvas.parentElement!.append(empty);
    const tip = addHover(chart, {
      lines: drawn,
      titleOf,
      isSmoothed: () => view?.isSmoothed === true,
      onPoint(index, x) {
        onHover(index === null ? null : (view?.lines[index]?.id ?? null));
        if (marks.crossX === x) return;
        marks.crossX = x;
        redraw();
      },
    });
    const changeZoom = (range: Range | null): void => onZoom(range && view && clampRange(range, view));
    addZoom(chart, {
      onDrag(range) {
        marks.selection = range && { chart, ...range };
        redraw();
      },
      onSelect: changeZoom,
    });
    addKeys(chart, {
      lines: drawn,
      tip,
      range: () => view && (view.zoom ?? view.xRange),
      full: () => view?.xRange ?? null,
      onSelect: changeZoom,
    });
    const table = createChartTable(canvas.closest('figure')!, metric, titleOf);
    return Object.assign(pane, { chart, metric, empty, table });
  });

  function titleOf(index: number, step: number): string {
    const stepsPerEpoch = view?.lines[index]?.stepsPerEpoch ?? null;
    const epoch = stepsPerEpoch === null ? '' : ` · epoch ${(step / stepsPerEpoch).toFixed(1)}`;
    return `step ${Math.round(step).toLocaleString('en-US')}${epoch}`;
  }

  /** What lies over the lines. */
  function redraw(): void {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      for (const [{ canvas }, draw] of overlays) if (isShown(canvas)) draw();
    });
  }

  function updatePane(pane: (typeof panes)[number], now: ChartView): void {
    const { chart, metric, empty } = pane;
    const drawn = now.lines.map((line) => line.points[metric.name] ?? []);
    const { min, max } = now.zoom ?? now.xRange;
    const isNowhere = drawn.every((points) => points.every(({ y }) => !Number.isFinite(y)));
    const isEmpty = isNowhere || drawn.every((points) => !isInSight(points, min, max));
    setText(empty, isNowhere ? now.emptyText(metric) : isEmpty ? 'No value in the part that is zoomed into.' : '');
    chart.canvas.closest('figure')!.classList.toggle('is-empty', isEmpty);
    pane.table.update(isEmpty ? null : { lines: now.lines, range: now.zoom ?? now.xRange, isSmoothed: now.isSmoothed });
    pane.yScale = chooseScale(drawn, metric, now);
    const { place } = pane.yScale;
    pane.drawn = now.lines.map(({ label, color, dash, isBad }, i) => ({
      label,
      color,
      dash,
      isBad,
      points: drawn[i]!.map((point) => ({ ...point, y: place(point.value) })),
      band: bandOf(drawn[i]!, now.band, place),
    }));
    const theme = canvasTheme();
    const { x, y } = chart.options.scales!;
    Object.assign(x!, { title: { display: true, text: now.xTitle, color: theme.text }, ...(now.zoom ?? now.xRange) });
    Object.assign(y!, { min: pane.yScale.min, max: pane.yScale.max });
    for (const scale of [x!, y!]) {
      scale.ticks!.color = theme.text;
      scale.grid!.color = theme.grid;
    }
    chart.update();
  }

  return {
    update(now) {
      view = now;
      marks.epochX = now.epochX;
      marks.highlighted = now.lines.findIndex(({ id }) => id === highlighted);
      shared.isWhole = now.isWhole;
      const shown = panes.filter(({ chart }) => isShown(chart.canvas));
      widest = 0;
      for (const pane of shown) updatePane(pane, now);
      if (widest === shared.yWidth) return;
      shared.yWidth = widest;
      for (const { chart } of shown) chart.update();
    },
    highlight(id) {
      if (id === highlighted) return;
      highlighted = id;
      marks.highlighted = view?.lines.findIndex((line) => line.id === id) ?? -1;
      redraw();
    },
    moveEpoch(x) {
      marks.epochX = x;
      redraw();
    },
  };
}

/** Whether a point lies there, or a line passes through. */
function isInSight(points: readonly Point[], min: number, max: number): boolean {
  const known = points.filter(({ y }) => Number.isFinite(y));
  return known.some(({ x }) => x >= min && x <= max) || ((known[0]?.x ?? max) < min && (known.at(-1)?.x ?? min) > max);
}

/** From the values in sight, so that the parts that one zooms into fill the chart. */
function chooseScale(drawn: readonly Point[][], { when, range }: Metric, view: ChartView): YScale {
  if (range !== null && !(when === 'step' && view.logScale)) return linearScale({ min: range[0], max: range[1] });
  const { min, max } = view.zoom ?? view.xRange;
  const values = drawn.flatMap((points) =>
    points.flatMap((point, i) => {
      const isNear = (points[i + 1]?.x ?? point.x) >= min && (points[i - 1]?.x ?? point.x) <= max;
      return isNear && Number.isFinite(point.value) ? valuesOf(point, view.band) : [];
    }),
  );
  const isUnbounded = when === 'step';
  const inner = isUnbounded && view.clipSpikes ? innerRange(values) : null;
  const log = isUnbounded && view.logScale ? logScale(values, inner) : null;
  return log ?? linearScale(inner ?? fullRange(values) ?? { min: 0, max: 1 });
}

function valuesOf({ value, spread }: Point, band: BandKind): number[] {
  const edges = edgesOf(value, spread, band);
  return edges === null ? [value] : [value, ...edges];
}

function edgesOf(value: number, spread: Spread | null, band: BandKind): [low: number, high: number] | null {
  if (spread === null || band === 'none') return null;
  if (band === 'range') return [spread.min, spread.max];
  return spread.deviation === null ? null : [value - spread.deviation, value + spread.deviation];
}

function bandOf(points: readonly Point[], kind: BandKind, place: (value: number) => number): DrawnLine['band'] {
  if (kind === 'none') return null;
  return points.flatMap(({ x, value, spread }) => {
    if (!Number.isFinite(value) || spread === null) return [];
    const [low, high] = edgesOf(value, spread, kind) ?? [value, value];
    return [{ x, low: place(low), high: place(high) }];
  });
}

/** Inside what there is, and no narrower than one whole number where only those count. null: all of it. */
function clampRange({ min, max }: Range, { xRange, isWhole }: ChartView): Range | null {
  const [from, to] = isWhole ? [Math.floor(min), Math.ceil(max)] : [min, max];
  const range = { min: Math.max(xRange.min, from), max: Math.min(xRange.max, to) };
  if (range.min <= xRange.min && range.max >= xRange.max) return null;
  const least = isWhole ? 2 : (xRange.max - xRange.min) / 1e5;
  return range.max - range.min < least
    ? { min: Math.max(xRange.min, range.min - least / 2), max: Math.min(xRange.max, range.min + least) }
    : range;
}

function isShown(canvas: HTMLCanvasElement): boolean {
  return canvas.closest('figure')?.hidden !== true;
}

function metricOf({ dataset }: HTMLCanvasElement): Metric {
  return describeMetric(dataset.metric!, dataset.when as Metric['when']);
}
