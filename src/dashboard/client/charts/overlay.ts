// What moves over a chart: the epoch of the sample grids, the pointer's x in all charts, the run that stands out, and the range
// being selected. It has a canvas of its own, so that the lines below need not be drawn again.

import type { Chart } from 'chart.js';
import { make } from '../elements.ts';
import { canvasTheme, withAlpha } from '../theme.ts';
import { type DrawnLine, traceLine } from './line-layer.ts';

export interface Marks {
  /** In values of the x axis. */
  epochX: number | null;
  crossX: number | null;
  /** The line that stands out while the others fade, by its place among them; -1: none. */
  highlighted: number;
  /** In pixels of the one chart on which it is drawn. */
  selection: { chart: Chart; from: number; to: number } | null;
}

const FADED = 0.7;

/** Returns a function that draws the marks as they are now. */
export function createOverlay(chart: Chart, marks: Marks, lines: () => readonly DrawnLine[]): () => void {
  const canvas = make('canvas', { class: 'overlay', 'aria-hidden': 'true' });
  chart.canvas.after(canvas);
  return () => {
    const { width, height } = chart.canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.style.width = chart.canvas.style.width;
    canvas.style.height = chart.canvas.style.height;
    const context = canvas.getContext('2d');
    if (!context || !chart.chartArea) return;
    const ratio = chart.currentDevicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    drawMarks(context, chart, marks, lines());
  };
}

function drawMarks(context: CanvasRenderingContext2D, chart: Chart, marks: Marks, lines: readonly DrawnLine[]): void {
  const { left, top, width, height } = chart.chartArea;
  const theme = canvasTheme();
  const faintText = withAlpha(theme.text, 0.35);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  const highlighted = lines[marks.highlighted];
  if (highlighted) {
    context.globalAlpha = FADED;
    context.fillStyle = theme.surface;
    context.fillRect(left, top, width, height);
    context.globalAlpha = 1;
    drawLine(context, chart, highlighted);
  }
  if (marks.epochX !== null) drawVertical(context, chart, marks.epochX, { color: theme.line, dash: [5, 4] });
  if (marks.crossX !== null) drawVertical(context, chart, marks.crossX, { color: faintText, dash: [] });
  if (marks.selection?.chart === chart) {
    const { from, to } = marks.selection;
    context.fillStyle = faintText;
    context.fillRect(Math.min(from, to), top, Math.abs(to - from), height);
  }
  context.restore();
}

/** On top of the others, and thicker. */
function drawLine(context: CanvasRenderingContext2D, chart: Chart, { color, dash, points }: DrawnLine): void {
  context.strokeStyle = color;
  context.lineWidth = 2.6;
  context.lineJoin = 'round';
  context.beginPath();
  context.setLineDash(dash);
  traceLine(context, chart, points);
  context.stroke();
  context.setLineDash([]);
}

function drawVertical(
  context: CanvasRenderingContext2D,
  chart: Chart,
  x: number,
  { color, dash }: { color: string; dash: number[] },
): void {
  const pixel = Math.round(chart.scales.x!.getPixelForValue(x)) + 0.5;
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(pixel, chart.chartArea.top);
  context.lineTo(pixel, chart.chartArea.bottom);
  context.stroke();
  context.setLineDash([]);
}
