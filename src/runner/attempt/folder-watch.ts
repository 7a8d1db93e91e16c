// What a run folder tells while a job works in it: how far the run is, and for how long nothing has changed.

import { type Stats, statSync } from 'node:fs';
import type { ProgressMessage } from '../../results/child-messages.ts';
import { evaluationsFile, logFile, metricsFile, outcomeFile, trainingFile } from '../../results/paths.ts';
import { readRun } from '../../results/read.ts';
import { createProgressReader } from '../../results/read-progress.ts';
import { parseProgress, toProgressMessage } from './progress.ts';

export interface FolderWatch {
  /** Looks into the folder. Tells the progress where metrics have come, unless the child tells it by itself. */
  look(): void;
  /** Takes a message of the child, which may be anything. */
  onMessage(message: unknown): void;
  /** Milliseconds since the last progress: a message, metrics or evaluations that have grown, or a new time of training.json. */
  stalledMs(): number;
  /** Milliseconds since anything has changed in the folder, the log and the outcome included. */
  quietMs(): number;
  /** Counts from now. */
  restartClock(): void;
  /** Tells that the run waits for its turn. */
  tellQueued(): void;
}

export function watchFolder(folder: string, onProgress: (message: ProgressMessage) => void): FolderWatch {
  const readProgress = createProgressReader();
  let metrics = sizeOf(metricsFile(folder));
  let signs = readSigns();
  let others = sizeOfOthers();
  let progressMs = performance.now();
  let changeMs = progressMs;
  let childTellsProgress = false;
  return {
    look() {
      const size = sizeOf(metricsFile(folder));
      const isChanged = size !== metrics; // also when it is cut back to where a checkpoint was
      const sign = readSigns();
      const isAlive = isChanged || sign !== signs;
      const rest = sizeOfOthers();
      if (isAlive) progressMs = performance.now();
      if (isAlive || rest !== others) changeMs = performance.now();
      metrics = size;
      signs = sign;
      others = rest;
      if (isChanged && size > 0 && !childTellsProgress) onProgress(toProgressMessage(readProgress(readRun(folder))));
    },
    onMessage(message) {
      progressMs = performance.now();
      changeMs = progressMs;
      const progress = parseProgress(message);
      if (!progress) return;
      childTellsProgress ||= progress.type === 'progress';
      onProgress(progress);
    },
    tellQueued: () => onProgress({ type: 'phase', phase: 'queued' }),
    stalledMs: () => performance.now() - progressMs,
    quietMs: () => performance.now() - changeMs,
    restartClock() {
      progressMs = performance.now();
      changeMs = progressMs;
    },
  };

  /** What changes while a process without a channel is at work on something else than steps. */
  function readSigns(): string {
    return `${sizeOf(evaluationsFile(folder))} ${timeOf(trainingFile(folder))}`;
  }

  function sizeOfOthers(): string {
    return `${sizeOf(logFile(folder))} ${sizeOf(outcomeFile(folder))}`;
  }
}

const sizeOf = (path: string): number => statOf(path)?.size ?? 0;
const timeOf = (path: string): number => statOf(path)?.mtimeMs ?? 0;

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
