// Light or dark, as the system wishes, and the colours of what is drawn.

let query: MediaQueryList | null = null;

/** One for the whole page, made when it is first asked for: colours alone need no browser. */
function darkQuery(): MediaQueryList {
  if (query === null) {
    query = window.matchMedia('(prefers-color-scheme: dark)');
    query.addEventListener('change', () => {
      theme = null;
    });
  }
  return query;
}

export function isDark(): boolean {
  return darkQuery().matches;
}

export function onThemeChange(listener: () => void): void {
  darkQuery().addEventListener('change', listener);
}

/** The page's colours, for a canvas. */
export interface CanvasTheme {
  text: string;
  grid: string;
  line: string;
  surface: string;
}

let theme: CanvasTheme | null = null;

/** Read once for each theme: asking the page for its style makes it lay itself out. */
export function canvasTheme(): CanvasTheme {
  darkQuery();
  theme ??= readTheme();
  return theme;
}

function readTheme(): CanvasTheme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return { text: read('--quiet'), grid: read('--hairline'), line: read('--text'), surface: read('--surface') };
}

/** A translucent form of a colour #rrggbb. */
export function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

const STOPS = ['#0d0887', '#41049d', '#6a00a8', '#8f0da4', '#b12a90', '#cc4778', '#e16462', '#f2844b', '#fca636', '#fcce25', '#f0f921'];
const LIGHT_RANGE = [0.6, 0.02] as const;
const DARK_RANGE = [0.43, 0.97] as const;

/**
 * `count` colours in an order that the eye can read, also a colour-blind one: from the least to the most, lightness falls on a
 * light page and rises on a dark one. The stops are those of matplotlib's "plasma", cut to what stands out on the page.
 */
export function sequentialPalette(count: number, isDark: boolean): string[] {
  const [from, to] = isDark ? DARK_RANGE : LIGHT_RANGE;
  return Array.from({ length: count }, (_, i) => colorAt(from + (to - from) * (count === 1 ? 0.5 : i / (count - 1))));
}

/** For runs of which nothing is known yet. */
export function neutralColor(isDark: boolean): string {
  return isDark ? '#8b909a' : '#767b85';
}

function colorAt(position: number): string {
  const at = position * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  const [a, b] = [channels(STOPS[low]!), channels(STOPS[low + 1]!)];
  const mixed = a.map((value, i) => Math.round(value + (b[i]! - value) * (at - low)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
