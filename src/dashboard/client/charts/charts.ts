// The charts: one line a run, the same runs, colours and x range in all of them.

import { Chart, LinearScale, LineController, LogarithmicScale } from 'chart.js';
import { describeMetric, type Metric } from '../../../experiment/metrics.ts';
import { canvasTheme } from '../theme.ts';
import { chartConfig } from './chart-config.ts';
import { innerRange } from './curves.ts';
import { addHover } from './hover.ts';
import { createLineLayer, type DrawnLine } from './line-layer.ts';
import type { ChartLine } from './lines.ts';
import { createOverlay, type Marks } from './overlay.ts';
import { addZoom } from './zoom.ts';

Chart.register(LineController, LinearScale, LogarithmicScale);

interface ChartView {
  lines: ChartLine[];
  xTitle: string;
  clipSpikes: boolean;
  logScale: boolean;
  /** Where the epoch slider stands; null where the lines do not agree on it. */
  epochX: number | null;
}

export interface Charts {
  update(view: ChartView): void;
  /** Thickens a run's lines and fades the others; null: none. */
  highlight(id: string | null): void;
  moveEpoch(x: number | null): void;
  resetZoom(): void;
}

export interface ChartEvents {
  onHover: (id: string | null) => void;
  onZoom: (isZoomed: boolean) => void;
}

export function createCharts(canvases: HTMLCanvasElement[], { onHover, onZoom }: ChartEvents): Charts {
  const marks: Marks = { epochX: null, crossX: null, selection: null, highlighted: -1 };
  let lines: ChartLine[] = [];
  let highlighted: string | null = null;
  let zoom: { min: number; max: number } | null = null;
  let frame = 0;
  /** Where the longest line ends: one range of x for all charts. */
  let lastX: number | undefined;

  /** What each chart shows, and how to draw what lies over it. */
  const shown = new Map<HTMLCanvasElement, DrawnLine[]>();
  const overlays = new Map<Chart, () => void>();
  const charts = canvases.map((canvas) => {
    const metric = metricOf(canvas);
    const drawn = (): DrawnLine[] => shown.get(canvas) ?? [];
    const plugin = createLineLayer({
      lines: drawn,
      withDots: metric.when === 'evaluation',
      onDrawn: (each) => overlays.get(each)?.(),
    });
    const chart = new Chart(canvas, chartConfig({ metric, plugin })) as Chart;
    overlays.set(chart, createOverlay(chart, marks, drawn));
    addHover(chart, {
      lines: drawn,
      titleOf,
      onPoint(index, x) {
        onHover(index === null ? null : (lines[index]?.id ?? null));
        if (marks.crossX === x) return;
        marks.crossX = x;
        redraw();
      },
    });
    addZoom(chart, {
      onDrag(range) {
        marks.selection = range && { chart, ...range };
        redraw();
      },
      onSelect(range) {
        zoom = range;
        for (const each of charts) applyZoom(each);
        onZoom(zoom !== null);
      },
    });
    return chart;
  });

  function titleOf(index: number, step: number): string {
    const stepsPerEpoch = lines[index]?.stepsPerEpoch ?? null;
    const epoch = stepsPerEpoch === null ? '' : ` · epoch ${(step / stepsPerEpoch).toFixed(1)}`;
    return `step ${step.toLocaleString('en-US')}${epoch}`;
  }

  /** What lies over the lines. */
  function redraw(): void {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      for (const [{ canvas }, draw] of overlays) if (isShown(canvas)) draw();
    });
  }

  function applyZoom(chart: Chart): void {
    Object.assign(chart.options.scales!.x!, { min: zoom?.min ?? 0, max: zoom?.max ?? lastX });
    chart.update();
  }

  return {
    update(view) {
      lines = view.lines;
      marks.epochX = view.epochX;
      marks.highlighted = lines.findIndex(({ id }) => id === highlighted);
      lastX = lastOf(lines);
      const theme = canvasTheme();
      for (const chart of charts.filter(({ canvas }) => isShown(canvas))) {
        const { name, range, when } = metricOf(chart.canvas);
        const isUnbounded = when === 'step' && range === null;
        const drawn = lines.map(({ label, color, isBad, points }): DrawnLine => ({ label, color, isBad, points: points[name] ?? [] }));
        shown.set(chart.canvas, drawn);
        const { x, y } = chart.options.scales!;
        Object.assign(x!, { title: { display: true, text: view.xTitle, color: theme.text } });
        Object.assign(y!, { type: isUnbounded && view.logScale ? 'logarithmic' : 'linear' });
        if (range === null)
          Object.assign(y!, rangeOfValues(drawn, { isClipped: isUnbounded && view.clipSpikes, isLog: isUnbounded && view.logScale }));
        for (const scale of [x!, y!]) {
          scale.ticks!.color = theme.text;
          scale.grid!.color = theme.grid;
        }
        applyZoom(chart);
      }
    },
    highlight(id) {
      if (id === highlighted) return;
      highlighted = id;
      marks.highlighted = lines.findIndex((line) => line.id === id);
      redraw();
    },
    moveEpoch(x) {
      marks.epochX = x;
      redraw();
    },
    resetZoom() {
      zoom = null;
      for (const chart of charts) applyZoom(chart);
      onZoom(false);
    },
  };
}

/** Bounds for the y axis: the values themselves; their inner part; on a logarithmic axis the positive ones. */
function rangeOfValues(lines: readonly DrawnLine[], { isClipped, isLog }: { isClipped: boolean; isLog: boolean }): object {
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y)).filter((y) => Number.isFinite(y) && (!isLog || y > 0));
  const none = { min: undefined, max: undefined, suggestedMin: undefined, suggestedMax: undefined };
  if (isClipped) return { ...none, ...innerRange(values) };
  const [min, max] = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  return values.length === 0 ? none : { ...none, suggestedMin: min, suggestedMax: max };
}

function lastOf(lines: readonly ChartLine[]): number | undefined {
  const ends = lines.flatMap(({ points }) => Object.values(points).map((line) => line.at(-1)?.x ?? 0));
  const last = ends.reduce((a, b) => Math.max(a, b), 0);
  return last > 0 ? last : undefined;
}

function isShown(canvas: HTMLCanvasElement): boolean {
  return canvas.closest('figure')?.hidden !== true;
}

function metricOf({ dataset }: HTMLCanvasElement): Metric {
  return describeMetric(dataset.metric!, dataset.when as Metric['when']);
}
