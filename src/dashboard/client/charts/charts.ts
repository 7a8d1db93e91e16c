// The charts: one line a run, the same runs, colours and x range in all of them.

import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js';
import { describeMetric, type Metric } from '../../../experiment/metrics.ts';
import { canvasTheme } from '../theme.ts';
import { chartConfig } from './chart-config.ts';
import { createMarks } from './chart-marks.ts';
import { innerRange, type Point } from './curves.ts';
import { addHover } from './hover.ts';
import type { ChartLine } from './lines.ts';
import { createOverlay, type Marks } from './overlay.ts';
import { addZoom } from './zoom.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

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
  const marks: Marks = { epochX: null, crossX: null, selection: null, highlighted: null };
  let lines: ChartLine[] = [];
  let zoom: { min: number; max: number } | null = null;
  let frame = 0;

  /** Draws what lies over each chart. */
  const overlays = new Map<Chart, () => void>();
  const charts = canvases.map((canvas) => {
    const plugin = createMarks(
      () => lines,
      (chart) => overlays.get(chart)?.(),
    );
    const chart: Chart<'line', Point[]> = new Chart(canvas, chartConfig({ metric: metricOf(canvas), plugin }));
    overlays.set(
      chart as Chart,
      createOverlay(chart, marks, () => lines),
    );
    addHover(chart, {
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

  function applyZoom(chart: Chart<'line', Point[]>): void {
    Object.assign(chart.options.scales!.x!, { min: zoom?.min ?? 0, max: zoom?.max });
    chart.update(); // not 'none', in which Chart.js keeps the old colours of points; nothing is animated anyway
  }

  return {
    update(view) {
      lines = view.lines;
      marks.epochX = view.epochX;
      const theme = canvasTheme();
      for (const chart of charts.filter(({ canvas }) => isShown(canvas))) {
        const { name, range, when } = metricOf(chart.canvas);
        const isUnbounded = when === 'step' && range === null;
        while (chart.data.datasets.length > lines.length) chart.data.datasets.pop();
        for (const [i, line] of lines.entries()) {
          const { label, color } = line;
          const dataset = {
            label,
            data: line.points[name] ?? [],
            borderColor: color,
            pointBackgroundColor: color,
            pointBorderColor: color,
          };
          const drawn = chart.data.datasets[i];
          if (drawn) Object.assign(drawn, dataset);
          else chart.data.datasets.push(dataset);
        }
        const { x, y } = chart.options.scales!;
        Object.assign(x!, { title: { display: true, text: view.xTitle, color: theme.text } });
        Object.assign(y!, { type: isUnbounded && view.logScale ? 'logarithmic' : 'linear' });
        if (isUnbounded)
          Object.assign(
            y!,
            view.clipSpikes
              ? innerRange(lines.flatMap((line) => (line.points[name] ?? []).map(({ y }) => y)))
              : { min: undefined, max: undefined },
          );
        for (const scale of [x!, y!]) {
          scale.ticks!.color = theme.text;
          scale.grid!.color = theme.grid;
        }
        applyZoom(chart);
      }
    },
    highlight(id) {
      if (id === marks.highlighted) return;
      marks.highlighted = id;
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

function isShown(canvas: HTMLCanvasElement): boolean {
  return canvas.closest('figure')?.hidden !== true;
}

function metricOf({ dataset }: HTMLCanvasElement): Metric {
  return describeMetric(dataset.metric!, dataset.when as Metric['when']);
}
