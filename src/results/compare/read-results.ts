// Reads the runs of an experiment for a comparison.

import { hash } from 'node:crypto';
import { canonicalJson } from '../../experiment/canonical.ts';
import { createRunNamer } from '../../experiment/run-id.ts';
import { readEvaluations } from '../lines/evaluations.ts';
import { readLastMetrics } from '../lines/metrics.ts';
import { type ExperimentResults, type Run, readEvaluation } from '../read.ts';
import type { MetricsRecord, RunRecord } from '../records.ts';
import { type FinalValues, findFinalValues } from './final-values.ts';
import type { RunResult, RunWork } from './run-result.ts';

/** Every run of an experiment, in its order. Reads evaluations whole, and of metrics only the end. */
export function readResults({ name, runs }: ExperimentResults): RunResult[] {
  return runs.map((run) => {
    const lastMetrics = run.state === 'queued' ? null : readLastMetrics(run.folder);
    return describeResult(name, run, { lastMetrics, values: readFinalValues(run, lastMetrics) });
  });
}

export function readFinalValues({ folder, record, state }: Run, lastMetrics: MetricsRecord | null): FinalValues {
  const hasStarted = state !== 'queued';
  return findFinalValues({
    config: record?.config ?? null,
    lastMetrics,
    evaluations: hasStarted ? readEvaluations(folder).records : [],
    evaluation: hasStarted ? readEvaluation(folder) : null,
  });
}

/** From what has been read of a run already. */
export function describeResult(
  experiment: string,
  { id, state, current, axes, record, outcome }: Run,
  { lastMetrics, values }: { lastMetrics: MetricsRecord | null; values: FinalValues },
): RunResult {
  return {
    ...values,
    experiment,
    id,
    state,
    current,
    axes,
    work: record && workOf(record),
    imagesPerSecond: outcome ? outcome.imagesPerSecond : (lastMetrics?.imagesPerSecond ?? null),
    seconds: outcome?.seconds ?? lastMetrics?.seconds ?? null,
  };
}

/** Kept with the record: the dashboard asks again and again. */
function workOf(record: RunRecord): RunWork {
  const known = works.get(record);
  if (known) return known;
  const { config, dataIdentity } = record;
  const { training } = config;
  const point = hashWork({ ...config, training: { ...training, seed: 0 } }, '');
  const work: RunWork = {
    config,
    dataIdentity,
    point: `${point} ${training.epochs}`,
    dataset: canonicalJson(config.dataset)!,
  };
  works.set(record, work);
  return work;
}

const works = new WeakMap<RunRecord, RunWork>();
const { hashWork } = createRunNamer((text) => hash('sha256', text, 'hex'));
