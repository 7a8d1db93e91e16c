// One experiment, looked at again and again. Every look that finds something new makes a new version, and a page is told what
// changed since the version that it has. What is kept is bounded by the number of runs.

import { randomBytes } from 'node:crypto';
import { sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readHalvingDecisions } from '../../results/lines/halving.ts';
import { halvingFile } from '../../results/paths.ts';
import type { ExperimentResults, Run } from '../../results/read.ts';
import type { HalvingDecision } from '../../results/records.ts';
import type { KeptSeries } from '../curves/kept-series.ts';
import type { Reading } from '../data/api.ts';
import type { ExperimentReader } from './experiment-reader.ts';
import { LiveRun } from './live-run.ts';
import { shareLooks, takeTurns, waitAtMost } from './look.ts';
import { stampOf } from './stamps.ts';

export interface LiveExperimentOptions {
  name: string;
  reader: ExperimentReader;
  kept: KeptSeries;
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

  readonly #resultsRoot: string;
  readonly #reader: ExperimentReader;
  readonly #kept: KeptSeries;
  readonly #patienceMs: number;
  #decisionsStamp = '';
  #changedAtMs = 0;
  /** Runs whose metrics are to be read, the next one first. */
  #unread = new Set<LiveRun>();
  /** Ends when all of them have been read. */
  #reading: Promise<void> | null = null;
  /** A bug that reading met; the next look tells it. */
  #fault: unknown = null;

  constructor(resultsRoot: string, { name, reader, kept, restMs, patienceMs }: LiveExperimentOptions) {
    this.#resultsRoot = resultsRoot;
    this.#reader = reader;
    this.#kept = kept;
    this.#patienceMs = patienceMs;
    this.name = name;
    this.results = { name, folder: '', record: null, runner: null, problems: [], runs: [] };
    this.refresh = shareLooks(() => this.#look(), restMs);
  }

  /** Whether anything has changed a moment ago, so that more may come soon. */
  get isStirring(): boolean {
    return this.version > 1 && performance.now() - this.#changedAtMs < STIRRING_MS;
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
    if (!this.#unread.has(run)) return;
    this.#unread = new Set([run, ...this.#unread]);
    const isRead = async (): Promise<void> => {
      while (this.#unread.has(run) && this.#reading) await nextTurn();
    };
    await waitAtMost(isRead(), this.#patienceMs);
  }

  async #look(): Promise<void> {
    const results = await this.#reader.look();
    const before = [...this.runs.keys()].join('\n');
    const runs = new Map<string, LiveRun>();
    const sizes = curveSizes(results.runs.length);
    const attributesOf = attributesByAxis(results.runs);
    const turn = takeTurns();
    let isChanged = this.version === 0;
    for (const run of results.runs) {
      const next = this.version + 1; // metrics that are read meanwhile make versions of their own
      const live = this.runs.get(run.id) ?? new LiveRun(this.#resultsRoot, run, { ...sizes, version: next, kept: this.#kept });
      runs.set(run.id, live);
      const attributes = run.record?.config.attributes ?? attributesOf.get(run.axes.attributes ?? '') ?? null;
      if (live.update(run, { version: next, attributes })) isChanged = true;
      if (live.hasNewMetrics()) this.#unread.add(live);
      await turn();
    }
    if (this.#readDecisions(results.folder)) isChanged = true;
    this.results = { ...results, problems: results.problems.map((problem) => problem.replaceAll(`${this.#resultsRoot}${sep}`, '')) };
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
    const fault = this.#fault;
    this.#fault = null;
    if (fault !== null) throw fault;
  }

  #step(): void {
    this.version++;
    this.#changedAtMs = performance.now();
  }

  /** A slice of a file at a time: other requests are answered in between. */
  async #readMetrics(): Promise<void> {
    const turn = takeTurns();
    await Promise.resolve(); // so that it never ends before its promise is known
    try {
      for (const run of this.#unreadRuns()) {
        this.#unread.delete(run);
        const { hasMore, isChanged } = run.readMetrics(this.version + 1);
        if (hasMore) this.#unread = new Set([run, ...this.#unread]);
        if (isChanged) this.#step();
        await turn();
      }
    } finally {
      this.#reading = null;
    }
  }

  /** The next one, as long as there is one: another may come to the front meanwhile. */
  *#unreadRuns(): Generator<LiveRun> {
    for (let [run] = this.#unread; run !== undefined; [run] = this.#unread) {
      if (this.runs.get(run.run.id) === run) yield run;
      else this.#unread.delete(run);
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
