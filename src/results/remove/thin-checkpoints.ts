// Removes those checkpoints of a finished run that are neither its last nor its best.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { chooseJudge, findBestEvaluation } from '../../experiment/best-by.ts';
import { writing } from '../errors.ts';
import { settleHolder } from '../leases/lease.ts';
import { readEvaluations } from '../lines/evaluations.ts';
import { checkpointFile, checkpointsFolder, leaseFile, runnerLeaseFile, stepOfCheckpoint } from '../paths.ts';
import { readEvaluation, readRun } from '../read.ts';
import type { FoundRun } from '../runs/find.ts';
import { isDone } from '../states.ts';
import type { Removal } from './removal.ts';
import { holdingRun } from './remove-run.ts';

/** null where the run is not finished, or has no others. What a trainer of somebody else keeps under other names stays. */
export function removalOfCheckpoints({ experiment, id, folder }: FoundRun): Removal | null {
  const { state } = readRun(folder);
  const steps = listSteps(folder);
  const spare = isDone(state) ? listSpare(folder, steps) : [];
  if (spare.length === 0) return null;
  const files = spare.map((step) => checkpointFile(folder, step));
  return {
    experiment,
    path: checkpointsFolder(folder),
    kind: 'checkpoint',
    count: spare.length,
    name: `${experiment}/${id}`,
    what: `${spare.length} of ${steps.length} checkpoints`,
    bytes: files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    async whoHolds(onWait) {
      const own = await settleHolder(leaseFile(folder), { onWait });
      return own ?? (state === 'succeeded' ? null : settleHolder(runnerLeaseFile(dirname(folder)), { onWait }));
    },
    remove: () =>
      holdingRun(folder, () => {
        const still = listSpare(folder, listSteps(folder)); // it may have been measured, or have gone on, meanwhile
        for (const step of spare.filter((each) => still.includes(each))) {
          writing(checkpointFile(folder, step), () => rmSync(checkpointFile(folder, step), { force: true }));
        }
      }),
  };
}

/** All but the newest, the best of them by the run's own measure, and those that evaluation.json speaks of. */
function listSpare(folder: string, steps: readonly number[]): number[] {
  const { record } = readRun(folder);
  const evaluations = readEvaluations(folder).records.filter(({ step }) => steps.includes(step));
  const best = findBestEvaluation(evaluations, chooseJudge(record?.config.evaluation.bestBy, evaluations));
  const measured = readEvaluation(folder);
  const kept = new Set([Math.max(...steps), best?.step, measured?.last.step, measured?.best.step]);
  return steps.filter((step) => !kept.has(step));
}

function listSteps(folder: string): number[] {
  try {
    return readdirSync(checkpointsFolder(folder)).flatMap((name) => stepOfCheckpoint(name) ?? []);
  } catch {
    return []; // none was written
  }
}
