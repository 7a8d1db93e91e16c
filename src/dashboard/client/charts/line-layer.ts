// Draws the lines of a chart. Chart.js draws axes alone: it would take a tenth of a millisecond for each line before its first pixel, in
// each chart, and a sweep has a thousand.

import type { Chart, Plugin } from 'chart.js';
import type { Point } from '../curves/curves.ts';
import { withAlpha } from '../theme.ts';

export interface DrawnLine {
  label: string;
  color: string;
  dash: number[];
  /** By x. */
  points: readonly Point[];
  /** What lies around a mean, from below to above; null: nothing. */
  band: readonly BandPoint[] | null;
  /** Ended before its time: a cross marks its end. */
  isBad: boolean;
}

interface BandPoint {
  x: number;
  low: number;
  high: number;
}

interface LineLayerOptions {
  lines: () => readonly DrawnLine[];
  /** Whether single values stand apart, as those of evaluations do. */
  withDots: boolean;
  /** Called when the chart was drawn anew. */
  onDrawn: (chart: Chart) => void;
}

export function createLineLayer({ lines, withDots, onDrawn }: LineLayerOptions): Plugin<'line'> {
  return {
    id: 'lines',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const drawn = lines();
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top - 2, chartArea.width + 2, chartArea.height + 4);
      ctx.clip();
      ctx.lineWidth = drawn.length > MANY ? 1 : 1.6;
      ctx.lineJoin = drawn.length > MANY ? 'bevel' : 'round';
      for (const line of drawn) if (line.band) drawBand(ctx, chart, line);
      for (const line of drawn) {
        ctx.strokeStyle = line.color;
        ctx.setLineDash(line.dash);
        ctx.beginPath();
        traceLine(ctx, chart, line.points);
        ctx.stroke();
      }
      ctx.setLineDash([]);
      if (withDots) for (const line of drawn) drawDots(ctx, chart, line);
      for (const line of drawn) if (line.isBad) drawEnd(ctx, chart, line);
      ctx.restore();
    },
    afterRender: (chart) => onDrawn(chart as Chart),
  };
}

/** So many lines are a tangle: thinner ones, and no round corners. */
const MANY = 60;

/** Adds a line to the path; a value that is not finite leaves a gap. */
export function traceLine(context: CanvasRenderingContext2D, chart: Pick<Chart, 'scales'>, points: readonly Point[]): void {
  const toPixel = pixelsOf(chart);
  let isPenDown = false;
  for (const { x, y } of points) {
    if (!Number.isFinite(y)) {
      isPenDown = false;
      continue;
    }
    if (isPenDown) context.lineTo(toPixel.left(x), toPixel.top(y));
    else context.moveTo(toPixel.left(x), toPixel.top(y));
    isPenDown = true;
  }
}

/** Where values are drawn. A linear scale is a factor: asking Chart.js for each point is slow. */
export function pixelsOf({ scales }: Pick<Chart, 'scales'>): { left: (x: number) => number; top: (y: number) => number } {
  const along = (name: 'x' | 'y'): ((value: number) => number) => {
    const scale = scales[name]!;
    if (scale.type !== 'linear') return (value) => scale.getPixelForValue(value);
    const start = scale.getPixelForValue(scale.min);
    const factor = (scale.getPixelForValue(scale.max) - start) / (scale.max - scale.min || 1);
    return (value) => start + (value - scale.min) * factor;
  };
  return { left: along('x'), top: along('y') };
}

function drawBand(context: CanvasRenderingContext2D, chart: Pick<Chart, 'scales'>, { band, color }: DrawnLine): void {
  const { left, top } = pixelsOf(chart);
  context.fillStyle = withAlpha(color, BAND_ALPHA);
  context.beginPath();
  for (const { x, high } of band!) context.lineTo(left(x), top(high));
  for (const { x, low } of band!.toReversed()) context.lineTo(left(x), top(low));
  context.fill();
}

const BAND_ALPHA = 0.16;

function drawDots(context: CanvasRenderingContext2D, chart: Pick<Chart, 'scales'>, { points, color }: DrawnLine): void {
  const { left, top } = pixelsOf(chart);
  context.fillStyle = color;
  context.beginPath();
  for (const { x, y } of points) {
    if (!Number.isFinite(y)) continue;
    context.moveTo(left(x) + DOT_PX, top(y));
    context.arc(left(x), top(y), DOT_PX, 0, 2 * Math.PI);
  }
  context.fill();
}

const DOT_PX = 2.5;

function drawEnd(context: CanvasRenderingContext2D, chart: Pick<Chart, 'scales' | 'chartArea'>, { points, color }: DrawnLine): void {
  const last = points.findLast(({ y }) => Number.isFinite(y));
  if (!last) return;
  const { chartArea } = chart;
  const { left, top } = pixelsOf(chart);
  const x = Math.min(chartArea.right - 5, left(last.x));
  const y = Math.min(chartArea.bottom - 5, Math.max(chartArea.top + 5, top(last.y)));
  context.strokeStyle = color;
  context.lineWidth = 2.5;
  context.beginPath();
  for (const [dx, dy] of [
    [1, 1],
    [1, -1],
  ] as const) {
    context.moveTo(x - 4 * dx, y - 4 * dy);
    context.lineTo(x + 4 * dx, y + 4 * dy);
  }
  context.stroke();
}
