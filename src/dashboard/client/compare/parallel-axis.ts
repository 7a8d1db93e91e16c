// One axis of parallel coordinates: its name, values, and the range that the filter has on it, whose two ends the keyboard moves.

import { svgElement } from '../elements.ts';
import type { ParallelAxis } from './parallel-scale.ts';

export interface AxisPlace {
  at: number;
  x: number;
  yOf: (position: number) => number;
  /** What the filter leaves of it; null: all. */
  range: [low: number, high: number] | null;
}

/** Half the width of the strip around an axis that a pointer can draw on. */
const REACH = 16;

export function drawAxis(axis: ParallelAxis, { at, x, yOf, range }: AxisPlace): SVGElement {
  const { field, ticks } = axis;
  const arrow = field.better === 'min' ? ' ↓' : field.better === 'max' ? ' ↑' : '';
  const group = svgElement('g', { class: 'axis', 'data-axis': at, role: 'group', 'aria-label': field.label });
  const heading = svgElement('text', { class: 'axis-name', x, y: 16, 'text-anchor': 'middle' }, shorten(`${field.label}${arrow}`));
  const meaning = field.better === null ? '' : field.better === 'min' ? ': less is better' : ': more is better';
  heading.append(svgElement('title', {}, `${field.name}${meaning}`));
  group.append(
    svgElement('rect', { class: 'reach', x: x - REACH, width: 2 * REACH, y: yOf(1) - 8, height: yOf(0) - yOf(1) + 16 }),
    svgElement('line', { x1: x, x2: x, y1: yOf(1), y2: yOf(0) }),
    heading,
    ...ticks.map(({ position, text }) => svgElement('text', { x: x + 12, y: yOf(position) + 4 }, shorten(text))),
  );
  const [low, high] = range ?? [0, 1];
  if (range !== null) {
    group.append(svgElement('rect', { class: 'brush', x: x - 7, width: 14, y: yOf(high), height: Math.max(2, yOf(low) - yOf(high)) }));
  }
  group.append(drawEnd('least', low), drawEnd('greatest', high));
  return group;

  function drawEnd(end: 'least' | 'greatest', position: number): SVGElement {
    return svgElement('rect', {
      class: 'brush-end',
      x: x - 8,
      y: yOf(position) - 3,
      width: 16,
      height: 6,
      rx: 2,
      tabindex: 0,
      role: 'slider',
      'data-end': end,
      'aria-orientation': 'vertical',
      'aria-label': `${field.label}, ${end}`,
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': Math.round(position * 100),
      'aria-valuetext': axis.textAt(position),
    });
  }
}

/** Moves an end of a range as a key asks; null: the key asks for nothing, or it is there already. */
export function moveEnd(
  key: string,
  end: 'least' | 'greatest',
  { stops, range: [low, high] }: { stops: readonly number[]; range: [low: number, high: number] },
): [low: number, high: number] | null {
  const from = end === 'least' ? low : high;
  const up = stops.filter((stop) => stop > from + 1e-9);
  const down = stops.filter((stop) => stop < from - 1e-9).toReversed();
  const few = Math.min(PAGE, Math.max(1, Math.floor(stops.length / 4))) - 1;
  const wanted: Record<string, number | undefined> = {
    ArrowUp: up[0],
    ArrowRight: up[0],
    ArrowDown: down[0],
    ArrowLeft: down[0],
    PageUp: up[few] ?? up.at(-1),
    PageDown: down[few] ?? down.at(-1),
    Home: down.at(-1),
    End: up.at(-1),
  };
  const to = wanted[key];
  if (to === undefined) return null;
  return end === 'least' ? [Math.min(to, high), high] : [low, Math.max(to, low)];
}

const PAGE = 5;

function shorten(text: string): string {
  return text.length > 17 ? `${text.slice(0, 16)}…` : text;
}
