// (pure) Durations and numbers as a person reads them.

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
  // toLocaleString would first load the languages of the world, which takes longer than a plan.
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${digits} ${count === 1 ? singular : plural}`;
}

/** "0 B", "512 KB", "1.4 MB", "3.2 GB", in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
