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
