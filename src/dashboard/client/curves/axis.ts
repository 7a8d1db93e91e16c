// (pure) Axes that say what they show: ticks inside their range, whole numbers where things are counted, and a logarithmic scale on which
// zeros have a place.

/** 1, 2 or 5 times a power of ten, for about `count` steps over a length. */
function niceStep(length: number, count: number): number {
  const raw = length / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999)!;
  return step * power;
}

/** At most about `count` round numbers from min to max, both included; `isWhole`: none between two whole numbers. */
export function listTicks({ min, max }: Range, count: number, isWhole = false): number[] {
  if (!(max > min) || !Number.isFinite(max - min)) return Number.isFinite(min) ? [min] : [];
  const step = isWhole ? Math.max(1, niceStep(max - min, count)) : niceStep(max - min, count);
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

export interface Range {
  min: number;
  max: number;
}

/** For a tick: 30,000; 0.25; 1e+9. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential().replace('e+', 'e');
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** A y axis: where a value is drawn, and what stands at its ticks. */
export interface YScale extends Range {
  place(value: number): number;
  ticks: { at: number; label: string }[];
}

const TICKS = 5;

/** Equal lengths for equal differences. */
export function linearScale({ min, max }: Range): YScale {
  return { min, max, place: (value) => value, ticks: listTicks({ min, max }, TICKS).map((at) => ({ at, label: formatTick(at) })) };
}

/**
 * Equal lengths for equal ratios. Values of 0 and below have a line of their own at the lower edge, which says so. `values`: those to be
 * shown, in `range` where there is one. null where none is above 0.
 */
export function logScale(values: readonly number[], range: Range | null): YScale | null {
  const shown = values.filter((value) => value > 0 && (range === null || value <= range.max));
  if (shown.length === 0) return null;
  const hasRest = values.some((value) => value <= 0);
  const least = shown.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = shown.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const low = Math.log10(Math.max(least, range !== null && range.min > 0 ? range.min : least));
  const high = Math.max(Math.log10(most), low + 0.2);
  const margin = (high - low) * 0.05;
  const floor = hasRest ? low - Math.max(0.3, (high - low) * 0.15) : low - margin;
  const isNegative = values.some((value) => value < 0);
  return {
    min: floor,
    max: high + margin,
    place: (value) => (Number.isNaN(value) ? Number.NaN : value > 0 ? Math.log10(value) : floor),
    ticks: [
      ...(hasRest ? [{ at: floor, label: isNegative ? '≤ 0' : '0' }] : []),
      ...listDecades({ min: low - margin, max: high + margin }),
    ],
  };
}

/** Powers of ten; of few decades also what lies between. */
function listDecades({ min, max }: Range): YScale['ticks'] {
  const decades = max - min;
  const factors = decades > 3 ? [1] : decades > 1.2 ? [1, 3] : [1, 1.5, 2, 3, 4, 5, 7];
  const skip = Math.max(1, Math.ceil(decades / TICKS));
  const ticks: YScale['ticks'] = [];
  for (let power = Math.floor(min); power <= max; power++) {
    if (factors.length === 1 && power % skip !== 0) continue;
    for (const factor of factors) {
      const value = factor * 10 ** power;
      const at = Math.log10(value);
      if (at >= min && at <= max) ticks.push({ at, label: formatTick(Number(value.toPrecision(6))) });
    }
  }
  return ticks;
}
