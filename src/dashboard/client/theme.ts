// Light or dark, as the system wishes, and the colours of what is drawn.

let queries: MediaQueryList[] | null = null;

/** Dark, forced colours. One each for the whole page, made when it is first asked for: colours alone need no browser. */
function wishes(): MediaQueryList[] {
  if (queries === null) {
    queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => window.matchMedia(query));
    onThemeChange(() => {
      theme = null;
    });
  }
  return queries;
}

export function isDark(): boolean {
  return wishes()[0]!.matches;
}

export function onThemeChange(listener: () => void): void {
  for (const query of wishes()) query.addEventListener('change', listener);
}

/** The page's colours as #rrggbb, for a canvas. */
export interface CanvasTheme {
  text: string;
  grid: string;
  line: string;
  surface: string;
}

let theme: CanvasTheme | null = null;

/** Read once for each theme: asking the page for its style makes it lay itself out. */
export function canvasTheme(): CanvasTheme {
  wishes();
  theme ??= readTheme();
  return theme;
}

function readTheme(): CanvasTheme {
  const probe = document.createElement('span');
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(${name})`; // also a name of the system's, which no canvas knows
    return writeHex(getComputedStyle(probe).color);
  };
  const found = { text: read('--quiet'), grid: read('--hairline'), line: read('--text'), surface: read('--surface') };
  probe.remove();
  return found;
}

/** `rgb(27, 30, 36)`: #1b1e24 */
function writeHex(color: string): string {
  const channels = color.match(/[\d.]+/g)!.slice(0, 3);
  return `#${channels.map((channel) => Math.round(Number(channel)).toString(16).padStart(2, '0')).join('')}`;
}

/** A translucent form of a colour #rrggbb. */
export function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
