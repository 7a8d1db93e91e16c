// One experiment, looked at again and again. Every look that finds something new makes a new version, and a page is told what
// changed since the version that it has. What is kept is bounded by the number of runs.

import { randomBytes } from 'node:crypto';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readHalvingDecisions } from '../../results/lines/halving.ts';
import { halvingFile } from '../../results/paths.ts';
import type { ExperimentResults, Run } from '../../results/read.ts';
import type { HalvingDecision } from '../../results/records.ts';
import type { KeptSeries } from '../curves/kept-series.ts';
import type { MetricsThreads } from '../curves/metrics-threads.ts';
import type { Reading } from '../data/api.ts';
import type { ExperimentReader } from './experiment-reader.ts';
import { LiveRun } from './live-run.ts';
import { shareLooks, takeTurns, waitAtMost } from './look.ts';
import { stampOf } from './stamps.ts';

export interface LiveExperimentOptions {
  name: string;
  reader: ExperimentReader;
  kept: KeptSeries;
  /** null: no other thread reads metrics. */
  threads: MetricsThreads | null;
  /** How long one look is good for. */
  restMs: number;
  /** How long a look waits for metrics: what takes longer to read is shown as it comes. */
  patienceMs: number;
}

export class LiveExperiment {
  readonly name: string;
  results: ExperimentResults;
  runs = new Map<string, LiveRun>();
  /** What successive halving decided lately, in order. */
  decisions: HalvingDecision[] = [];
  /** 0: not looked at yet. */
  version = 0;
  /** The version in which runs were added, removed or moved last. */
  orderChangedIn = 0;
  /** Tells the versions of this object from those of another one, of an earlier server. */
  readonly token = randomBytes(6).toString('hex');
  /** Looks at the folder again, unless that was done a moment ago. */
  readonly refresh: () => Promise<void>;

  readonly resultsRoot: string;
  readonly #reader: ExperimentReader;
  readonly #kept: KeptSeries;
  readonly #threads: MetricsThreads | null;
  readonly #patienceMs: number;
  #decisionsStamp = '';
  #changedAtMs = 0;
  /** Runs whose metrics are to be read, the next one first: by this thread, or, as they are long, by others. */
  #unread = new Set<LiveRun>();
  #unreadLong = new Set<LiveRun>();
  #isReadingHere = false;
  /** Those that another thread reads now. */
  readonly #inThreads = new Set<LiveRun>();
  /** Ends when all of them have been read. */
  #reading: Promise<void> | null = null;
  /** Ends when what was read is kept for the next server. */
  #keeping: Promise<void> | null = null;
  /** A bug that reading met; the next look tells it. */
  #fault: unknown = null;

