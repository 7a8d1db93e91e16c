// Dragging over a chart selects a range of x; a double click shows everything again.

import type { Chart } from 'chart.js';

export interface ZoomEvents {
  /** The range under a drag, in pixels of the chart; null when the drag is over. */
  onDrag: (range: { from: number; to: number } | null) => void;
  /** What was selected, in values of the x axis; null: everything. */
  onSelect: (range: { min: number; max: number } | null) => void;
}

const MIN_DRAG_PX = 6;

/** For a mouse only: a finger on a chart scrolls the page. */
export function addZoom(chart: Chart, { onDrag, onSelect }: ZoomEvents): void {
  const { canvas } = chart;
  const clamp = (x: number): number => Math.min(chart.chartArea.right, Math.max(chart.chartArea.left, x));
  /** Where the drag began; null while nothing is dragged. */
  let from: number | null = null;

  canvas.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse' || event.button !== 0) return;
    from = clamp(event.offsetX);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (from !== null) onDrag({ from, to: clamp(event.offsetX) });
  });
  canvas.addEventListener('pointerup', (event) => {
    if (from === null) return;
    const ends = [from, clamp(event.offsetX)];
    from = null;
    onDrag(null);
    if (Math.abs(ends[1]! - ends[0]!) < MIN_DRAG_PX) return;
    const values = ends.map((pixel) => chart.scales.x!.getValueForPixel(pixel)!);
    onSelect({ min: Math.min(...values), max: Math.max(...values) });
  });
  canvas.addEventListener('pointercancel', () => {
    from = null;
    onDrag(null);
  });
  canvas.addEventListener('dblclick', () => onSelect(null));
}
