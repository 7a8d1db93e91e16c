// (pure) Durations, bytes, counts and other numbers: how people write them, and how they are shown to people.

/** The longest that a timer of the runtime can hold. */
export const MAX_DURATION_SECONDS = 24 * 86_400;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Seconds of `90s`, `15m`, `6h`, `1.5d`, or of a plain number of seconds; undefined for anything that is not above 0 and at most 24 days.
 */
export function parseDuration(value: number | string): number | undefined {
  const seconds = typeof value === 'number' ? value : parseAmount(value, /^(\d+(?:\.\d+)?)\s*([smhd])$/, SECONDS);
  return seconds > 0 && seconds <= MAX_DURATION_SECONDS ? seconds : undefined;
}

/** "8s", "3m 20s", "2h 5m", "1d 3h"; "?" where it is not known. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?';
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole}s`;
}

const BYTES = { MB: 1e6, GB: 1e9, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** Bytes of `6GB`, `900MB`, `5.5 GiB`; undefined for anything else, and for 0. */
export function parseBytes(text: string): number | undefined {
  const bytes = parseAmount(text, /^(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)$/, BYTES);
  return bytes > 0 ? bytes : undefined;
}

/** "0 B", "512 KB", "1.4 MB", "3.2 GB", in powers of 1000; "unknown" for null. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'unknown';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? formatCount(value) : value.toFixed(1)} ${units[power]}`;
}

/** "1,020": a whole number, rounded. */
export function formatCount(value: number): string {
  // toLocaleString would first load the languages of the world, which takes longer than a plan.
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 run", "3 runs". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * A loss or another metric: three decimals, none from 100 on, two digits below 0.01; "NaN" and "Infinity" as they are; "-" where there is
 * none.
 */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size > 0 && size < 0.00995 ? value.toPrecision(2) : value.toFixed(size < 100 ? 3 : 0);
}

/** Images a second: one decimal below 10; "-" where it is not known. */
export function formatSpeed(imagesPerSecond: number | null | undefined): string {
  if (imagesPerSecond === null || imagesPerSecond === undefined || !Number.isFinite(imagesPerSecond)) return '-';
  return imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0);
}

/** null for what is no number, or none that is finite. */
export function finiteOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The value in the middle of the sorted values, the upper one of two; null where there is none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function parseAmount<Unit extends string>(text: string, form: RegExp, units: Record<Unit, number>): number {
  const match = form.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * units[match[2] as Unit];
}
