// Parallel coordinates: a line a run through its parameters and final metrics. A range on an axis, drawn by the pointer or set by the keyboard
// at its ends, is a condition of the filter, which the table under it shows too.

import { make, svgElement } from '../elements.ts';
import type { RunFacts } from './fields.ts';
import { conditionOn } from './filter.ts';
import { drawAxis, moveEnd } from './parallel-axis.ts';
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
  /** `condition`: null takes the field's away. `isStep`: whether back goes to before it. */
  onBrush: (field: string, condition: string | null, isStep: boolean) => void;
}

const HEIGHT = 300;
const TOP = 46;
const FOOT = 16;
const LEAST_WIDTH = 132;
const MOST_WIDTH = 260;
const SIDE = 60;

export function createParallel({ container, onHover, onBrush }: ParallelOptions): Parallel {
  const svg = svgElement('svg', { class: 'parallel-plot', role: 'group' });
  const clear = make('button', { type: 'button' }, 'Clear the ranges');
  const hint = make(
    'p',
    { class: 'quiet' },
    'Draw along an axis to filter the table by that range; click an axis to take its range away. With the keyboard: the arrows move either end, Delete takes the range away. ',
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
  let text = '';
  let moved = '';
  const xOf = (at: number): number => SIDE + at * pitch;
  const yOf = (position: number): number => TOP + (1 - position) * (HEIGHT - TOP - FOOT);
  const positionAt = (event: PointerEvent): number => {
    const y = event.clientY - svg.getBoundingClientRect().top;
    return Math.max(0, Math.min(1, 1 - (y - TOP) / (HEIGHT - TOP - FOOT)));
  };

  clear.addEventListener('click', () => {
    for (const { key } of axes) onBrush(key, null, true);
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
      const isRange = now.type !== 'pointercancel' && high - low >= 0.02;
      onBrush(axes[at]!.key, isRange ? axes[at]!.conditionBetween(low, high) : null, true);
    };
    svg.addEventListener('pointermove', move);
    svg.addEventListener('pointerup', end);
    svg.addEventListener('pointercancel', end);
  });

  const rangeOn = ({ key, placeOf }: ParallelAxis): [number, number] | null => {
    const condition = conditionOn(text, key);
    return condition === null ? null : placeOf(condition);
  };

  svg.addEventListener('keydown', (event) => {
    const { end } = (event.target as SVGElement).dataset;
    const axis = axes[Number((event.target as Element).closest<SVGElement>('[data-axis]')?.dataset.axis ?? -1)];
    if (axis === undefined || (end !== 'least' && end !== 'greatest') || event.altKey || event.ctrlKey || event.metaKey) return;
    const isClearing = event.key === 'Delete' || event.key === 'Backspace';
    const next = moveEnd(event.key, end, { stops: axis.stops, range: rangeOn(axis) ?? [0, 1] });
    if (next === null && !isClearing) return;
    event.preventDefault();
    event.stopPropagation(); // arrows move the epoch elsewhere
    const isAll = next === null || (next[0] <= 0 && next[1] >= 1);
    const isSame = moved === `${axis.key} ${end}`; // as of a slider, its moves are one step back
    moved = `${axis.key} ${end}`;
    onBrush(axis.key, isAll ? null : axis.conditionBetween(...next), !isSame || isClearing);
  });

  return {
    update({ facts, colors, matches, filter }) {
      if (facts === null) return;
      const wanted = JSON.stringify([filter, [...colors]]);
      if (facts === known && wanted === shape) return;
      text = filter;
      if (facts !== known) axes = parallelAxes(facts);
      known = facts;
      shape = wanted;
      empty.hidden = axes.length > 0;
      scroll.hidden = hint.hidden = axes.length === 0;
      clear.hidden = !axes.some(({ key }) => conditionOn(filter, key) !== null);
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
      const focused = svg.contains(document.activeElement) ? document.activeElement?.closest<SVGElement>('[data-end]') : null;
      const place =
        focused && `[data-axis="${focused.closest<SVGElement>('[data-axis]')!.dataset.axis}"] [data-end=${focused.dataset.end}]`;
      svg.replaceChildren(...lines, ...axes.map((axis, at) => drawAxis(axis, { at, x: xOf(at), yOf, range: rangeOn(axis) })));
      if (place) svg.querySelector<SVGElement>(place)?.focus({ preventScroll: true });
    },
    highlight(id) {
      for (const line of svg.querySelectorAll<SVGElement>('path[data-run]'))
        line.classList.toggle('is-highlighted', line.dataset.run === id);
    },
  };
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
