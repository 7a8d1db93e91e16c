// A run's curves in bounded memory. However many steps are added, at most `capacity` buckets are kept, each with its smallest and
// largest value: no spike and no gap is lost. When all are used, each two neighbours become one.

import { pickMetrics } from '../../experiment/metrics.ts';
import type { MetricsRecord } from '../../results/records.ts';
import type { CurvePatch, SeriesPatch } from '../wire.ts';
import { addBucket, type Bucket, meanOf, pointsOf } from './bucket.ts';
import { CurveBuckets } from './curve-buckets.ts';

/** Most metrics of steps that are drawn: a foreign trainer may record any number. */
const MOST_CURVES = 32;

/** Of what is added: its step, and how far the training was. */
export interface StepHead {
  step: number;
  epoch: number;
  seconds: number;
}

export class RunSeries {
  /** The last record that was added; null where there is none, or `addFields` came since: then `lastHead` is newer. */
  last: MetricsRecord | null = null;
  lastHead: StepHead | null = null;
  /** Derived from where the second epoch begins; null before it. */
  stepsPerEpoch: number | null = null;

  readonly #capacity: number;
  /** By the metric's name; made when the first record with that metric comes. */
  readonly #curves = new Map<string, CurveBuckets>();
  readonly #seconds: Float64Array;
  /** Where the first line of each bucket begins, in bytes of the file. */
  readonly #offsets: Float64Array;
  /** Of each bucket, the version in which it changed last: never less than that of the bucket before. */
  readonly #changedIn: Float64Array;
  readonly #createdIn: number;
  /** The curve of each field of the line before: lines of one file have the same fields. */
  readonly #slots: { name: string; curve: CurveBuckets | null }[] = [];
  #bucketSteps = 1;
  #used = 0;
  /** Steps in a bucket as pages draw it, and the version in which that changed last. */
  #drawnSteps = 1;
  #drawnIn: number;
  readonly #mostDrawn: number;

  /**
   * `capacity`: buckets, an even number. `version`: the one in which the curves are empty. `mostDrawn`: buckets that a page gets; the
   * kept ones are merged to so many.
   */
  constructor(capacity: number, version: number, mostDrawn = capacity) {
    this.#capacity = capacity;
    this.#mostDrawn = mostDrawn;
    this.#drawnIn = version;
    this.#createdIn = version;
    this.#seconds = new Float64Array(capacity);
    this.#offsets = new Float64Array(capacity);
    this.#changedIn = new Float64Array(capacity);
  }

  /** Adds a record of a later step than all before. Returns false, and adds nothing, for any other. */
  add(record: MetricsRecord, version: number, offset = 0): boolean {
    const names = Object.keys(pickMetrics(record));
    const values = Float64Array.from(names, (name) => record[name]!);
    if (!this.addFields(record, { names, values, count: names.length }, { version, offset })) return false;
    this.last = record;
    return true;
  }

