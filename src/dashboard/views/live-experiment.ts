// Room: dashboard/views. One experiment, looked at again and again. Every look that finds something new makes a new version, and
// a page is told what changed since the version that it has. What is kept is bounded by the number of runs.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isContained } from '../../results/files/read.ts';
import { readHalvingDecisions } from '../../results/halving-log.ts';
import { halvingFile, outcomeFile, runFile } from '../../results/paths.ts';
import { type ExperimentResults, type Run, readExperiment } from '../../results/read.ts';
import type { HalvingDecision } from '../../results/records.ts';
import { LiveRun } from './live-run.ts';

export const DEFAULT_REST_MS = 250;
const REST_PER_LOOK = 4;
const MAX_BLOCKING_MS = 30;
const REFUSED = 'expected a plain folder in the folder of its experiment, found a link or a path elsewhere; this run is not shown';

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

  readonly #resultsRoot: string;
  readonly #restMs: number;
  #lookUnderWay: Promise<void> | null = null;
  #lookedAtMs = 0;
  #lookTookMs = 0;

  /** `restMs`: how long one look is good for; longer where looking itself takes long. */
  constructor(resultsRoot: string, name: string, restMs: number) {
    this.#resultsRoot = resultsRoot;
    this.#restMs = restMs;
    this.name = name;
    this.results = { name, folder: '', record: null, runner: null, problems: [], runs: [] };
  }

  /** Looks at the folder again, unless that was done a moment ago. Any number of callers share one look. */
  async refresh(): Promise<void> {
    const restMs = Math.max(1, (REST_PER_LOOK * this.#lookTookMs) / DEFAULT_REST_MS) * this.#restMs;
    if (this.version > 0 && performance.now() - this.#lookedAtMs < restMs) return;
    this.#lookUnderWay ??= this.#look().finally(() => {
      this.#lookUnderWay = null;
    });
    await this.#lookUnderWay;
  }

  async #look(): Promise<void> {
    const startMs = performance.now();
    const results = readExperiment(this.#resultsRoot, this.name, { followLinks: false });
    const version = this.version + 1;
    const before = [...this.runs.keys()].join('\n');
    const runs = new Map<string, LiveRun>();
    let isChanged = this.version === 0;
    let turnMs = performance.now();
    const trusted = results.runs.filter((run) => isTrusted(this.#resultsRoot, results.folder, run));
    const capacity = bucketCapacity(trusted.length);
    const known = attributesByAxis(trusted);
    for (const run of trusted) {
      const live = this.runs.get(run.id) ?? new LiveRun(this.#resultsRoot, run, { capacity, version });
      runs.set(run.id, live);
      const attributes = run.record?.config.attributes ?? known.get(run.axes.attributes ?? '') ?? null;
      if (live.update(run, { version, attributes })) isChanged = true;
      if (performance.now() - turnMs > MAX_BLOCKING_MS) {
        await nextTurn();
        turnMs = performance.now();
      }
    }
    const shorten = (problem: string): string => problem.replaceAll(`${this.#resultsRoot}${sep}`, '');
    const refused = results.runs.filter((run) => !trusted.includes(run)).map(({ id }) => `${JSON.stringify(id)}: ${REFUSED}`);
    const decisions = this.#readDecisions(results.folder);
    if (JSON.stringify(decisions.at(-1)) !== JSON.stringify(this.decisions.at(-1))) isChanged = true;
    this.decisions = decisions;
    this.results = { ...results, runs: trusted, problems: [...results.problems, ...refused].map(shorten) };
    this.runs = runs;
    if ([...runs.keys()].join('\n') !== before) {
      this.orderChangedIn = version;
      isChanged = true;
    }
    if (isChanged) this.version = version;
    this.#lookedAtMs = performance.now();
    this.#lookTookMs = this.#lookedAtMs - startMs;
  }

  #readDecisions(folder: string): HalvingDecision[] {
    const path = halvingFile(folder);
    return existsSync(path) && isContained(this.#resultsRoot, path) ? readHalvingDecisions(folder, { tailBytes: DECISIONS_BYTES }) : [];
  }
}

const DECISIONS_BYTES = 16 * 1024;

/** Buckets a curve: two points each, so some 1,000 points for up to 40 runs and fewer where the chart would be a tangle. */
function bucketCapacity(runs: number): number {
  return runs <= 40 ? 512 : runs <= 160 ? 256 : 128;
}

/** The attributes behind each value of the sweep's attributes axis, as far as a run of it has been set up. */
function attributesByAxis(runs: Run[]): Map<string, string[]> {
  return new Map(runs.flatMap(({ record }) => (record?.axes.attributes ? [[record.axes.attributes, record.config.attributes]] : [])));
}

/** A run's folder lies directly in its experiment's folder, and neither it nor its records are links. */
function isTrusted(resultsRoot: string, experimentFolder: string, { id, folder }: Run): boolean {
  if (basename(id) !== id || dirname(folder) !== experimentFolder || basename(folder) !== id) return false;
  return [folder, runFile(folder), outcomeFile(folder)].every((path) => !existsSync(path) || isContained(resultsRoot, path));
}
