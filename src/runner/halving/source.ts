// The runs of a sweep with successive halving, as slots become free. What each run has shown is read from its folder, at the start and
// whenever it pauses, so that a sweep that was killed at any moment goes on with a valid halving.

import type { HalvingConfig } from '../../experiment/schema/sweep-schema.ts';
import { readEvaluations } from '../../results/lines/evaluations.ts';
import { appendHalvingDecision } from '../../results/lines/halving.ts';
import { measureRun, readMetrics } from '../../results/lines/metrics.ts';
import { metricsFile } from '../../results/paths.ts';
import { readRun } from '../../results/read.ts';
import type { EvaluationRecord, HalvingDecision, MetricsRecord, OutcomeRecord } from '../../results/records.ts';
import { isFailure } from '../../results/states.ts';
import { recordOutcome } from '../attempt/conclude.ts';
import type { PlannedRun } from '../plan/plan.ts';
import type { RunEnd, RunSource } from '../schedule/schedule.ts';
import { type Contender, describeStanding, findPromotion, listRungs, standAt } from './halving.ts';

export interface HalvingOptions {
  /** Every run of the experiment, also those that are done. */
  plan: readonly PlannedRun[];
  halving: HalvingConfig;
  experimentFolder: string;
  folderOf(run: PlannedRun): string;
  onDecision(run: PlannedRun, decision: HalvingDecision, problem?: string): void;
}

export interface HalvingSource extends Required<RunSource<PlannedRun>> {
  /** The epoch after which a run that is started now is to pause; null: after none. */
  pauseAfter(run: PlannedRun): number | null;
  /** At the end of the sweep: writes the final standing of each run that did not go on into its outcome. */
  close(): void;
}

interface Entry extends Contender {
  run: PlannedRun;
  rungs: number[];
}

export function createHalvingSource({ plan, halving, experimentFolder, folderOf, onDecision }: HalvingOptions): HalvingSource {
  const entries = plan.map((run): Entry => {
    const rungs = listRungs(halving, run.point.config.training.epochs);
    const contender = readContender(folderOf(run), rungs, halving.metric);
    return { run, rungs, status: statusOf(run), ...contender, hasGoneOn: contender.hasGoneOn || run.isLeftOut === true };
  });
  const entryOf = new Map(entries.map((entry) => [entry.run, entry]));
  const isWaiting = ({ status, hasGoneOn, values }: Entry) => status === 'open' && !hasGoneOn && values.length > 0;
  const unfinished = entries.filter(({ run, status, hasGoneOn }) => status === 'open' && hasGoneOn && !run.isLeftOut);
  const fresh = entries.filter(({ status, hasGoneOn, values }) => status === 'open' && !hasGoneOn && values.length === 0);
  for (const entry of entries.filter(isWaiting)) if (entry.run.state !== 'stopped-early') stopEarly(entry);

  return {
    take(isIdle) {
      const begun = unfinished.shift();
      if (begun) return begun.run;
      const promoted = promote(false) ?? fresh.shift() ?? (isIdle ? promote(true) : undefined);
      if (promoted) promoted.hasGoneOn = true;
      return promoted?.run;
    },
    settlePause(run) {
      const entry = entryOf.get(run)!;
      const target = entry.values.length;
      Object.assign(entry, readContender(folderOf(run), entry.rungs, halving.metric), { hasGoneOn: false });
      // The child says that the epoch is over. Its files need not show it: another trainer may evaluate nothing.
      if (entry.values.length === target) entry.values = [...entry.values, readValueAt(entry, target)];
      const { end, standing } = stopEarly(entry);
      if (standing.rank > standing.quota) decide(entry, 'stopped-early', end.outcome.message);
      return end;
    },
    pauseAfter(run) {
      const { rungs, values } = entryOf.get(run)!;
      return rungs[values.length] ?? null;
    },
    settleEnd(run, end) {
      const entry = entryOf.get(run)!;
      if (end.kind !== 'finished' || end.outcome.status === 'stopped-early') return;
      entry.status = end.outcome.status === 'succeeded' ? 'finished' : 'failed';
      if (entry.status === 'failed') return;
      Object.assign(entry, readContender(folderOf(run), entry.rungs, halving.metric), { hasGoneOn: true });
      decide(entry, 'finished', `trained to its end: ${end.outcome.epochs} epochs`);
    },
    reopen(run) {
      entryOf.get(run)!.status = 'open';
    },
    withdraw(run) {
      const entry = entryOf.get(run)!;
      if (entry.status === 'open') entry.status = 'failed';
      return [unfinished, fresh].some((list) => remove(list, entry));
    },
    resume(run) {
      const entry = entryOf.get(run)!;
      Object.assign(entry, readContender(folderOf(run), entry.rungs, halving.metric), { status: 'open' });
      const isToWait = isWaiting(entry);
      if (isToWait) stopEarly(entry);
      else entry.hasGoneOn = true;
      return !isToWait;
    },
    close() {
      for (const entry of entries.filter(isWaiting)) if (!isOutcomeUpToDate(entry)) stopEarly(entry);
    },
  };

  function isOutcomeUpToDate(entry: Entry): boolean {
    return readRun(folderOf(entry.run)).outcome?.message === describe(entry, { goesOn: false });
  }

  function promote(isIdle: boolean): Entry | undefined {
    const index = findPromotion(entries, halving, isIdle);
    if (index === undefined) return undefined;
    const entry = entries[index]!;
    decide(entry, 'promoted', describe(entry, { goesOn: true }));
    return entry;
  }

  /** Writes the outcome that says why the run does not go on. It stays until the run is promoted. */
  function stopEarly(entry: Entry) {
    const outcome: OutcomeRecord = {
      status: 'stopped-early',
      message: describe(entry, { goesOn: false }),
      finishedAt: new Date().toISOString(),
      ...measureRun(folderOf(entry.run)),
    };
    const end: RunEnd & { kind: 'finished' } = { kind: 'finished', outcome, ...recordOutcome(folderOf(entry.run), outcome) };
    return { end, standing: standingOf(entry) };
  }

  function standingOf(entry: Entry) {
    return standAt(entries, { index: entries.indexOf(entry), rung: entry.values.length - 1 }, halving);
  }

  function describe(entry: Entry, { goesOn }: { goesOn: boolean }): string {
    const rung = entry.values.length - 1;
    const { metric, factor } = halving;
    return describeStanding({ metric, factor, value: entry.values[rung]!, epoch: entry.rungs[rung]!, goesOn, ...standingOf(entry) });
  }

  function decide(entry: Entry, decision: HalvingDecision['decision'], reason: string): void {
    const record: HalvingDecision = {
      at: new Date().toISOString(),
      run: entry.run.id,
      metric: halving.metric,
      decision,
      reason,
      ...(decision === 'finished' ? lastResult(entry) : lastComparison(entry)),
    };
    let problem: string | undefined;
    try {
      appendHalvingDecision(experimentFolder, record);
    } catch (error) {
      problem = (error as Error).message;
    }
    onDecision(entry.run, record, problem);
  }

  function lastComparison({ rungs, values }: Entry) {
    const rung = Math.max(0, values.length - 1);
    return { rung, epoch: rungs[rung]!, value: values[rung]! };
  }

  function lastResult(entry: Entry) {
    const rung = entry.rungs.length;
    return { rung, epoch: entry.run.point.config.training.epochs, value: readValueAt(entry, rung) };
  }

  function readValueAt({ run, rungs }: Entry, rung: number): number {
    const epoch = rungs[rung] ?? run.point.config.training.epochs;
    return readEpochValue(folderOf(run), epoch, halving.metric);
  }
}

