// One run as it was when its folder was last looked at, and what changed in which version.

import { sep } from 'node:path';
import { type FinalValues, findFinalValues } from '../../results/compare/final-values.ts';
import { readEvaluations } from '../../results/lines/evaluations.ts';
import { evaluationFile, evaluationsFile, metricsFile, noteFile, samplesFolder, trainingFile } from '../../results/paths.ts';
import { type Run, readEvaluation, readTraining } from '../../results/read.ts';
import { stepsPerEpochOf } from '../../results/read-progress.ts';
import type { EvaluationFile, EvaluationRecord, SampleGridRecord } from '../../results/records.ts';
import { type RunNote, readNote } from '../../results/runs/notes.ts';
import { listSamples, readSampleGrid } from '../../results/samples.ts';
import type { KeptSeries } from '../curves/kept-series.ts';
import { MetricsReader } from '../curves/metrics-reader.ts';
import type { ReadEnd, ReadOrder } from '../curves/metrics-thread.ts';
import type { RunSeries } from '../curves/run-series.ts';
import { isOld, isSettled, Rest, stampOf, stampOfStat, statOf } from './stamps.ts';

export interface Sample {
  epoch: number;
  image: string;
  /** Changes with the picture. */
  version: string;
}

/** Of each file: twenty lines by name and one that counts the rest. */
const MAX_PROBLEMS = 21;
/** Of a file that has grown by less, nothing new is kept. */
const KEEP_BYTES = 16 * 1024;
/** Less is read in a millisecond. */
const LONG_BYTES = 64 * 1024;
/** Most metrics of evaluations that are shown: a foreign trainer may record any number. */
const MAX_EVALUATED = 32;

export interface LiveRunOptions {
  kept: KeptSeries;
  /** Buckets of a curve that are kept, and that pages draw. */
  capacity: number;
  mostDrawn: number;
  version: number;
}

export class LiveRun {
  run: Run;
  samples: Sample[] = [];
  evaluations: EvaluationRecord[] = [];
  /** What it is worth at its end; null where nobody has measured that. */
  evaluation: EvaluationFile | null = null;
  /** The metrics of its evaluations. */
  evaluatedNames: string[] = [];
  /** null until this run, or another one of the same attributes, has been set up. */
  attributes: string[] | null = null;
  /** What the newest grid's columns ask for. */
  grid: SampleGridRecord | null = null;
  /** What a person has written on it. */
  written: RunNote = { text: '', tags: [], changedAt: null };
  problems: string[] = [];
  /** The version in which anything but the curves changed last. */
  changedIn = 0;

  readonly #resultsRoot: string;
  readonly metrics: MetricsReader;
  readonly #kept: KeptSeries;
  /** Bytes of the metrics that the cache folder sums up; null: not looked yet. */
  #keptBytes: number | null = null;
  #samplesStamp = '';
  #evaluationsStamp = '';
  #evaluationStamp = '';
  #noteStamp = '';
  #noteProblem: string | null = null;
  #evaluationProblems: string[] = [];
  #seen = '';
  #final: { from: readonly unknown[]; values: FinalValues } | null = null;
  readonly #rest = new Rest();
  /** Whether none of its files was young when it was looked at last. */
  #areFilesOld = false;
  #storedStepsPerEpoch: number | null = null;

  constructor(resultsRoot: string, run: Run, { kept, ...sizes }: LiveRunOptions) {
    this.#resultsRoot = resultsRoot;
    this.#kept = kept;
    this.run = run;
    this.metrics = new MetricsReader(metricsFile(run.folder), sizes);
  }

  get series(): RunSeries {
    return this.metrics.series;
  }

  /** Whether its metrics have been read to the end at least once. */
  get isRead(): boolean {
    return this.metrics.isRead;
  }

  /** Whether metrics.jsonl is another one than when it was read last. */
  hasNewMetrics(): boolean {
    return this.metrics.hasChanged();
  }

  /** From training.json; for a run without one, from its curves, once the second epoch has begun, or from its outcome. */
  get stepsPerEpoch(): number | null {
    return this.#storedStepsPerEpoch ?? this.series.stepsPerEpoch ?? stepsPerEpochOf(this.run.outcome);
  }

  /** The metrics that it has recorded, of steps and of evaluations. */
  metricNames(): string[] {
    return [...this.series.metricNames(), ...this.evaluatedNames, ...Object.keys(this.evaluation?.last.values ?? {})];
  }

  /** Last and best; worked out again only where one of the things that they follow from is another one. */
  finalValues(): FinalValues {
    const { series, evaluations, evaluation } = this;
    const from = [this.run.record, series.last, evaluations, evaluation] as const;
    if (this.#final === null || from.some((each, i) => each !== this.#final!.from[i])) {
      const values = findFinalValues({ config: this.run.record?.config ?? null, lastMetrics: series.last, evaluations, evaluation });
      this.#final = { from, values };
    }
    return this.#final.values;
  }

  /** Whether it has ended and is as it was, so that its files may be left alone at this look. `stamp`: of its folder. */
  isResting(run: Run, stamp: string): boolean {
    return run === this.run && this.#rest.lasts(stamp);
  }

  /** It has been looked at. */
  rest(stamp: string): void {
    const { outcome, record } = this.run;
    const isWhole = outcome !== null && record !== null && this.isRead && this.problems.length === 0;
    this.#rest.begin(stamp, isWhole && this.#areFilesOld && this.metrics.isOld);
  }

