// Which checkpoint of which run makes the faces, and what a user should know of that run.

import { UserError } from '../../experiment/user-error.ts';
import { createEpochTeller, findCheckpoint } from '../../model/generation/find-checkpoint.ts';
import { listCheckpoints } from '../../model/training/checkpoints/checkpoint.ts';
import { readRun } from '../../results/read.ts';
import type { RunRecord } from '../../results/records.ts';
import type { FoundRun } from '../../results/runs/find.ts';
import { RUN_STATES, wordOf } from '../../results/states.ts';

export interface ChosenRun {
  /** <experiment>/<id> */
  name: string;
  folder: string;
  record: RunRecord;
  step: number;
  /** null where the step is not the end of one, or nothing tells. */
  epoch: number | null;
  warnings: string[];
}

/** The best checkpoint, or that of an epoch. Throws a UserError where the run has none. */
export function chooseRun({ experiment, id, folder }: FoundRun, fromEpoch: number | undefined): ChosenRun {
  const name = `${experiment}/${id}`;
  const { record, state, problems } = readRun(folder);
  if (record === null) throw new UserError(problems[0] ?? `${name}: expected a run with its run.json, found none`);
  if (listCheckpoints(folder).length === 0) throw new UserError(`${name}: ${explainNoCheckpoint(state)}`);
  const { step } = findCheckpoint(folder, fromEpoch === undefined ? 'best' : { epoch: fromEpoch });
  const isAtWork = state === 'running';
  const warnings =
    isAtWork || RUN_STATES[state].mayContinue || RUN_STATES[state].isFailure
      ? [
          `This run ${isAtWork ? 'is at work still' : `has not come to its end (${wordOf(state)})`}: its faces are those of its training so far.`,
        ]
      : [];
  return { name, folder, record, step, epoch: createEpochTeller(folder)(step), warnings };
}

function explainNoCheckpoint(state: ReturnType<typeof readRun>['state']): string {
  if (RUN_STATES[state].isFinal) {
    return 'expected a checkpoint, and it keeps none that Facet can read: they were deleted, or another trainer (FACET_TRAINER) made it';
  }
  return `expected a checkpoint, and it has none yet (${wordOf(state)}): a run writes its first after an epoch`;
}
