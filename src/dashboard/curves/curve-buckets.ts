// One curve as buckets of smallest, largest and mean value and the first step without a finite value.

import type { Bucket } from './bucket.ts';

export class CurveBuckets {
  readonly #min: Float64Array;
  readonly #minStep: Float64Array;
  readonly #max: Float64Array;
  readonly #maxStep: Float64Array;
  readonly #sum: Float64Array;
  readonly #count: Float64Array;
  /** 0 where every value is finite. */
  readonly #gapStep: Float64Array;

  constructor(capacity: number) {
    this.#min = new Float64Array(capacity).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(capacity).fill(Number.NEGATIVE_INFINITY);
    this.#minStep = new Float64Array(capacity);
    this.#maxStep = new Float64Array(capacity);
    this.#sum = new Float64Array(capacity);
    this.#count = new Float64Array(capacity);
    this.#gapStep = new Float64Array(capacity);
  }

  /** How many columns of numbers `keep` gives. */
  static readonly COLUMNS = 7;

  keep(used: number): Float64Array[] {
    return this.#columns().map((column) => column.subarray(0, used));
  }

  static restore(capacity: number, columns: Float64Array[]): CurveBuckets {
    const curve = new CurveBuckets(capacity);
    for (const [i, column] of curve.#columns().entries()) column.set(columns[i]!);
    return curve;
  }

  #columns(): Float64Array[] {
    return [this.#min, this.#minStep, this.#max, this.#maxStep, this.#sum, this.#count, this.#gapStep];
  }

  add(bucket: number, step: number, value: unknown): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      if (this.#gapStep[bucket] === 0) this.#gapStep[bucket] = step;
      return;
    }
    if (value < this.#min[bucket]!) [this.#min[bucket], this.#minStep[bucket]] = [value, step];
    if (value > this.#max[bucket]!) [this.#max[bucket], this.#maxStep[bucket]] = [value, step];
    this.#sum[bucket]! += value;
    this.#count[bucket]! += 1;
  }

  /** Merges buckets 0 and 1, 2 and 3, …; the second half becomes empty. */
  halve(): void {
    const capacity = this.#min.length;
    for (let to = 0; to < capacity / 2; to++) {
      const [a, b] = [2 * to, 2 * to + 1];
      const low = this.#min[b]! < this.#min[a]! ? b : a;
      const high = this.#max[b]! > this.#max[a]! ? b : a;
      this.#minStep[to] = this.#minStep[low]!;
      this.#maxStep[to] = this.#maxStep[high]!;
      this.#min[to] = this.#min[low]!;
      this.#max[to] = this.#max[high]!;
      this.#sum[to] = this.#sum[a]! + this.#sum[b]!;
      this.#count[to] = this.#count[a]! + this.#count[b]!;
      this.#gapStep[to] = this.#gapStep[a]! || this.#gapStep[b]!;
    }
    this.#min.fill(Number.POSITIVE_INFINITY, capacity / 2);
    this.#max.fill(Number.NEGATIVE_INFINITY, capacity / 2);
    for (const column of [this.#sum, this.#count, this.#gapStep]) column.fill(0, capacity / 2);
  }

  /** Writes the buckets from `from` to before `to`, as one, over what `into` was: empty where there is none. */
  mergeInto(into: Bucket, from: number, to: number): void {
    [into.min, into.max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    into.minStep = into.maxStep = into.sum = into.count = into.gapStep = 0;
    for (let i = from; i < to; i++) {
      if (this.#min[i]! < into.min) [into.min, into.minStep] = [this.#min[i]!, this.#minStep[i]!];
      if (this.#max[i]! > into.max) [into.max, into.maxStep] = [this.#max[i]!, this.#maxStep[i]!];
      into.sum += this.#sum[i]!;
      into.count += this.#count[i]!;
      into.gapStep ||= this.#gapStep[i]!;
    }
  }

  /** One bucket. */
  at(bucket: number): Bucket {
    return {
      min: this.#min[bucket]!,
      minStep: this.#minStep[bucket]!,
      max: this.#max[bucket]!,
      maxStep: this.#maxStep[bucket]!,
      sum: this.#sum[bucket]!,
      count: this.#count[bucket]!,
      gapStep: this.#gapStep[bucket]!,
    };
  }
}
