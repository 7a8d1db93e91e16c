// Room: dashboard/client/charts, client. Colours in an order that the eye can read, also a colour-blind one: lightness falls (on white) or
// rises (on black) from few to many. The stops are those of matplotlib's "plasma", cut to what stands out on the page.

const STOPS = ['#0d0887', '#41049d', '#6a00a8', '#8f0da4', '#b12a90', '#cc4778', '#e16462', '#f2844b', '#fca636', '#fcce25', '#f0f921'];
const LIGHT_RANGE = [0.6, 0.02] as const;
const DARK_RANGE = [0.43, 0.97] as const;

/** `count` colours, from the least to the most. */
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
