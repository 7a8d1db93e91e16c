// Room: cli (pure). Durations and numbers as a person reads them.

/** "8s", "3m 20s", "2h 5m", "1d 3h"; "?" where it is not known. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?';
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3600), Math.floor((whole % 3600) / 60)];
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole}s`;
}

/** A loss: three decimals, "NaN" and "Infinity" as they are; "-" where there is none. */
export function formatLoss(loss: number | undefined): string {
  if (loss === undefined) return '-';
  return Number.isFinite(loss) ? loss.toFixed(Math.abs(loss) < 100 ? 3 : 0) : String(loss);
}

/** Images a second; "-" where it is not known. */
export function formatSpeed(imagesPerSecond: number | null | undefined): string {
  if (imagesPerSecond === null || imagesPerSecond === undefined || !Number.isFinite(imagesPerSecond)) return '-';
  return imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0);
}

/** "1 run", "3 runs". */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}
