// Room: dashboard/views. A run's curves in bounded memory: however many steps are added, at most `capacity` buckets are kept,
// each with its smallest and largest value, so that no spike and no gap is lost. Two full neighbours merge exactly.

import type { MetricsRecord } from '../../results/records.ts';
import { METRICS, type Metric, type SeriesPatch } from '../wire.ts';
import { CurveBuckets } from './curve-buckets.ts';

export class RunSeries {
  /** The last record that was added. */
  last: MetricsRecord | null = null;
  /** Known from the second epoch on. */
  stepsPerEpoch: number | null = null;

  readonly #capacity: number;
  readonly #curves: Record<Metric, CurveBuckets>;
  readonly #seconds: Float64Array;
  /** The version in which a bucket changed last. Never falls from one bucket to the next. */
  readonly #changedIn: Float64Array;
  readonly #createdIn: number;
  #bucketSteps = 1;
  #used = 0;

  /** `capacity`: buckets, an even number. `version`: the one in which a reader finds these curves empty. */
  constructor(capacity: number, version: number) {
    this.#capacity = capacity;
    this.#createdIn = version;
    this.#seconds = new Float64Array(capacity);
    this.#changedIn = new Float64Array(capacity);
    const create = (): CurveBuckets => new CurveBuckets(capacity);
    this.#curves = { lossG: create(), lossD: create(), dReal: create(), dFake: create() };
  }

  /** Adds a record of a later step than all before. Returns false, and adds nothing, for any other. */
  add(record: MetricsRecord, version: number): boolean {
    if (!Number.isSafeInteger(record.step) || record.step <= (this.last?.step ?? 0)) return false;
    while (this.#bucketOf(record.step) >= this.#capacity) this.#halve(version);
    const bucket = this.#bucketOf(record.step);
    for (const metric of METRICS) this.#curves[metric].add(bucket, record.step, record[metric]);
    const seconds = Number.isFinite(record.seconds) ? record.seconds : (this.#seconds[this.#used - 1] ?? 0);
    this.#seconds.fill(seconds, Math.min(this.#used, bucket), bucket + 1);
    this.#changedIn.fill(version, Math.min(this.#used, bucket), bucket + 1);
    this.#used = bucket + 1;
    if (this.last && record.epoch > this.last.epoch && record.epoch > 1) this.stepsPerEpoch = (record.step - 1) / (record.epoch - 1);
    this.last = record;
    return true;
  }

  /** What a reader of an earlier version lacks, or null. */
  patchSince(version: number): SeriesPatch | null {
    let first = 0;
    while (first < this.#used && this.#changedIn[first]! <= version) first++;
    const isNew = this.#createdIn > version;
    if (first === this.#used && !(isNew && this.#used === 0)) return null;
    const [from, to] = [isNew ? 0 : first, this.#used];
    const curves = Object.fromEntries(METRICS.map((metric) => [metric, this.#curves[metric].read(from, to, this.#bucketSteps > 1)]));
    return {
      fromStep: from * this.#bucketSteps + 1,
      bucketSteps: this.#bucketSteps,
      lastStep: this.last?.step ?? 0,
      seconds: Array.from(this.#seconds.subarray(from, to), (value) => Math.round(value * 10) / 10),
      curves: curves as SeriesPatch['curves'],
    };
  }

  #bucketOf(step: number): number {
    return Math.floor((step - 1) / this.#bucketSteps);
  }

  #halve(version: number): void {
    for (const metric of METRICS) this.#curves[metric].halve();
    const used = Math.ceil(this.#used / 2);
    for (let i = 0; i < used; i++) this.#seconds[i] = this.#seconds[Math.min(2 * i + 1, this.#used - 1)]!;
    this.#changedIn.fill(version);
    this.#used = used;
    this.#bucketSteps *= 2;
  }
}
