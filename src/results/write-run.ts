// What the runner writes into an experiment's folder and into the folders of its runs.

import { appendFileSync, existsSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { commandFor, resultsOf } from './commands.ts';
import { writing } from './errors.ts';
import { makeFolders } from './files/make-folders.ts';
import { freeReserve } from './files/reserve.ts';
import { removeTemporaryFiles, writeFileAtomic, writeJsonAtomic, writeNewFile } from './files/write.ts';
import {
  evaluationFile,
  experimentRecordFile,
  labelRowsFile,
  logFile,
  outcomeFile,
  runFile,
  runStopFile,
  trainingFile,
  trashFolder,
} from './paths.ts';
import { readEnding, readLabelRows, readTraining } from './read.ts';
import type {
  EvaluationFile,
  ExperimentRecord,
  LabelRowsRecord,
  OutcomeRecord,
  RunRecord,
  RunStopRequest,
  TrainingRecord,
} from './records.ts';
import { wordOf } from './states.ts';

export function writeExperimentRecord(experimentFolderPath: string, record: ExperimentRecord): void {
  writeJsonAtomic(experimentRecordFile(experimentFolderPath), record);
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  writeJsonAtomic(runFile(folder), record);
}

/** For a run that has no record yet; as writeNewFile. */
export function writeFirstRunRecord(folder: string, record: RunRecord): void {
  writeNewFile(runFile(folder), `${JSON.stringify(record, null, 2)}\n`);
}

/** Before a run's first step. Does nothing where the record stands there already: a run that goes on has as many steps. */
export function writeTrainingRecord(folder: string, record: TrainingRecord): void {
  const { stepsPerEpoch, steps } = readTraining(folder) ?? {};
  if (stepsPerEpoch === record.stepsPerEpoch && steps === record.steps) return;
  writeJsonAtomic(trainingFile(folder), record);
}

/** Before a run's first step. Does nothing where they stand there already: a run that goes on learns from the same pictures. */
export function writeLabelRows(folder: string, count: () => LabelRowsRecord): void {
  if (readLabelRows(folder) !== null) return;
  writeFileAtomic(labelRowsFile(folder), `${JSON.stringify(count())}\n`);
}

/** A sign of life of a process that is at work on something else than steps: training.json gets a new time. */
export function touchTrainingRecord(folder: string): void {
  const now = new Date();
  try {
    utimesSync(trainingFile(folder), now, now);
  } catch {
    // it is not there yet, or the disk refuses: nothing but a sign is lost
  }
}

export function writeEvaluation(folder: string, evaluation: EvaluationFile): void {
  writeJsonAtomic(evaluationFile(folder), evaluation);
}

/** Before the run is trained further: then it says nothing of its end any more. */
export function removeEvaluation(folder: string): void {
  writing(evaluationFile(folder), () => rmSync(evaluationFile(folder), { force: true }));
}

/** For the note of an outcome, whose last part it must be. `problem`: a line that says why. `folder`: the run's. */
export function noteMissingMeasure(problem: string, folder: string, { experiment, id }: Pick<RunRecord, 'experiment' | 'id'>): string {
  const results = resultsOf(folder);
  return `${NOT_MEASURED}${problem.replace(/\.$/, '')}. Measure it later with: ${commandFor(results, 'evaluate', `${experiment}/${id}`)}`;
}

/** Once it has been measured after all. Does nothing where the outcome has no such note. */
export function forgetMissingMeasure(folder: string): void {
  const { outcome } = readEnding(folder);
  const at = outcome?.note?.indexOf(NOT_MEASURED) ?? -1;
  if (!outcome || at === -1) return;
  const { note, ...others } = outcome;
  const kept = note!.slice(0, at).trim();
  writeOutcome(folder, kept === '' ? others : { ...others, note: kept });
}

const NOT_MEASURED = 'It was not measured in the end: ';

/** Also on a full disk, as long as the run has its reserve. */
export function writeOutcome(folder: string, outcome: OutcomeRecord): void {
  freeReserve(folder);
  writeJsonAtomic(outcomeFile(folder), outcome);
}

/**
 * Before another attempt, while nobody works in the folder: no outcome and no request to stop any more, nothing half-written, and, where
 * there is a log already, a line in it that tells the attempts apart. Throws a WriteFailure.
 */
export function beginAttempt(folder: string): void {
  writing(folder, () => {
    makeFolders(folder);
    rmSync(outcomeFile(folder), { force: true });
    rmSync(runStopFile(folder), { force: true });
    removeTemporaryFiles(folder);
    markAttempt(folder);
  });
}

/** Where there is a log already, a line in it that tells the attempts apart. Throws the system's errors. */
export function markAttempt(folder: string): void {
  const logged = statSync(logFile(folder), { throwIfNoEntry: false })?.size ?? 0;
  if (logged > 0) appendFileSync(logFile(folder), `${ATTEMPT_LINE}${new Date().toISOString()} ---\n`);
}

/** Asks the process at work in the folder to save and leave. Where the disk refuses, the other ways to stop it must do. */
export function requestRunStop(folder: string, by: string): void {
  const request: RunStopRequest = { requestedAt: new Date().toISOString(), by };
  try {
    writeJsonAtomic(runStopFile(folder), request);
  } catch {
    // a full disk, as a rule
  }
}

/** Takes the request back once nobody works there. */
export function removeRunStop(folder: string): void {
  try {
    rmSync(runStopFile(folder), { force: true });
  } catch {
    // the next attempt removes it
  }
}

/**
 * Takes back the outcome of a failed run that is to be started again, so that it counts as interrupted should that never
 * come about. Its log keeps what happened. Where the system refuses, nothing is lost: the next attempt takes it back.
 */
export function reopenRun(folder: string, { status, message }: OutcomeRecord): void {
  try {
    appendFileSync(logFile(folder), `--- facet: ${wordOf(status)}, to be started again: ${message} ---\n`);
    rmSync(outcomeFile(folder), { force: true });
  } catch {
    // a full disk, as a rule
  }
}

/** A line of the runner's own in a run's log. Where the system refuses, it is lost. */
export function noteInLog(folder: string, text: string): void {
  try {
    appendFileSync(logFile(folder), `--- facet: ${text} ---\n`);
  } catch {
    // a full disk, as a rule
  }
}

export function isAttemptLine(line: string): boolean {
  return line.startsWith(ATTEMPT_LINE);
}

/** Moves a run folder to .trash/ in its experiment folder. Returns the new place, or null where there was none. */
export function moveToTrash(folder: string, now: Date): string | null {
  if (!existsSync(folder)) return null;
  const trash = trashFolder(dirname(folder));
  const place = join(trash, `${basename(folder)}.${now.toISOString().replaceAll(':', '')}`);
  writing(place, () => {
    makeFolders(trash);
    renameSync(folder, place);
  });
  return place;
}

const ATTEMPT_LINE = '--- facet: another attempt, ';
