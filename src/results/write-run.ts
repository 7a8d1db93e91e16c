// Room: results. What the runner writes into an experiment's folder and into the folders of its runs.

import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { experimentRecordFile, logFile, outcomeFile, runFile, trashFolder } from './paths.ts';
import type { ExperimentRecord, OutcomeRecord, RunRecord } from './records.ts';
import { writeJsonAtomic } from './write.ts';

export function writeExperimentRecord(experimentFolderPath: string, record: ExperimentRecord): void {
  writeJsonAtomic(experimentRecordFile(experimentFolderPath), record);
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  writeJsonAtomic(runFile(folder), record);
}

export function writeOutcome(folder: string, outcome: OutcomeRecord): void {
  writeJsonAtomic(outcomeFile(folder), outcome);
}

/** Before another attempt: no outcome any more, and, where there is a log already, a line in it that tells the attempts apart. */
export function beginAttempt(folder: string): void {
  mkdirSync(folder, { recursive: true });
  rmSync(outcomeFile(folder), { force: true });
  const logged = statSync(logFile(folder), { throwIfNoEntry: false })?.size ?? 0;
  if (logged > 0) appendFileSync(logFile(folder), `${ATTEMPT_LINE}${new Date().toISOString()} ---\n`);
}

export function isAttemptLine(line: string): boolean {
  return line.startsWith(ATTEMPT_LINE);
}

/** Moves a run folder to .trash/ in its experiment folder. Returns the new place, or null where there was none. */
export function setAside(folder: string, now: Date): string | null {
  if (!existsSync(folder)) return null;
  const trash = trashFolder(dirname(folder));
  mkdirSync(trash, { recursive: true });
  const place = join(trash, `${basename(folder)}.${now.toISOString().replaceAll(':', '')}`);
  renameSync(folder, place);
  return place;
}

const ATTEMPT_LINE = '--- facet: another attempt, ';
