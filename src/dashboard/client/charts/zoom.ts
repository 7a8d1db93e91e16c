// Dragging over a chart selects a range of x, and so do two fingers; a double click shows everything again.

import type { Chart } from 'chart.js';
import type { Range } from '../curves/axis.ts';

export interface ZoomEvents {
  /** The range under a drag, in pixels of the chart; null when the drag is over. */
  onDrag: (range: { from: number; to: number } | null) => void;
  /** What was selected, in values of the x axis; null: everything. */
  onSelect: (range: Range | null) => void;
}

const MIN_DRAG_PX = 6;

/** One finger on a chart scrolls the page; two move apart or together what is under them. */
export function addZoom(chart: Chart, { onDrag, onSelect }: ZoomEvents): void {
  const { canvas } = chart;
  const clamp = (x: number): number => Math.min(chart.chartArea.right, Math.max(chart.chartArea.left, x));
  const valueAt = (pixel: number): number => chart.scales.x!.getValueForPixel(pixel)!;
  /** Where the drag began; null while nothing is dragged. */
  let from: number | null = null;
  /** Where each finger is, in pixels of the chart. */
  const fingers = new Map<number, number>();
  let pinch: { values: [number, number]; range: Range } | null = null;
  canvas.style.touchAction = 'pan-y';

  canvas.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, event.offsetX);
      const [a, b] = [...fingers.values()];
      const { min, max } = chart.scales.x!;
      pinch = a === undefined || b === undefined ? null : { values: [valueAt(a), valueAt(b)], range: { min, max } };
      return;
    }
    if (event.button !== 0) return;
    from = clamp(event.offsetX);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (fingers.has(event.pointerId)) {
      fingers.set(event.pointerId, event.offsetX);
      const [a, b] = [...fingers.values()];
      if (pinch && a !== undefined && b !== undefined) onSelect(rangeUnder(pinch.values, [a, b]));
    } else if (from !== null) onDrag({ from, to: clamp(event.offsetX) });
  });
  canvas.addEventListener('pointerup', (event) => {
    lift(event);
    if (from === null) return;
    const ends = [from, clamp(event.offsetX)];
    from = null;
    onDrag(null);
    if (Math.abs(ends[1]! - ends[0]!) < MIN_DRAG_PX) return;
    const values = ends.map(valueAt);
    onSelect({ min: Math.min(...values), max: Math.max(...values) });
  });
  canvas.addEventListener('pointercancel', (event) => {
    lift(event);
    from = null;
    onDrag(null);
  });
  canvas.addEventListener('dblclick', () => onSelect(null));

  function lift({ pointerId }: PointerEvent): void {
    fingers.delete(pointerId);
    pinch = null;
  }

  /** The range in which two values lie under two pixels; null while the fingers are on one another. */
  function rangeUnder([u, v]: [number, number], [a, b]: [number, number]): Range | null {
    if (Math.abs(a - b) < MIN_DRAG_PX || u === v) return null;
    const perPixel = Math.abs((v - u) / (b - a));
    const [pixel, value] = a < b ? [a, Math.min(u, v)] : [b, Math.min(u, v)];
    const min = value - (pixel - chart.chartArea.left) * perPixel;
    return { min, max: min + chart.chartArea.width * perPixel };
  }
}
