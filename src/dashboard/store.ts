// What the pages know of results/: experiments and runs by name. A name that a browser sent counts only where it is the name of a
// plain folder directly in the folder above; anything that could lead elsewhere is no name.

import { join } from 'node:path';
import { isContained, readPlainFile } from '../results/files/read.ts';
import { readLogTail } from '../results/lines/log.ts';
import { experimentFolder, logFile, patchFile, runFolder } from '../results/paths.ts';
import { isRunName } from '../results/read.ts';
import type { SampleGridRecord } from '../results/records.ts';
import { listSamples, readSampleGrid } from '../results/samples.ts';
import { KeptSeries } from './curves/kept-series.ts';
import { MetricsThreads } from './curves/metrics-threads.ts';
import { ExperimentReaders } from './views/experiment-reader.ts';
import { LiveExperiment } from './views/live-experiment.ts';
import { DEFAULT_PATIENCE_MS, DEFAULT_REST_MS, waitAtMost } from './views/look.ts';
import { type ExperimentList, Overview } from './views/overview.ts';
import { stampOf, statOf } from './views/stamps.ts';

export interface DashboardStore {
  readonly resultsRoot: string;
  /** Every experiment, the one last written to first. */
  listExperiments(): Promise<ExperimentList>;
  /** The experiment as it is now; null where there is none of that name. */
  openExperiment(name: string): Promise<LiveExperiment | null>;
  /** The end of a run's log, and a version that changes with it. */
  readLog(runFolder: string, lines: number): { version: string; lines: string[] };
  /** The picture of a sample grid, what it is made of, and a version that changes with it; null where there is none or it is no plain file of that run. */
  readSample(experiment: string, runId: string, epoch: number): { png: Buffer; version: string; grid: SampleGridRecord | null } | null;
  /** All of a run's log, of at most 64 MiB; null where there is none, or it is no plain file of that run. */
  readWholeLog(experiment: string, runId: string): Buffer | null;
  /** The folder of a run; null where there is none of these names, or a link. */
  findRun(experiment: string, runId: string): string | null;
  /** The uncommitted changes that a run's code had; null where there is no such plain file in that run's folder. */
  readPatch(experiment: string, runId: string, name: string): Buffer | null;
}

const MAX_OPEN_EXPERIMENTS = 12;

export interface StoreOptions {
  /** How long one look into an experiment's folder is good for. */
  restMs?: number;
  /** How long a request waits for what takes long to read. */
  patienceMs?: number;
  /** Where curves are kept that have been read; null: nowhere. */
  cacheFolder?: string | null;
  /** The bundle of the threads that read long metrics; null: none, all is read by the caller's thread. */
  threadScript?: string | null;
}

export function createStore(resultsRoot: string, options: StoreOptions = {}): DashboardStore {
  const { restMs = DEFAULT_REST_MS, patienceMs = DEFAULT_PATIENCE_MS, cacheFolder = null, threadScript = null } = options;
  const threads = threadScript === null ? null : new MetricsThreads(threadScript);
  const open = new Map<string, LiveExperiment>();
  const readers = new ExperimentReaders(resultsRoot);
  const kept = new KeptSeries(cacheFolder);
  kept.prune(Date.now());
  const overview = new Overview(resultsRoot, { readers, restMs, patienceMs });
  return {
    resultsRoot,
    listExperiments: () => overview.list(),
    async openExperiment(name) {
      if (!isPlainFolder(resultsRoot, name)) return null;
      const live = open.get(name) ?? new LiveExperiment(resultsRoot, { name, reader: readers.of(name), kept, threads, restMs, patienceMs });
      open.delete(name);
      open.set(name, live); // moves to the end
      for (const old of open.keys()) if (open.size > MAX_OPEN_EXPERIMENTS) open.delete(old);
      if (live.version === 0) await live.refresh();
      else await waitAtMost(live.refresh(), patienceMs);
      return live;
    },
    readLog(folder, lines) {
      return { version: stampOf(logFile(folder)), lines: readLogTail(folder, lines) };
    },
    readSample(experiment, runId, epoch) {
      const folder = findRun(resultsRoot, experiment, runId);
      const sample = folder === null ? undefined : listSamples(folder).find((candidate) => candidate.epoch === epoch);
      const png = sample ? readContained(resultsRoot, sample.image) : null;
      return sample && png ? { png, version: stampOf(sample.image), grid: readSampleGrid(sample.grid) } : null;
    },
    readWholeLog(experiment, runId) {
      const folder = findRun(resultsRoot, experiment, runId);
      return folder === null ? null : readContained(resultsRoot, logFile(folder));
    },
    findRun: (experiment, runId) => findRun(resultsRoot, experiment, runId),
    readPatch(experiment, runId, name) {
      const folder = findRun(resultsRoot, experiment, runId);
      return folder === null || !isRunName(name) ? null : readContained(resultsRoot, patchFile(folder, name));
    },
  };
}

/** The folder of a run; null where there is none of these names, or a link. */
function findRun(resultsRoot: string, experiment: string, runId: string): string | null {
  if (!isPlainFolder(resultsRoot, experiment) || !isPlainFolder(experimentFolder(resultsRoot, experiment), runId)) return null;
  return runFolder(resultsRoot, experiment, runId);
}

/** The bytes of a plain file that lies inside the results folder under its own name, through no link; null for anything else. */
function readContained(resultsRoot: string, path: string): Buffer | null {
  try {
    return isContained(resultsRoot, path) ? readPlainFile(path, MAX_BYTES) : null;
  } catch {
    return null;
  }
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Whether a folder has a plain folder of exactly this name in it. Hidden ones are not results. */
function isPlainFolder(parent: string, name: string): boolean {
  return isRunName(name) && isContained(parent, join(parent, name)) && statOf(join(parent, name))?.isDirectory() === true;
}
