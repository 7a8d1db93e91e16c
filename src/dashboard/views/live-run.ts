// One run as it was when its folder was last looked at, and what changed in which version.

import { sep } from 'node:path';
import { type FinalValues, findFinalValues } from '../../results/compare/final-values.ts';
import { readEvaluations } from '../../results/lines/evaluations.ts';
import { type Cursor, START } from '../../results/lines/jsonl.ts';
import { readMetrics } from '../../results/lines/metrics.ts';
import { evaluationFile, evaluationsFile, metricsFile, samplesFolder, trainingFile } from '../../results/paths.ts';
import { type Run, readEvaluation, readTraining } from '../../results/read.ts';
import { stepsPerEpochOf } from '../../results/read-progress.ts';
import type { EvaluationFile, EvaluationRecord, SampleGridRecord } from '../../results/records.ts';
import { listSamples, readSampleGrid } from '../../results/samples.ts';
import { RunSeries } from './run-series.ts';
import { isSettled, stampOf, stampOfStat, statOf } from './stamps.ts';

export interface Sample {
  epoch: number;
  image: string;
  /** Changes with the picture. */
  version: string;
}

/** Of each file: twenty lines by name and one that counts the rest. */
const MAX_PROBLEMS = 21;
/** Most metrics of evaluations that are shown: a foreign trainer may record any number. */
const MAX_EVALUATED = 32;

export class LiveRun {
  run: Run;
  series: RunSeries;
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
  problems: string[] = [];
  /** The version in which anything but the curves changed last. */
  changedIn = 0;

  readonly #resultsRoot: string;
  readonly #capacity: number;
  #cursor: Cursor = START;
  #metricsStamp = '';
  #samplesStamp = '';
  #evaluationsStamp = '';
  #evaluationStamp = '';
  #evaluationProblems: string[] = [];
  #metricsProblems: string[] = [];
  #seen = '';
  #storedStepsPerEpoch: number | null = null;

  constructor(resultsRoot: string, run: Run, { capacity, version }: { capacity: number; version: number }) {
    this.#resultsRoot = resultsRoot;
    this.#capacity = capacity;
    this.run = run;
    this.series = new RunSeries(capacity, version);
  }

  /** From training.json; for a run without one, from its curves, once the second epoch has begun, or from its outcome. */
  get stepsPerEpoch(): number | null {
    return this.#storedStepsPerEpoch ?? this.series.stepsPerEpoch ?? stepsPerEpochOf(this.run.outcome);
  }

  /** The metrics that it has recorded, of steps and of evaluations. */
  metricNames(): string[] {
    return [...this.series.metricNames(), ...this.evaluatedNames, ...Object.keys(this.evaluation?.last.values ?? {})];
  }

  /** Last and best. */
  finalValues(): FinalValues {
    const { series, evaluations, evaluation } = this;
    return findFinalValues({ config: this.run.record?.config ?? null, lastMetrics: series.last, evaluations, evaluation });
  }

  /** Takes in what the folder holds now. Returns whether anything is different. */
  update(run: Run, { version, attributes }: { version: number; attributes: string[] | null }): boolean {
    this.run = run;
    this.attributes = attributes;
    this.#readTraining();
    const hasNewMetrics = this.#readMetrics(version);
    this.#readSamples();
    this.#readEvaluations();
    this.#readEvaluation();
    this.problems = [...run.problems, ...this.#metricsProblems, ...this.#evaluationProblems].map((problem) =>
      problem.replaceAll(`${this.#resultsRoot}${sep}`, ''),
    );
    const { state, outcome, axes, current } = run;
    const last = this.series.last;
    const seen = JSON.stringify([
      state,
      outcome,
      axes,
      current,
      attributes,
      this.problems,
      this.samples,
      this.grid,
      last?.step,
      this.stepsPerEpoch,
      this.#evaluationsStamp,
      this.#evaluationStamp,
    ]);
    if (seen !== this.#seen) this.changedIn = version;
    const isChanged = hasNewMetrics || seen !== this.#seen;
    this.#seen = seen;
    return isChanged;
  }

  /** The file never changes once it is there. */
  #readTraining(): void {
    if (this.#storedStepsPerEpoch !== null || statOf(trainingFile(this.run.folder)) === null) return;
    this.#storedStepsPerEpoch = readTraining(this.run.folder)?.stepsPerEpoch ?? null;
  }

  #readMetrics(version: number): boolean {
    const path = metricsFile(this.run.folder);
    const stamp = stampOf(path);
    if (stamp === this.#metricsStamp) return false;
    this.#metricsStamp = stamp;
    const chunk = readMetrics(path, { from: this.#cursor });
    const first = chunk.records[0];
    const isRewritten = chunk.restarted || (first !== undefined && first.step <= (this.series.last?.step ?? 0));
    if (isRewritten) this.#forgetMetrics(version);
    const { records, problems, next } = isRewritten && !chunk.restarted ? readMetrics(path) : chunk;
    this.#metricsProblems = [...this.#metricsProblems, ...problems].slice(0, MAX_PROBLEMS);
    for (const record of records) {
      if (this.series.add(record, version) || this.#metricsProblems.length === MAX_PROBLEMS) continue;
      this.#metricsProblems.push(`${path}: step ${record.step} does not follow step ${this.series.last?.step}`);
    }
    this.#cursor = next;
    return records.length > 0 || isRewritten;
  }

  #forgetMetrics(version: number): void {
    this.series = new RunSeries(this.#capacity, version);
    this.#cursor = START;
    this.#metricsProblems = [];
  }

  #readEvaluations(): void {
    const stamp = stampOf(evaluationsFile(this.run.folder));
    if (stamp === this.#evaluationsStamp) return;
    this.#evaluationsStamp = stamp;
    const { records, problems } = readEvaluations(this.run.folder);
    this.evaluations = records;
    this.evaluatedNames = [...new Set(records.flatMap(({ values }) => Object.keys(values)))].slice(0, MAX_EVALUATED);
    this.#evaluationProblems = problems.slice(0, MAX_PROBLEMS);
  }

  #readEvaluation(): void {
    const stamp = stampOf(evaluationFile(this.run.folder));
    if (stamp === this.#evaluationStamp) return;
    this.#evaluationStamp = stamp;
    this.evaluation = readEvaluation(this.run.folder);
  }

  #readSamples(): void {
    const stat = statOf(samplesFolder(this.run.folder));
    const stamp = stampOfStat(stat);
    if (stamp === this.#samplesStamp) return;
    this.#samplesStamp = isSettled(stat) ? stamp : '';
    const files = stat?.isDirectory() ? listSamples(this.run.folder).filter(({ image }) => statOf(image)?.isFile()) : [];
    this.samples = files.map(({ epoch, image }) => ({ epoch, image, version: stampOf(image) }));
    const newest = files.at(-1);
    this.grid = newest ? readSampleGrid(newest.grid) : null;
  }
}
