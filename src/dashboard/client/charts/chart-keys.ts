// A chart without a mouse: the arrow keys move along it and tell the value there, + and - zoom, 0 shows everything, shift moves the part in
// sight.

import type { Chart } from 'chart.js';
import type { Range } from '../curves/axis.ts';
import type { Point } from '../curves/curves.ts';
import { make, setText } from '../elements.ts';
import type { Tip } from './hover.ts';
import type { DrawnLine } from './line-layer.ts';

export interface KeyEvents {
  lines: () => readonly DrawnLine[];
  tip: Tip;
  /** What is in sight. */
  range: () => Range | null;
  full: () => Range | null;
  onSelect: (range: Range | null) => void;
}

const KEYS_HELP = 'Arrow keys tell values, up and down change the line, plus and minus zoom, 0 shows everything.';
const STEPS = 40;
const FACTOR = 0.5;

export function addKeys(chart: Chart, { lines, tip, range, full, onSelect }: KeyEvents): void {
  const area = chart.canvas.parentElement!;
  const spoken = make('p', { class: 'sr-only', 'aria-live': 'polite' });
  area.append(spoken);
  area.tabIndex = 0;
  area.setAttribute('role', 'group');
  area.setAttribute('aria-label', `${chart.canvas.getAttribute('aria-label') ?? ''}. ${KEYS_HELP}`);
  /** Where the keys are, as a share of the part in sight; and on which line. */
  let at = 0.5;
  let line = 0;

  function tell(): void {
    const { chartArea, scales } = chart;
    if (!chartArea || !scales.y) return;
    const left = chartArea.left + at * chartArea.width;
    const shown = lines().filter(({ points }) => points.length > 0);
    const chosen = shown[((line % shown.length) + shown.length) % shown.length];
    const x = scales.x!.getValueForPixel(left) ?? 0;
    const nearest = chosen?.points.reduce<Point | null>(
      (best, point) => (Number.isFinite(point.y) && (best === null || Math.abs(point.x - x) < Math.abs(best.x - x)) ? point : best),
      null,
    );
    if (!nearest) return;
    const top = Math.min(chartArea.bottom, Math.max(chartArea.top, scales.y.getPixelForValue(nearest.y)));
    setText(spoken, tip.look({ left: scales.x!.getPixelForValue(nearest.x), top }));
  }

  function zoom(factor: number): void {
    const now = range();
    if (now === null) return;
    const middle = now.min + at * (now.max - now.min);
    const length = (now.max - now.min) * factor;
    onSelect({ min: middle - at * length, max: middle + (1 - at) * length });
  }

  function pan(direction: number): void {
    const [now, all] = [range(), full()];
    if (now === null || all === null) return;
    const length = now.max - now.min;
    const min = Math.min(all.max - length, Math.max(all.min, now.min + direction * length * FACTOR));
    onSelect({ min, max: min + length });
  }

  area.addEventListener('keydown', (event) => {
    if (event.target !== area || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (direction !== 0 && event.shiftKey) pan(direction);
    else if (direction !== 0) at = Math.min(1, Math.max(0, at + direction / STEPS));
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') line += event.key === 'ArrowUp' ? -1 : 1;
    else if (event.key === '+' || event.key === '=') zoom(FACTOR);
    else if (event.key === '-') zoom(1 / FACTOR);
    else if (event.key === '0' || event.key === 'Escape') onSelect(null);
    else return;
    event.preventDefault();
    tell();
  });
  area.addEventListener('blur', () => tip.look(null));
}