  /** Takes in what the folder holds now. Returns whether anything is different. */
  update(run: Run, { version, attributes }: { version: number; attributes: string[] | null }): boolean {
    this.run = run;
    this.attributes = attributes;
    this.#areFilesOld = true;
    this.#readTraining();
    this.#readSamples();
    this.#readEvaluations();
    this.#readEvaluation();
    this.#readNote();
    this.#gatherProblems();
    const { state, outcome, axes, current } = run;
    const seen = JSON.stringify([
      state,
      outcome,
      axes,
      current,
      attributes,
      run.problems,
      this.#evaluationProblems,
      this.samples,
      this.grid,
      this.#storedStepsPerEpoch,
      this.#evaluationsStamp,
      this.#evaluationStamp,
      this.#noteStamp,
    ]);
    if (seen !== this.#seen) this.changedIn = version;
    const isChanged = seen !== this.#seen;
    this.#seen = seen;
    return isChanged;
  }

  /** The file never changes once it is there. */
  #readTraining(): void {
    if (this.#storedStepsPerEpoch !== null || statOf(trainingFile(this.run.folder)) === null) return;
    this.#storedStepsPerEpoch = readTraining(this.run.folder)?.stepsPerEpoch ?? null;
  }

  /** Whether reading its metrics takes so long that a thread should. */
  isLongToRead(): boolean {
    return this.metrics.unreadBytes > LONG_BYTES;
  }

  /** Reads on in its metrics, some megabytes. */
  readMetrics(version: number): { hasMore: boolean; isChanged: boolean } {
    const before = this.#describeReading();
    if (this.#keptBytes === null) {
      this.#kept.restore(this.metrics, version);
      this.#keptBytes = this.metrics.offset;
    }
    this.metrics.readSlice(version);
    return this.#endReading(before, version);
  }

  /** What a thread needs to do that in place of `readMetrics`. */
  orderMetrics(): Omit<ReadOrder, 'id'> {
    const { path, capacity, mostDrawn } = this.metrics;
    const state = this.#keptBytes === null ? null : this.metrics.state;
    return { path, capacity, mostDrawn, state, keptFolder: this.#kept.folder };
  }

  /** Takes over what the thread has read. */
  takeMetrics({ state, keptBytes }: ReadEnd, version: number): { hasMore: boolean; isChanged: boolean } {
    const before = this.#describeReading();
    this.#keptBytes ??= keptBytes;
    this.metrics.take(state, version);
    return this.#endReading(before, version);
  }

  #endReading(before: string, version: number): { hasMore: boolean; isChanged: boolean } {
    const isChanged = this.#describeReading() !== before;
    if (!this.isRead) return { hasMore: true, isChanged };
    this.#gatherProblems();
    if (isChanged) this.changedIn = version; // its row tells the last step
    return { hasMore: false, isChanged };
  }

  /** Keeps what has been read for the next server, where that is much more than what is kept. Returns whether it did. */
  keepMetrics(): boolean {
    const keptBytes = this.#keptBytes ?? 0;
    if (!this.isRead || this.metrics.offset - keptBytes <= Math.max(KEEP_BYTES, keptBytes / 4)) return false;
    this.#kept.keep(this.metrics);
    this.#keptBytes = this.metrics.offset;
    return true;
  }

  #describeReading(): string {
    const { isRead, offset, inode, lines, problems } = this.metrics;
    return JSON.stringify([isRead, offset, inode, lines, problems.length]);
  }

  #gatherProblems(): void {
    const ofNote = this.#noteProblem === null ? [] : [this.#noteProblem];
    const ofMetrics = this.metrics.problems.slice(0, MAX_PROBLEMS);
    this.problems = [...this.run.problems, ...ofMetrics, ...this.#evaluationProblems, ...ofNote].map((problem) =>
      problem.replaceAll(`${this.#resultsRoot}${sep}`, ''),
    );
  }

  #stampOf(file: (folder: string) => string): string {
    const stat = statOf(file(this.run.folder));
    if (!isOld(stat)) this.#areFilesOld = false;
    return stampOfStat(stat);
  }

  #readEvaluations(): void {
    const stamp = this.#stampOf(evaluationsFile);
    if (stamp === this.#evaluationsStamp) return;
    this.#evaluationsStamp = stamp;
    const { records, problems } = readEvaluations(this.run.folder);
    this.evaluations = records;
    this.evaluatedNames = [...new Set(records.flatMap(({ values }) => Object.keys(values)))].slice(0, MAX_EVALUATED);
    this.#evaluationProblems = problems.slice(0, MAX_PROBLEMS);
  }

  #readEvaluation(): void {
    const stamp = this.#stampOf(evaluationFile);
    if (stamp === this.#evaluationStamp) return;
    this.#evaluationStamp = stamp;
    this.evaluation = readEvaluation(this.run.folder);
  }

  #readNote(): void {
    const stamp = this.#stampOf(noteFile);
    if (stamp === this.#noteStamp) return;
    this.#noteStamp = stamp;
    const { note, problem } = readNote(this.run.folder);
    this.written = note;
    this.#noteProblem = problem;
  }

  #readSamples(): void {
    const stat = statOf(samplesFolder(this.run.folder));
    if (!isOld(stat)) this.#areFilesOld = false;
    const stamp = stampOfStat(stat);
    if (stamp === this.#samplesStamp) return;
    this.#samplesStamp = isSettled(stat) ? stamp : '';
    const files = stat?.isDirectory() ? listSamples(this.run.folder).filter(({ image }) => statOf(image)?.isFile()) : [];
    this.samples = files.map(({ epoch, image }) => ({ epoch, image, version: stampOf(image) }));
    const newest = files.at(-1);
    this.grid = newest ? readSampleGrid(newest.grid) : null;
  }
}
