// Room: dashboard/client/charts, client. Dragging over a chart selects a range of x for all charts; a double click shows everything again.

import type { Chart } from 'chart.js';
import type { Marks } from './chart-marks.ts';

export interface ZoomOptions {
  marks: Marks;
  redraw: () => void;
  /** null: everything. */
  onSelect: (range: { min: number; max: number } | null) => void;
}

const MIN_DRAG_PX = 6;

/** For a mouse only: a finger on a chart scrolls the page. */
export function addZoom(chart: Chart<'line', unknown[]>, { marks, redraw, onSelect }: ZoomOptions): void {
  const { canvas } = chart;
  const clamp = (x: number): number => Math.min(chart.chartArea.right, Math.max(chart.chartArea.left, x));
  canvas.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse' || event.button !== 0) return;
    const x = clamp(event.offsetX);
    marks.selection = { chart: chart as unknown as Chart, from: x, to: x };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!marks.selection) return;
    marks.selection.to = clamp(event.offsetX);
    redraw();
  });
  canvas.addEventListener('pointerup', () => {
    const { selection } = marks;
    marks.selection = null;
    if (!selection) return;
    if (Math.abs(selection.to - selection.from) < MIN_DRAG_PX) return redraw();
    const values = [selection.from, selection.to].map((pixel) => chart.scales.x!.getValueForPixel(pixel)!);
    onSelect({ min: Math.min(...values), max: Math.max(...values) });
  });
  canvas.addEventListener('pointercancel', () => {
    marks.selection = null;
    redraw();
  });
  canvas.addEventListener('dblclick', () => onSelect(null));
}
