// Measures a run that has ended again, without training, in a process of its own.

import type { EvaluatedRun, EvaluateOptions } from '../results/child-messages.ts';
import { acquireLeaseInTime, releaseLease } from '../results/leases/lease.ts';
import { leaseFile } from '../results/paths.ts';
import { readEvaluation, readRun } from '../results/read.ts';
import type { EvaluationFile, LeaseRecord } from '../results/records.ts';
import { askChild } from './ask-child.ts';
import { parseProgress } from './attempt/progress.ts';
import { findParentDeathPrefix } from './executors/local/no-orphans.ts';

export interface EvaluateRequest {
  /** The run folder. */
  folder: string;
  /** The program that measures: node <evaluator> <run folder> <EvaluateOptions, as JSON> writes evaluation.json and prints EvaluatedRun. */
  evaluator: string;
  options: EvaluateOptions;
  /** Ends the process. */
  stop: AbortSignal;
  /** What it is at. */
  onPhase: (phase: string) => void;
}

export type EvaluateEnd =
  | { kind: 'measured'; evaluation: EvaluationFile; note?: string }
  /** Why it could not be measured, in a line. */
  | { kind: 'failed'; problem: string }
  | { kind: 'held'; holder: LeaseRecord };

/** Holds the run meanwhile. Throws a WriteFailure or an UnreadableFile where no lease can be taken. */
export async function evaluateRun({ folder, evaluator, options, stop, onPhase }: EvaluateRequest): Promise<EvaluateEnd> {
  const { record, outcome, state, problems } = readRun(folder);
  if (record === null) return { kind: 'failed', problem: problems[0] ?? `${folder}: expected a run with its run.json, found none` };
  const lost = new AbortController();
  const hold = await acquireLeaseInTime(leaseFile(folder), { onLost: () => lost.abort() });
  if (!hold.acquired) return { kind: 'held', holder: hold.holder };
  try {
    if (outcome === null) return { kind: 'failed', problem: `it is ${state} and has not come to its end` };
    const answer = await askChild<EvaluatedRun>(folder, record, {
      program: evaluator,
      argument: JSON.stringify(options),
      prefix: await findParentDeathPrefix(),
      stop: AbortSignal.any([stop, lost.signal]),
      onMessage(message) {
        const progress = parseProgress(message);
        if (progress?.type === 'phase') onPhase(progress.phase);
      },
    });
    if ('problem' in answer) return { kind: 'failed', problem: answer.problem };
    const evaluation = readEvaluation(folder);
    if (evaluation === null) return { kind: 'failed', problem: 'its process left no evaluation.json' };
    return { kind: 'measured', evaluation, ...answer };
  } finally {
    releaseLease(leaseFile(folder), hold.lease);
  }
}
