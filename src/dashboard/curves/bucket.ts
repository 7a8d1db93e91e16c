// (pure) The values of some steps as one: smallest, largest, mean, and the first step without a finite value.

export interface Bucket {
  /** Infinity while there is no value. */
  min: number;
  minStep: number;
  max: number;
  maxStep: number;
  sum: number;
  /** Finite values. */
  count: number;
  /** 0 where every value is finite. */
  gapStep: number;
}

export function emptyBucket(): Bucket {
  return { min: Number.POSITIVE_INFINITY, minStep: 0, max: Number.NEGATIVE_INFINITY, maxStep: 0, sum: 0, count: 0, gapStep: 0 };
}

/** Changes `into`. `next` holds later steps. */
export function addBucket(into: Bucket, next: Bucket): void {
  if (next.min < into.min) [into.min, into.minStep] = [next.min, next.minStep];
  if (next.max > into.max) [into.max, into.maxStep] = [next.max, next.maxStep];
  into.sum += next.sum;
  into.count += next.count;
  into.gapStep ||= next.gapStep;
}

/** Changes `into`. Values come in the order of their steps. */
export function addValue(into: Bucket, step: number, value: unknown): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    into.gapStep ||= step;
    return;
  }
  if (value < into.min) [into.min, into.minStep] = [value, step];
  if (value > into.max) [into.max, into.maxStep] = [value, step];
  into.sum += value;
  into.count += 1;
}

/** At most three, by step: the smallest and the largest value, and null at a step without a finite one. */
export function pointsOf(bucket: Bucket): [step: number, value: number | null][] {
  const { min, minStep, max, maxStep, count, gapStep } = bucket;
  const points: [number, number | null][] = [];
  if (count > 0) {
    points.push([minStep, round(min)]);
    if (maxStep !== minStep) points.push([maxStep, round(max)]);
  }
  if (gapStep > 0) points.push([gapStep, null]);
  return points.length < 2 ? points : points.sort((a, b) => a[0] - b[0]);
}

/** null where there is no value, or one that is not finite. */
export function meanOf({ sum, count, gapStep }: Bucket): number | null {
  return count === 0 || gapStep > 0 ? null : round(sum / count);
}

/** Five digits: more than a screen shows, half the bytes. Several times faster than through text, which is left what is tiny or huge. */
export function round(value: number): number {
  const power = DIGITS - 1 - Math.floor(Math.log10(Math.abs(value)));
  if (!(power >= 0 && power < POWERS.length)) return value === 0 ? 0 : Number(value.toPrecision(DIGITS));
  return Math.round(value * POWERS[power]!) / POWERS[power]!;
}

const DIGITS = 5;
/** Those that are exact. */
const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
