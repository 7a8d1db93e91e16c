// The label at the pointer: the value of the nearest point of the nearest line. At most one look a frame; no chart is drawn for it.

import type { Chart } from 'chart.js';
import { make, setText } from '../elements.ts';
import type { DrawnLine } from './line-layer.ts';
import { findNearest, type NearPoint } from './nearest.ts';

export interface HoverEvents {
  lines: () => readonly DrawnLine[];
  /** Called with the line under the pointer and its x; with null, null when the pointer leaves. */
  onPoint: (index: number | null, x: number | null) => void;
  /** The label's text above the value. */
  titleOf: (index: number, step: number) => string;
}

export function addHover(chart: Chart, { lines, onPoint, titleOf }: HoverEvents): void {
  const title = make('b');
  const swatch = make('span', { class: 'swatch', 'aria-hidden': 'true' });
  const text = make('span');
  const tip = make('div', { class: 'chart-tip', 'aria-hidden': 'true' }, title, make('span', {}, swatch, text));
  tip.hidden = true;
  chart.canvas.parentElement!.append(tip);
  let pointer: { left: number; top: number } | null = null;
  let frame = 0;

  chart.canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => follow({ left: offsetX, top: offsetY }));
  chart.canvas.addEventListener('pointerleave', () => follow(null));

  function follow(at: { left: number; top: number } | null): void {
    pointer = at;
    if (frame === 0) frame = requestAnimationFrame(look);
  }

  function look(): void {
    frame = 0;
    const near = pointer === null ? null : findNearest(chart, lines(), pointer);
    tip.hidden = near === null;
    if (near) show(near);
    onPoint(near?.index ?? null, near?.point.x ?? null);
  }

  function show({ index, point, left, top }: NearPoint): void {
    const { label, color } = lines()[index]!;
    setText(title, titleOf(index, point.step));
    setText(text, `${label}: ${formatValue(point.y)}`);
    swatch.style.background = color;
    const isRight = left > chart.width / 2; // the label stays inside the chart
    tip.style.left = isRight ? '' : `${left + GAP_PX}px`;
    tip.style.right = isRight ? `${chart.width - left + GAP_PX}px` : '';
    tip.style.top = `${Math.min(Math.max(0, top - GAP_PX), chart.height - TIP_PX)}px`;
  }
}

const GAP_PX = 12;
const TIP_PX = 48;

function formatValue(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(4) : 'not a number';
}
