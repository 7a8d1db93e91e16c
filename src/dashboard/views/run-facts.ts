// The figures of a run's table row and page, from its records and curves.

import { finiteOrNull } from '../../experiment/units.ts';
import type { FinalValues } from '../../results/compare/final-values.ts';
import { isSilent } from '../../results/leases/last-sign.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { leaseFile } from '../../results/paths.ts';
import type { EvaluationRecord, RunState } from '../../results/records.ts';
import { wordOf } from '../../results/states.ts';
import { runAddress } from '../http/addresses.ts';
import { labelRun } from '../labels.ts';
import type { RowFacts, RowFigure, RunView } from '../wire.ts';
import type { LiveRun } from './live-run.ts';

export interface RunFacts {
  id: string;
  /** Of its page, from the dashboard's root on. */
  url: string;
  label: string;
  axes: Record<string, string>;
  attributes: string[] | null;
  state: RunState;
  message: string | null;
  /** What a person should know besides, also of a run that succeeded. */
  note: string | null;
  current: boolean;
  step: number;
  /** Of the whole run; null while the length of an epoch is unknown. */
  steps: number | null;
  epoch: number;
  epochs: number | null;
  stepsPerEpoch: number | null;
  /** What it is worth, last and best. */
  values: FinalValues;
  imagesPerSecond: number | null;
  seconds: number | null;
  /** null unless it is running and its length is known. */
  secondsLeft: number | null;
  problems: string[];
}

export function describeRun(experiment: string, live: LiveRun): RunFacts {
  const { run, series } = live;
  const { record, outcome, state } = run;
  const last = series.last;
  const epochs = record?.config.training.epochs ?? null;
  const { stepsPerEpoch } = live;
  const steps = stepsPerEpoch === null || epochs === null ? null : Math.round(stepsPerEpoch * epochs);
  const step = Math.max(last?.step ?? 0, outcome?.steps ?? 0);
  const isHeardOf = state === 'running' && !isSilent(readLastSign(leaseFile(run.folder)), Date.now());
  const canEstimate = isHeardOf && steps !== null && last !== null && last.step > 0 && Number.isFinite(last.seconds);
  return {
    id: run.id,
    url: runAddress(experiment, run.id),
    label: labelRun(run.axes, run.id),
    axes: run.axes,
    attributes: live.attributes,
    state,
    message: outcome?.message ?? null,
    note: outcome?.note ?? null,
    current: run.current,
    step,
    steps,
    epoch: Math.max(last?.epoch ?? 0, outcome?.epochs ?? 0),
    epochs,
    stepsPerEpoch,
    values: live.finalValues(),
    imagesPerSecond: finiteOrNull(outcome ? outcome.imagesPerSecond : last?.imagesPerSecond),
    seconds: finiteOrNull(outcome?.seconds ?? last?.seconds),
    secondsLeft: canEstimate ? Math.max(0, (last.seconds / last.step) * (steps - last.step)) : null,
    problems: live.problems,
  };
}

/** `columns`: the metrics that have one in the table. */
export function rowFacts({ state, message, note, values, ...facts }: RunFacts, columns: readonly string[]): RowFacts {
  const { steps, epoch, imagesPerSecond, seconds, secondsLeft } = facts;
  const figures = columns.map((name): RowFigure => {
    const [last, best] = [values.last[name], values.best?.values[name]];
    const ending = last === undefined ? null : stored(last);
    return best === undefined ? [ending] : [ending, stored(best)];
  });
  return { message: state === 'succeeded' ? note : message, steps, epoch, figures, imagesPerSecond, seconds, secondsLeft };
}

function stored(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** What the charts, the grids and the legend need of a run. */
export function viewRun(facts: RunFacts, run: LiveRun): RunView {
  const { samples, grid } = run;
  return {
    id: facts.id,
    label: facts.label,
    axes: facts.axes,
    attributes: facts.attributes,
    state: facts.state,
    stateWords: wordOf(facts.state),
    current: facts.current,
    step: facts.step,
    epochs: facts.epochs,
    stepsPerEpoch: facts.stepsPerEpoch,
    url: facts.url,
    samples: samples.map(({ epoch, version }) => [epoch, version]),
    evaluations: evaluationsOf(run),
    grid: grid && {
      imageSize: finiteOrNull(grid.imageSize) ?? 64,
      gap: finiteOrNull(grid.gap) ?? 0,
      rows: grid.rows,
      columns: grid.columns.map(({ label }) => String(label ?? '')),
    },
  };
}

/** By metric: step and value of each evaluation. */
export function evaluationsOf({ evaluations, evaluatedNames }: LiveRun): RunView['evaluations'] {
  return Object.fromEntries(evaluatedNames.map((name) => [name, valuesOf(name, evaluations)]));
}

/** Step and value of each evaluation that measured this metric; null for a value that was not finite. */
function valuesOf(metric: string, evaluations: readonly EvaluationRecord[]): [step: number, value: number | null][] {
  const measured = evaluations.filter(({ values }) => values[metric] !== undefined);
  return measured.map(({ step, values }) => [step, finiteOrNull(values[metric])]);
}
