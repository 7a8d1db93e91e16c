// A run's curves in bounded memory. However many steps are added, at most `capacity` buckets are kept, each with its smallest and
// largest value: no spike and no gap is lost. When all are used, each two neighbours become one.

import { pickMetrics } from '../../experiment/metrics.ts';
import type { MetricsRecord } from '../../results/records.ts';
import type { Bucket } from '../data/bucket.ts';
import type { SeriesPatch } from '../wire.ts';
import { CurveBuckets } from './curve-buckets.ts';

/** Most metrics of steps that are drawn: a foreign trainer may record any number. */
const MOST_CURVES = 32;

export class RunSeries {
  /** The last record that was added. */
  last: MetricsRecord | null = null;
  /** Derived from where the second epoch begins; null before it. */
  stepsPerEpoch: number | null = null;

  readonly #capacity: number;
  /** By the metric's name; made when the first record with that metric comes. */
  readonly #curves = new Map<string, CurveBuckets>();
  readonly #seconds: Float64Array;
  /** Of each bucket, the version in which it changed last: never less than that of the bucket before. */
  readonly #changedIn: Float64Array;
  readonly #createdIn: number;
  #bucketSteps = 1;
  #used = 0;

  /** `capacity`: buckets, an even number. `version`: the one in which the curves are empty. */
  constructor(capacity: number, version: number) {
    this.#capacity = capacity;
    this.#createdIn = version;
    this.#seconds = new Float64Array(capacity);
    this.#changedIn = new Float64Array(capacity);
  }

  /** Adds a record of a later step than all before. Returns false, and adds nothing, for any other. */
  add(record: MetricsRecord, version: number): boolean {
    if (!Number.isSafeInteger(record.step) || record.step <= (this.last?.step ?? 0)) return false;
    while (this.#indexOf(record.step) >= this.#capacity) this.#halve(version);
    const bucket = this.#indexOf(record.step);
    for (const name of Object.keys(pickMetrics(record))) {
      if (!this.#curves.has(name) && this.#curves.size < MOST_CURVES) this.#curves.set(name, new CurveBuckets(this.#capacity));
    }
    for (const [name, curve] of this.#curves) curve.add(bucket, record.step, record[name]);
    const seconds = Number.isFinite(record.seconds) ? record.seconds : (this.#seconds[this.#used - 1] ?? 0);
    this.#seconds.fill(seconds, Math.min(this.#used, bucket), bucket + 1);
    this.#changedIn.fill(version, Math.min(this.#used, bucket), bucket + 1);
    this.#used = bucket + 1;
    if (this.last && record.epoch > this.last.epoch && record.epoch > 1) this.stepsPerEpoch = (record.step - 1) / (record.epoch - 1);
    this.last = record;
    return true;
  }

  metricNames(): string[] {
    return [...this.#curves.keys()];
  }

  /** Steps in a bucket, and how many buckets are in use. */
  get shape(): { bucketSteps: number; used: number } {
    return { bucketSteps: this.#bucketSteps, used: this.#used };
  }

  /** null for a metric that was never recorded. */
  bucketOf(name: string, bucket: number): Bucket | null {
    return this.#curves.get(name)?.at(bucket) ?? null;
  }

  /** Seconds of training at the last record of a bucket. */
  secondsOf(bucket: number): number {
    return this.#seconds[bucket] ?? 0;
  }

  /** The version in which the last step came. */
  get changedIn(): number {
    return this.#used === 0 ? this.#createdIn : this.#changedIn[this.#used - 1]!;
  }

  /** What changed since a version; null where nothing did. */
  patchSince(version: number): SeriesPatch | null {
    let first = 0;
    while (first < this.#used && this.#changedIn[first]! <= version) first++;
    const isNew = this.#createdIn > version;
    if (first === this.#used && !(isNew && this.#used === 0)) return null;
    const [from, to] = [isNew ? 0 : first, this.#used];
    const curves = Object.fromEntries([...this.#curves].map(([name, curve]) => [name, curve.read(from, to, this.#bucketSteps > 1)]));
    return {
      fromStep: from * this.#bucketSteps + 1,
      bucketSteps: this.#bucketSteps,
      lastStep: this.last?.step ?? 0,
      seconds: Array.from(this.#seconds.subarray(from, to), (value) => Math.round(value * 10) / 10),
      curves,
    };
  }

  #indexOf(step: number): number {
    return Math.floor((step - 1) / this.#bucketSteps);
  }

  #halve(version: number): void {
    for (const curve of this.#curves.values()) curve.halve();
    const used = Math.ceil(this.#used / 2);
    for (let i = 0; i < used; i++) this.#seconds[i] = this.#seconds[Math.min(2 * i + 1, this.#used - 1)]!;
    this.#changedIn.fill(version);
    this.#used = used;
    this.#bucketSteps *= 2;
  }
}
