// Room: dashboard/client/charts, client. Light or dark, as the system wishes, and the page's colours for what is drawn on a canvas.

const query = window.matchMedia('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  return query.matches;
}

export function onThemeChange(listener: () => void): void {
  query.addEventListener('change', listener);
}

export interface CanvasTheme {
  text: string;
  grid: string;
  line: string;
  bad: string;
  surface: string;
}

export function canvasTheme(): CanvasTheme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return { text: read('--quiet'), grid: read('--hairline'), line: read('--text'), bad: read('--bad'), surface: read('--surface') };
}