  /** As `add`, of metrics by position. `offset`: where the line begins. The caller sets `last` when it has added the last line. */
  addFields(
    { step, epoch, seconds }: StepHead,
    { names, values, count }: { names: readonly string[]; values: Float64Array; count: number },
    { version, offset }: { version: number; offset: number },
  ): boolean {
    const before = this.lastHead;
    if (!Number.isSafeInteger(step) || step <= (before?.step ?? 0)) return false;
    while (this.#indexOf(step) >= this.#capacity) this.#halve(version);
    const bucket = this.#indexOf(step);
    let added = 0;
    for (let i = 0; i < count; i++) {
      const curve = this.#curveAt(i, names[i]!);
      if (curve === null) continue;
      curve.add(bucket, step, values[i]);
      added++;
    }
    if (added < this.#curves.size) this.#addGaps(names.slice(0, count), bucket, step);
    const from = Math.min(this.#used, bucket);
    this.#seconds.fill(Number.isFinite(seconds) ? seconds : (this.#seconds[this.#used - 1] ?? 0), from, bucket + 1);
    if (bucket >= this.#used) this.#offsets.fill(offset, from, bucket + 1);
    this.#changedIn.fill(version, from, bucket + 1);
    this.#used = bucket + 1;
    this.#coarsen(step, version);
    if (before && epoch > before.epoch && epoch > 1) this.stepsPerEpoch = (step - 1) / (epoch - 1);
    this.lastHead = { step, epoch, seconds };
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

  /** Writes the buckets from `from` to before `to`, as one, over what `into` was. False for a metric that was never recorded. */
  mergeInto(into: Bucket, name: string, { from, to }: { from: number; to: number }): boolean {
    const curve = this.#curves.get(name);
    if (curve === undefined) return false;
    curve.mergeInto(into, from, Math.min(to, this.#used));
    return true;
  }

  /** Seconds of training at the last record of a bucket. */
  secondsOf(bucket: number): number {
    return this.#seconds[bucket] ?? 0;
  }

  /** Where the first line of a bucket begins; null for one that is not in use. */
  offsetOf(bucket: number): number | null {
    return bucket < this.#used ? this.#offsets[bucket]! : null;
  }

  /** The version in which the last step came. */
  get changedIn(): number {
    return this.#used === 0 ? this.#createdIn : this.#changedIn[this.#used - 1]!;
  }

  /** What changed since a version, in the buckets that pages draw; null where nothing did. */
  patchSince(version: number): SeriesPatch | null {
    let first = 0;
    while (first < this.#used && this.#changedIn[first]! <= version) first++;
    const isNew = Math.max(this.#createdIn, this.#drawnIn) > version;
    if (first === this.#used && !(isNew && this.#used === 0)) return null;
    const factor = this.#drawnSteps / this.#bucketSteps;
    const [from, to] = [isNew ? 0 : Math.floor(first / factor), Math.ceil(this.#used / factor)];
    const seconds = Array.from({ length: to - from }, (_, i) => this.#seconds[Math.min(this.#used, (from + i + 1) * factor) - 1]!);
    const curves = Object.fromEntries([...this.#curves].map(([name, curve]) => [name, this.#readCurve(curve, { from, to, factor })]));
    return {
      fromStep: from * this.#drawnSteps + 1,
      bucketSteps: this.#drawnSteps,
      lastStep: this.lastHead?.step ?? 0,
      seconds: seconds.map((value) => Math.round(value * 10) / 10),
      curves,
    };
  }

  #readCurve(curve: CurveBuckets, { from, to, factor }: { from: number; to: number; factor: number }): CurvePatch {
    const points: (number | null)[] = [];
    const means: (number | null)[] = [];
    for (let i = from; i < to; i++) {
      const merged = curve.at(i * factor);
      for (let each = i * factor + 1; each < Math.min(this.#used, (i + 1) * factor); each++) addBucket(merged, curve.at(each));
      for (const point of pointsOf(merged)) points.push(point[0], point[1]);
      means.push(meanOf(merged));
    }
    return this.#drawnSteps > 1 ? { points, means } : { points };
  }

  /** Draws fewer, longer buckets where there are too many. */
  #coarsen(step: number, version: number): void {
    const before = this.#drawnSteps;
    while (this.#drawnSteps < this.#bucketSteps || Math.ceil(step / this.#drawnSteps) > this.#mostDrawn) this.#drawnSteps *= 2;
    if (this.#drawnSteps !== before) this.#drawnIn = version;
  }

  /** Everything as numbers: what `restore` needs to make the same curves. */
  keep(): KeptSeries {
    const { names, columns } = { names: this.metricNames(), columns: [...this.#curves.values()].map((curve) => curve.keep(this.#used)) };
    return {
      head: { capacity: this.#capacity, bucketSteps: this.#bucketSteps, used: this.#used, names, stepsPerEpoch: this.stepsPerEpoch },
      columns: [this.#seconds.subarray(0, this.#used), this.#offsets.subarray(0, this.#used), ...columns.flat()],
    };
  }

  static restore({ head, columns }: KeptSeries, { last, lastHead = last, version, mostDrawn }: RestoreOptions): RunSeries {
    const series = new RunSeries(head.capacity, version, mostDrawn);
    series.#bucketSteps = head.bucketSteps;
    series.#used = head.used;
    series.stepsPerEpoch = head.stepsPerEpoch;
    series.last = last;
    series.lastHead = lastHead;
    if (head.used === 0) return series;
    series.#seconds.set(columns[0]!);
    series.#offsets.set(columns[1]!);
    series.#changedIn.fill(version, 0, head.used);
    if (lastHead) series.#coarsen(lastHead.step, version);
    for (const [i, name] of head.names.entries()) {
      const from = 2 + i * CurveBuckets.COLUMNS;
      series.#curves.set(name, CurveBuckets.restore(head.capacity, columns.slice(from, from + CurveBuckets.COLUMNS)));
    }
    return series;
  }

  /** null for what is no metric, or one too many. */
  #curveAt(position: number, name: string): CurveBuckets | null {
    const slot = this.#slots[position];
    if (slot !== undefined && slot.name === name) return slot.curve;
    const isMetric = Object.keys(pickMetrics({ [name]: 0 })).length === 1;
    let curve = isMetric ? (this.#curves.get(name) ?? null) : null;
    if (isMetric && curve === null && this.#curves.size < MOST_CURVES) {
      curve = new CurveBuckets(this.#capacity);
      this.#curves.set(name, curve);
    }
    this.#slots[position] = { name, curve };
    return curve;
  }

  /** For the metrics that a line lacks. */
  #addGaps(names: readonly string[], bucket: number, step: number): void {
    for (const [name, curve] of this.#curves) if (!names.includes(name)) curve.add(bucket, step, undefined);
  }

  #indexOf(step: number): number {
    return Math.floor((step - 1) / this.#bucketSteps);
  }

  #halve(version: number): void {
    for (const curve of this.#curves.values()) curve.halve();
    const used = Math.ceil(this.#used / 2);
    for (let i = 0; i < used; i++) {
      this.#seconds[i] = this.#seconds[Math.min(2 * i + 1, this.#used - 1)]!;
      this.#offsets[i] = this.#offsets[2 * i]!;
    }
    this.#changedIn.fill(version);
    this.#used = used;
    this.#bucketSteps *= 2;
  }
}

interface RestoreOptions {
  last: MetricsRecord | null;
  /** Default: that of `last`. */
  lastHead?: StepHead | null;
  version: number;
  mostDrawn: number;
}

export interface KeptSeries {
  head: { capacity: number; bucketSteps: number; used: number; names: string[]; stepsPerEpoch: number | null };
  /** Seconds, offsets, and those of each curve; each has `used` numbers. */
  columns: Float64Array[];
}