/** Whether it was in the list. */
function remove<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
  return at !== -1;
}

/** At the start of the sweep. A run that this command leaves out counts with what it has shown, and is not given out. */
function statusOf({ action, state, isLeftOut = false }: PlannedRun): Contender['status'] {
  if (action !== 'skip' || state === 'stopped-early' || (isLeftOut && !isFailure(state) && state !== 'succeeded')) return 'open';
  return state === 'succeeded' ? 'finished' : 'failed';
}

/**
 * What a run has shown so far, from its metrics and evaluations: a value for each of `rungs`, the epochs after which it is compared, that
 * it has trained to its end.
 */
function readContender(folder: string, rungs: readonly number[], metric: string): Pick<Contender, 'values' | 'hasGoneOn'> {
  const { records } = readMetrics(metricsFile(folder));
  const { records: evaluations } = readEvaluations(folder);
  const { outcome } = readRun(folder);
  const begun = records.at(-1)?.epoch ?? 0;
  const settled = outcome?.status === 'succeeded' || outcome?.status === 'stopped-early' ? outcome.epochs : 0;
  const isOver = (epoch: number) => begun > epoch || settled >= epoch || evaluations.some((evaluation) => evaluation.epoch >= epoch);
  const over = rungs.filter(isOver);
  return {
    values: over.map((epoch) => valueOfEpoch(epoch, metric, { records, evaluations })),
    hasGoneOn: begun > (over.at(-1) ?? 0),
  };
}

/** Reads the value of one epoch, whether or not the files show that it is over. NaN where nothing was recorded. */
function readEpochValue(folder: string, epoch: number, metric: string): number {
  const { records } = readMetrics(metricsFile(folder));
  return valueOfEpoch(epoch, metric, { records, evaluations: readEvaluations(folder).records });
}

/** What the epoch's evaluation found; for a metric that it has not measured, the mean over the steps of the epoch. */
function valueOfEpoch(
  epoch: number,
  metric: string,
  { records, evaluations }: { records: readonly MetricsRecord[]; evaluations: readonly EvaluationRecord[] },
): number {
  const evaluated = evaluations.findLast((evaluation) => evaluation.epoch === epoch)?.values[metric];
  if (evaluated !== undefined) return evaluated;
  const steps = records.filter((record) => record.epoch === epoch);
  return steps.length === 0 ? Number.NaN : steps.reduce((sum, record) => sum + (record[metric] ?? Number.NaN), 0) / steps.length;
}
