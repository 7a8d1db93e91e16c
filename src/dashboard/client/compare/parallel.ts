// Parallel coordinates: a line a run through its parameters and final metrics. A range drawn on an axis becomes a condition of the filter,
// which the table under it shows too and the keyboard can write.

import { make } from '../elements.ts';
import type { RunFacts } from './fields.ts';
import { rangeIn, splitTerms } from './filter.ts';
import { type ParallelAxis, parallelAxes } from './parallel-scale.ts';

export interface Parallel {
  update(look: ParallelLook): void;
  highlight(id: string | null): void;
}

interface ParallelLook {
  /** null: on their way. */
  facts: RunFacts | null;
  colors: ReadonlyMap<string, string>;
  matches: ((id: string) => boolean) | null;
  /** The filter's text: its ranges are drawn on the axes. */
  filter: string;
}

export interface ParallelOptions {
  container: HTMLElement;
  onHover: (id: string | null) => void;
  /** `condition`: null takes the field's away. */
  onBrush: (field: string, condition: string | null) => void;
}

const HEIGHT = 300;
const TOP = 46;
const FOOT = 16;
const LEAST_WIDTH = 132;
const MOST_WIDTH = 260;
const SIDE = 60;
/** Half the width of the strip around an axis that a pointer can draw on. */
const REACH = 16;

export function createParallel({ container, onHover, onBrush }: ParallelOptions): Parallel {
  const svg = svgElement('svg', { class: 'parallel-plot', role: 'img' });
  const clear = make('button', { type: 'button' }, 'Clear the ranges');
  const hint = make(
    'p',
    { class: 'quiet' },
    'Draw along an axis to filter the table by that range; click an axis to take its range away. ',
    clear,
  );
  const scroll = make('div', { class: 'parallel-scroll', tabindex: '0', role: 'region', 'aria-label': 'Parallel coordinates' });
  scroll.append(svg);
  const empty = make('p', { class: 'empty' }, 'Nothing differs between these runs yet.');
  container.append(hint, empty, scroll);
  let axes: ParallelAxis[] = [];
  let known: RunFacts | null = null;
  let shape = '';
  let pitch = LEAST_WIDTH;
  const xOf = (at: number): number => SIDE + at * pitch;
  const yOf = (position: number): number => TOP + (1 - position) * (HEIGHT - TOP - FOOT);
  const positionAt = (event: PointerEvent): number => {
    const y = event.clientY - svg.getBoundingClientRect().top;
    return Math.max(0, Math.min(1, 1 - (y - TOP) / (HEIGHT - TOP - FOOT)));
  };

  clear.addEventListener('click', () => {
    for (const { key } of axes) onBrush(key, null);
  });
  svg.addEventListener('pointerover', (event) => onHover((event.target as Element).closest<SVGElement>('[data-run]')?.dataset.run ?? null));
  svg.addEventListener('pointerleave', () => onHover(null));
  svg.addEventListener('pointerdown', (event) => {
    const at = Number((event.target as Element).closest<SVGElement>('[data-axis]')?.dataset.axis ?? -1);
    if (at < 0 || event.button !== 0) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    const start = positionAt(event);
    const brush = svgElement('rect', { class: 'brush', x: xOf(at) - 7, width: 14, y: yOf(start), height: 0 });
    svg.append(brush);
    const move = (now: PointerEvent): void => {
      const [low, high] = [Math.min(start, positionAt(now)), Math.max(start, positionAt(now))];
      brush.setAttribute('y', String(yOf(high)));
      brush.setAttribute('height', String(yOf(low) - yOf(high)));
    };
    const end = (now: PointerEvent): void => {
      svg.removeEventListener('pointermove', move);
      svg.removeEventListener('pointerup', end);
      svg.removeEventListener('pointercancel', end);
      brush.remove();
      const [low, high] = [Math.min(start, positionAt(now)), Math.max(start, positionAt(now))];
      onBrush(axes[at]!.key, now.type === 'pointercancel' || high - low < 0.02 ? null : conditionOf(axes[at]!, low, high));
    };
    svg.addEventListener('pointermove', move);
    svg.addEventListener('pointerup', end);
    svg.addEventListener('pointercancel', end);
  });

  return {
    update({ facts, colors, matches, filter }) {
      if (facts === null) return;
      const wanted = JSON.stringify([filter, [...colors]]);
      if (facts === known && wanted === shape) return;
      if (facts !== known) axes = parallelAxes(facts);
      known = facts;
      shape = wanted;
      empty.hidden = axes.length > 0;
      scroll.hidden = hint.hidden = axes.length === 0;
      clear.hidden = !axes.some(({ key }) => splitTerms(filter).some((term) => term.startsWith(`${key}=`)));
      const room = (container.clientWidth - 2 * SIDE - 2) / Math.max(1, axes.length - 1);
      pitch = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, room));
      const width = xOf(axes.length - 1) + SIDE;
      svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
      svg.setAttribute('width', String(width));
      svg.setAttribute('height', String(HEIGHT));
      svg.setAttribute(
        'aria-label',
        `${facts.runs.length} runs through ${axes.map(({ field }) => field.label).join(', ')}; the table below has the values`,
      );
      const lines = facts.runs.map((run) => {
        const points = axes.map(({ positionOf }, at) => ({ at, position: positionOf(run) }));
        const line = svgElement('path', { d: pathOf(points, xOf, yOf), 'data-run': run.id });
        line.classList.toggle('is-out', matches !== null && !matches(run.id));
        line.style.setProperty('--run-color', colors.get(run.id) ?? 'transparent');
        line.append(svgElement('title', {}, run.label));
        return line;
      });
      lines.sort((a, b) => Number(b.classList.contains('is-out')) - Number(a.classList.contains('is-out')));
      svg.classList.toggle('is-many', lines.length > 100);
      svg.replaceChildren(...lines, ...axes.map((axis, at) => drawAxis(axis, { at, x: xOf(at), yOf, filter })));
    },
    highlight(id) {
      for (const line of svg.querySelectorAll<SVGElement>('path[data-run]'))
        line.classList.toggle('is-highlighted', line.dataset.run === id);
    },
  };
}

