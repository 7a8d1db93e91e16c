// The label at the pointer: the value of the nearest point of the nearest line. At most one look a frame; no chart is drawn for it.

import type { Chart } from 'chart.js';
import type { Point } from '../curves/curves.ts';
import { make, setText } from '../elements.ts';
import type { DrawnLine } from './line-layer.ts';
import { findNearest, type NearPoint } from './nearest.ts';

export interface HoverEvents {
  lines: () => readonly DrawnLine[];
  /** Called with the line under the pointer and its x; with null, null when the pointer leaves. */
  onPoint: (index: number | null, x: number | null) => void;
  /** The label's text above the value. */
  titleOf: (index: number, step: number) => string;
  isSmoothed: () => boolean;
}

export interface Tip {
  /** Shows what is nearest to a place in the chart; null: nothing. Returns it in words. */
  look(at: { left: number; top: number } | null): string;
}

export function addHover(chart: Chart, { lines, onPoint, titleOf, isSmoothed }: HoverEvents): Tip {
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
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      look(pointer);
    });
  }

  function look(at: { left: number; top: number } | null): string {
    const near = at === null ? null : findNearest(chart, lines(), at);
    tip.hidden = near === null;
    const words = near === null ? '' : show(near);
    onPoint(near?.index ?? null, near?.point.x ?? null);
    return words;
  }

  function show({ index, point, left, top }: NearPoint): string {
    const { label, color } = lines()[index]!;
    const [where, what] = [titleOf(index, point.step), `${label}: ${describePoint(point, isSmoothed())}`];
    setText(title, where);
    setText(text, what);
    swatch.style.background = color;
    const isRight = left > chart.width / 2; // the label stays inside the chart
    tip.style.left = isRight ? '' : `${left + GAP_PX}px`;
    tip.style.right = isRight ? `${chart.width - left + GAP_PX}px` : '';
    tip.style.top = `${Math.min(Math.max(0, top - GAP_PX), chart.height - TIP_PX)}px`;
    return `${where}, ${what}`;
  }

  return { look };
}

const GAP_PX = 12;
const TIP_PX = 48;

/** As recorded; of a group its mean; what was smoothed says so. */
export function describePoint({ value, raw, spread }: Point, isSmoothed: boolean): string {
  const smoothed = isSmoothed && formatValue(value) !== formatValue(raw) ? `, smoothed ${formatValue(value)}` : '';
  if (spread === null) return `${formatValue(raw)}${smoothed}`;
  const deviation = spread.deviation === null ? '' : ` ± ${formatValue(spread.deviation)}`;
  return `${formatValue(raw)}${deviation} over ${spread.count} ${spread.count === 1 ? 'run' : 'runs'}${smoothed}`;
}

export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return Math.abs(value) >= 10_000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(4);
}
