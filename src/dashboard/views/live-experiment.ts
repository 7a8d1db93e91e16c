// One experiment, looked at again and again. Every look that finds something new makes a new version, and a page is told what
// changed since the version that it has. What is kept is bounded by the number of runs.

import { randomBytes } from 'node:crypto';
import { sep } from 'node:path';
import { readHalvingDecisions } from '../../results/lines/halving.ts';
import { halvingFile } from '../../results/paths.ts';
import type { ExperimentResults, Run } from '../../results/read.ts';
import type { HalvingDecision } from '../../results/records.ts';
import type { Reading } from '../data/api.ts';
import type { ExperimentReader } from './experiment-reader.ts';
import { LiveRun } from './live-run.ts';
import { shareLooks, takeTurns } from './look.ts';
import { stampOf } from './stamps.ts';

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
  #decisionsStamp = '';

  /** `restMs`: how long one look is good for. */
  constructor(resultsRoot: string, { name, reader, restMs }: { name: string; reader: ExperimentReader; restMs: number }) {
    this.#resultsRoot = resultsRoot;
    this.#reader = reader;
    this.name = name;
    this.results = { name, folder: '', record: null, runner: null, problems: [], runs: [] };
    this.refresh = shareLooks(() => this.#look(), restMs);
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
    return { done: this.runs.size, of: this.runs.size };
  }

  async #look(): Promise<void> {
    const results = await this.#reader.look();
    const version = this.version + 1;
    const before = [...this.runs.keys()].join('\n');
    const runs = new Map<string, LiveRun>();
    const capacity = bucketCapacity(results.runs.length);
    const attributesOf = attributesByAxis(results.runs);
    const turn = takeTurns();
    let isChanged = this.version === 0;
    for (const run of results.runs) {
      const live = this.runs.get(run.id) ?? new LiveRun(this.#resultsRoot, run, { capacity, version });
      runs.set(run.id, live);
      const attributes = run.record?.config.attributes ?? attributesOf.get(run.axes.attributes ?? '') ?? null;
      if (live.update(run, { version, attributes })) isChanged = true;
      await turn();
    }
    if (this.#readDecisions(results.folder)) isChanged = true;
    this.results = { ...results, problems: results.problems.map((problem) => problem.replaceAll(`${this.#resultsRoot}${sep}`, '')) };
    this.runs = runs;
    if ([...runs.keys()].join('\n') !== before) {
      this.orderChangedIn = version;
      isChanged = true;
    }
    if (isChanged) this.version = version;
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

const DECISIONS_BYTES = 16 * 1024;

/** Buckets of a curve, of two points each: some 1,000 points for up to 40 runs, fewer where the chart is a tangle anyway. */
function bucketCapacity(runs: number): number {
  return runs <= 40 ? 512 : runs <= 160 ? 256 : 128;
}

/** For each value of the axis `attributes`: the attributes, where a run with it has been set up. */
function attributesByAxis(runs: Run[]): Map<string, string[]> {
  return new Map(runs.flatMap(({ record }) => (record?.axes.attributes ? [[record.axes.attributes, record.config.attributes]] : [])));
}
