// Room: experiment (pure). Durations as people write them.

/** The longest that a timer of the runtime can hold. */
export const MAX_DURATION_SECONDS = 24 * 86_400;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `90s`, `15m`, `6h`, `1.5d`, or of a plain number of seconds; undefined for anything that is not above 0 and at most 24 days. */
export function parseDuration(value: number | string): number | undefined {
  const seconds = typeof value === 'number' ? value : parseText(value);
  return seconds > 0 && seconds <= MAX_DURATION_SECONDS ? seconds : undefined;
}

function parseText(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}