function conditionOf({ valueAt, wordsBetween }: ParallelAxis, low: number, high: number): string | null {
  if (valueAt !== null) return `${valueAt(low)}..${valueAt(high)}`;
  const words = wordsBetween(low, high);
  if (words.length === 0) return null;
  const list = words.join(',');
  return /[\s"]/.test(list) ? `"${list.replaceAll('"', '')}"` : list;
}

/** A value that is not known interrupts the line. */
function pathOf(points: { at: number; position: number | null }[], xOf: (at: number) => number, yOf: (position: number) => number): string {
  let isOpen = false;
  return points
    .map(({ at, position }) => {
      const command = position === null ? '' : `${isOpen ? 'L' : 'M'}${xOf(at)} ${yOf(position).toFixed(1)}`;
      isOpen = position !== null;
      return command;
    })
    .join('');
}

interface AxisPlace {
  at: number;
  x: number;
  yOf: (position: number) => number;
  filter: string;
}

function drawAxis({ field, key, ticks, valueAt, placeOf }: ParallelAxis, { at, x, yOf, filter }: AxisPlace): SVGElement {
  const arrow = field.better === 'min' ? ' ↓' : field.better === 'max' ? ' ↑' : '';
  const group = svgElement('g', { class: 'axis', 'data-axis': at });
  const heading = svgElement('text', { class: 'axis-name', x, y: 16, 'text-anchor': 'middle' }, shorten(`${field.label}${arrow}`));
  heading.append(
    svgElement(
      'title',
      {},
      `${field.name}${field.better === null ? '' : field.better === 'min' ? ': less is better' : ': more is better'}`,
    ),
  );
  group.append(
    svgElement('rect', { class: 'reach', x: x - REACH, width: 2 * REACH, y: yOf(1) - 8, height: yOf(0) - yOf(1) + 16 }),
    svgElement('line', { x1: x, x2: x, y1: yOf(1), y2: yOf(0) }),
    heading,
    ...ticks.map(({ position, text }) => svgElement('text', { x: x + 6, y: yOf(position) + 4 }, shorten(text))),
  );
  const range = valueAt === null ? null : rangeIn(filter, key);
  if (range !== null) {
    const [low, high] = range.map(placeOf);
    group.append(svgElement('rect', { class: 'brush', x: x - 7, width: 14, y: yOf(high!), height: Math.max(2, yOf(low!) - yOf(high!)) }));
  }
  return group;
}

function shorten(text: string): string {
  return text.length > 17 ? `${text.slice(0, 16)}…` : text;
}

function svgElement(tag: string, attributes: Record<string, string | number>, ...children: string[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