  constructor(resultsRoot: string, { name, reader, kept, threads, restMs, patienceMs }: LiveExperimentOptions) {
    this.resultsRoot = resultsRoot;
    this.#reader = reader;
    this.#kept = kept;
    this.#threads = threads;
    this.#patienceMs = patienceMs;
    this.name = name;
    this.results = { name, folder: '', record: null, runner: null, problems: [], runs: [] };
    this.refresh = shareLooks(() => this.#look(), restMs);
  }

  /** Whether anything has changed a moment ago, so that more may come soon. */
  get isStirring(): boolean {
    return this.version > 1 && performance.now() - this.#changedAtMs < STIRRING_MS;
  }

  /** Whether a page should ask again soon. */
  get isActive(): boolean {
    return this.results.runner !== null || this.isStirring || this.results.runs.some(({ state }) => state === 'running');
  }

  /** Names this version to a page. */
  get cursor(): string {
    return `${this.token}.${this.version}`;
  }

  /** The version that a page's cursor names; 0 for one that is not known. */
  versionOf(cursor: string | undefined): number {
    const [itsToken, itsVersion] = (cursor ?? '').split('.');
    const number = Number(itsVersion);
    return itsToken === this.token && Number.isInteger(number) && number >= 0 && number <= this.version ? number : 0;
  }

  /** Of how many runs the metrics have been read. */
  get reading(): Reading {
    let done = 0;
    for (const run of this.runs.values()) if (run.isRead) done++;
    return { done, of: this.runs.size };
  }

  /** Reads this run's metrics before those of the others, and waits for that as long as a look does. */
  async readFirst(run: LiveRun): Promise<void> {
    if (run.isRead || !this.#reading) return;
    if (this.#unread.has(run)) this.#unread = new Set([run, ...this.#unread]);
    if (this.#unreadLong.has(run)) this.#unreadLong = new Set([run, ...this.#unreadLong]);
    const isRead = async (): Promise<void> => {
      while (!run.isRead && this.#reading) await sleep(FIRST_MS);
    };
    await waitAtMost(isRead(), this.#patienceMs);
  }

  /** Waits until all metrics have been read, but no longer than a page should stand still; less where it is still empty. */
  async fill(isEmpty = false): Promise<void> {
    const { done, of } = this.reading;
    if (this.#reading && done < of) await waitAtMost(this.#reading, isEmpty ? FIRST_FILL_MS : FILL_MS);
  }

  async #look(): Promise<{ isQuiet: boolean }> {
    const results = await this.#reader.look();
    const before = [...this.runs.keys()].join('\n');
    const runs = new Map<string, LiveRun>();
    const sizes = curveSizes(results.runs.length);
    const attributesOf = attributesByAxis(results.runs);
    const turn = takeTurns();
    let isChanged = this.version === 0;
    for (const run of results.runs) {
      await turn();
      const next = this.version + 1; // metrics that are read meanwhile make versions of their own
      const live = this.runs.get(run.id) ?? new LiveRun(this.resultsRoot, run, { ...sizes, version: next, kept: this.#kept });
      runs.set(run.id, live);
      const stamp = results.stamps.get(run.id) ?? '';
      if (live.isResting(run, stamp)) continue;
      const attributes = run.record?.config.attributes ?? attributesOf.get(run.axes.attributes ?? '') ?? null;
      if (live.update(run, { version: next, attributes })) isChanged = true;
      if (!this.#inThreads.has(live) && live.hasNewMetrics()) this.#addUnread(live);
      live.rest(stamp);
    }
    if (this.#readDecisions(results.folder)) isChanged = true;
    this.results = { ...results, problems: results.problems.map((problem) => problem.replaceAll(`${this.resultsRoot}${sep}`, '')) };
    this.runs = runs;
    if ([...runs.keys()].join('\n') !== before) {
      this.orderChangedIn = this.version + 1;
      isChanged = true;
    }
    if (isChanged) this.#step();
    this.#reading ??= this.#readMetrics().catch((error: unknown) => {
      this.#fault = error;
    });
    await waitAtMost(this.#reading, this.#patienceMs);
    if (this.#patienceMs === Number.POSITIVE_INFINITY && this.#keeping) await this.#keeping;
    const fault = this.#fault;
    this.#fault = null;
    if (fault !== null) throw fault;
    return { isQuiet: !this.isActive && this.#reading === null };
  }

  #step(): void {
    this.version++;
    this.#changedAtMs = performance.now();
  }

  #addUnread(run: LiveRun): void {
    const isForThreads = (this.#threads?.room ?? 0) > 0 && run.isLongToRead();
    (isForThreads ? this.#unreadLong : this.#unread).add(run);
    (isForThreads ? this.#unread : this.#unreadLong).delete(run);
  }

  async #readMetrics(): Promise<void> {
    await Promise.resolve(); // so that it never ends before its promise is known
    try {
      while (this.#unread.size > 0 || this.#unreadLong.size > 0) {
        const room = this.#threads?.room ?? 0;
        if (room === 0) this.#unread = new Set([...this.#unread, ...this.#unreadLong]);
        if (room === 0) this.#unreadLong.clear();
        await Promise.all([this.#readHere(), ...Array.from({ length: room }, () => this.#readInThread())]);
      }
    } finally {
      this.#reading = null;
    }
    this.#keeping ??= this.#keepAll().finally(() => {
      this.#keeping = null;
    });
  }

  /** A slice of a file at a time: requests are answered in between. */
  async #readHere(): Promise<void> {
    if (this.#isReadingHere) return;
    this.#isReadingHere = true;
    const turn = takeTurns();
    try {
      for (let run = this.#next(this.#unread); run !== null; run = this.#next(this.#unread)) {
        const { hasMore, isChanged } = run.readMetrics(this.version + 1);
        if (hasMore) this.#unread = new Set([run, ...this.#unread]);
        if (isChanged) this.#step();
        await turn();
      }
    } finally {
      this.#isReadingHere = false;
    }
  }

  /** One order after the other; several of these keep all threads at work. */
  async #readInThread(): Promise<void> {
    for (let run = this.#next(this.#unreadLong); run !== null; run = this.#next(this.#unreadLong)) {
      this.#inThreads.add(run);
      const end = await this.#threads!.read(run.orderMetrics()).catch(() => null);
      this.#inThreads.delete(run);
      const isLost = end === null; // the thread: this one reads what is left
      const { hasMore, isChanged } = isLost ? { hasMore: true, isChanged: false } : run.takeMetrics(end, this.version + 1);
      if (hasMore && isLost) this.#unread.add(run);
      else if (hasMore) this.#unreadLong = new Set([run, ...this.#unreadLong]);
      if (isChanged) this.#step();
      if (this.#unread.size > 0) await this.#readHere(); // what runs at work have added meanwhile
    }
  }

  /** Takes the next one out, of those that are still there; another may come to the front meanwhile. null: there is none. */
  #next(unread: Set<LiveRun>): LiveRun | null {
    for (const run of unread) {
      unread.delete(run);
      if (this.runs.get(run.run.id) === run) return run;
    }
    return null;
  }

  /** One after the other with rests, as nobody waits for it. */
  async #keepAll(): Promise<void> {
    for (const run of this.runs.values()) {
      if (run.keepMetrics() && this.#patienceMs < Number.POSITIVE_INFINITY) await sleep(KEEP_REST_MS);
    }
  }

  /** Returns whether there are new ones. */
  #readDecisions(folder: string): boolean {
    const stamp = stampOf(halvingFile(folder));
    if (stamp === this.#decisionsStamp) return false;
    this.#decisionsStamp = stamp;
    this.decisions = readHalvingDecisions(folder, { tailBytes: DECISIONS_BYTES });
    return true;
  }
}

const FIRST_MS = 4;
const FILL_MS = 500;
const FIRST_FILL_MS = 150;
const KEEP_REST_MS = 2;
const STIRRING_MS = 20_000;
const DECISIONS_BYTES = 16 * 1024;

/** Buckets of a curve: kept for bands and zoom, and drawn on a page, of two points each: fewer where the chart is a tangle anyway. */
function curveSizes(runs: number): { capacity: number; mostDrawn: number } {
  return {
    capacity: runs <= 160 ? 512 : runs <= 400 ? 256 : 128,
    mostDrawn: runs <= 12 ? 512 : runs <= 60 ? 256 : runs <= 160 ? 64 : runs <= 400 ? 32 : 16,
  };
}

/** For each value of the axis `attributes`: the attributes, where a run with it has been set up. */
function attributesByAxis(runs: Run[]): Map<string, string[]> {
  return new Map(runs.flatMap(({ record }) => (record?.axes.attributes ? [[record.axes.attributes, record.config.attributes]] : [])));
}
