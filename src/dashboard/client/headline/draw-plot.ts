// Draws one plot of the headline as SVG: every point is a link that the keyboard reaches.

import { shorten } from '../../../experiment/yaml/quote.ts';
import { svgElement } from '../elements.ts';
import type { Headline, Plot, PlotPoint } from './plots.ts';

export interface PlotStyle {
  /** Of a point of the reply. */
  colorOf: (index: number) => string;
  chosen: number | null;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [8, 10, 16, 36];
const CHARACTER_PX = 6.3;
const NAME_GAP_PX = 17;
const TICK_GAP_PX = 6;
/** A share of the plot. */
const MOST_NAME = 0.36;
const DASHES = ['', '6 4', '2 3', '8 3 2 3', '12 4', '1 5', '8 2', '3 6'];

/** `width`, `height` in pixels of the screen. */
export function drawPlot(
  plot: Plot,
  { ticks, margin, gap, xTitle, isConnected }: Headline,
  { width, height, style }: { width: number; height: number; style: PlotStyle },
) {
  const { y, lines, metric, real } = plot;
  const svg = svgElement('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', class: 'plot' });
  svg.setAttribute('aria-label', `${metric.label} along ${xTitle}`);
  const left = LEFT + Math.max(...y.ticks.map(({ label }) => label.length), 3) * CHARACTER_PX + 4;
  const lengthOf = ({ label }: { label: string }): number => label.length * CHARACTER_PX + NAME_GAP_PX;
  const whole = lines.filter(({ label }) => label !== '');
  const isTight = whole.some((line) => lengthOf(line) > width * MOST_NAME);
  const named = isTight ? whole.map((line) => ({ ...line, label: line.short })) : whole;
  const slot = (width - left) * 2 * margin;
  const nameWidth = Math.max(0, ...named.map(lengthOf));
  const right = Math.min(width - RIGHT, width - Math.min(width * MOST_NAME, nameWidth) + slot * 0.35);
  const lastX = left + (1 - margin) * (right - left);
  const mostCharacters = Math.max(4, Math.floor((width - lastX - NAME_GAP_PX) / CHARACTER_PX));
  /** Lines stand a little beside one another, so that no error bar hides another. */
  const asideOf = (line: number): number => (line - (lines.length - 1) / 2) * Math.min(7, ((width - left) * gap * 0.5) / lines.length);
  const nameGap = NAME_GAP_PX + Math.max(0, asideOf(lines.length - 1) - 4);
  const bottom = height - BOTTOM;
  const xOf = (at: number): number => left + at * (right - left);
  const yOf = (value: number): number => bottom - ((y.place(value) - y.min) / (y.max - y.min || 1)) * (bottom - TOP);
  for (const { at, label } of y.ticks) {
    const top = yOf(at);
    svg.append(svgElement('line', { class: 'plot-rule', x1: left, x2: right, y1: top, y2: top }));
    svg.append(text(label, { class: 'plot-tick', x: left - 6, y: top + 4, 'text-anchor': 'end' }));
  }
  let taken = Number.NEGATIVE_INFINITY;
  for (const { at, label } of ticks) {
    const half = (label.length * CHARACTER_PX) / 2;
    if (xOf(at) - half < taken) continue; // it would lie on the one before
    taken = xOf(at) + half + TICK_GAP_PX;
    svg.append(text(label, { class: 'plot-tick', x: xOf(at), y: bottom + 15, 'text-anchor': 'middle' }));
  }
  svg.append(text(xTitle, { class: 'plot-title', x: (left + right) / 2, y: height - 4, 'text-anchor': 'middle' }));
  if (real !== null) {
    svg.append(svgElement('line', { class: 'plot-real', x1: left, x2: right, y1: yOf(real), y2: yOf(real) }));
    svg.append(text('real pictures', { class: 'plot-real-name', x: left + 3, y: labelTop(yOf(real), TOP, bottom) }));
  }
  for (const [i, line] of isConnected ? lines.entries() : []) {
    const path = line.points
      .map(({ at, mean }, j) => `${j === 0 ? 'M' : 'L'}${(xOf(at) + asideOf(i)).toFixed(1)} ${yOf(mean).toFixed(1)}`)
      .join('');
    svg.append(svgElement('path', { class: 'plot-line', d: path, 'stroke-dasharray': DASHES[i % DASHES.length]! }));
  }
  for (const { at, top, label } of placeNames(named, yOf, { top: TOP, bottom })) {
    svg.append(text(shorten(label, mostCharacters), { class: 'plot-name', x: xOf(at) + nameGap, y: top + 4 }));
  }
  for (const [i, { points }] of lines.entries()) {
    for (const point of points) svg.append(drawPoint(point, { x: xOf(point.at) + asideOf(i), yOf, style }));
  }
  return svg;
}

function drawPoint(point: PlotPoint, { x, yOf, style }: { x: number; yOf: (value: number) => number; style: PlotStyle }): SVGElement {
  const { index, mean, deviation, values, isBest, words } = point;
  const link = svgElement('a', { href: '#', class: `plot-point${style.chosen === index ? ' is-chosen' : ''}`, 'data-point': index });
  link.setAttribute('aria-label', `${words}${isBest ? ', the best' : ''}`);
  link.style.setProperty('--run-color', style.colorOf(index));
  link.append(svgElement('title', {}, `${words}${isBest ? ' (the best)' : ''}`));
  if (deviation !== null) {
    const [top, low] = [yOf(mean + deviation), yOf(mean - deviation)];
    link.append(svgElement('path', { class: 'plot-bar', d: `M${x} ${top}V${low}M${x - 5} ${top}h10M${x - 5} ${low}h10` }));
  }
  if (values.length > 1)
    for (const value of values) link.append(svgElement('circle', { class: 'plot-run', cx: x, cy: yOf(value), r: 1.8 }));
  if (isBest) link.append(svgElement('circle', { class: 'plot-best', cx: x, cy: yOf(mean), r: 10 }));
  link.append(svgElement('circle', { class: 'plot-mean', cx: x, cy: yOf(mean), r: 5.5 }));
  link.append(svgElement('circle', { class: 'plot-target', cx: x, cy: yOf(mean), r: 13 }));
  return link;
}

/** The names of lines at their last points, moved apart where they would lie on one another. */
function placeNames(
  lines: Plot['lines'],
  yOf: (value: number) => number,
  { top, bottom }: { top: number; bottom: number },
): { at: number; top: number; label: string }[] {
  const names = lines.flatMap(({ label, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ at: last.at, top: yOf(last.mean), label }];
  });
  names.sort((a, b) => a.top - b.top);
  for (const [i, name] of names.entries()) if (i > 0) name.top = Math.max(name.top, names[i - 1]!.top + LINE_PX);
  const over = (names.at(-1)?.top ?? 0) - bottom;
  return over > 0 ? names.map((name) => ({ ...name, top: Math.max(top, name.top - over) })) : names;
}

const LINE_PX = 13;

/** Above the line, where there is room. */
function labelTop(line: number, top: number, bottom: number): number {
  return line - 4 < top + 8 ? Math.min(bottom, line + 12) : line - 4;
}

function text(content: string, attributes: Record<string, string | number>): SVGElement {
  return svgElement('text', attributes, content);
}
