// Room: dashboard. What the pages know of results/: experiments and runs by name, looked up in what the folder lists and
// never made into a path from what a browser sent.

import { readdirSync } from 'node:fs';
import { isContained } from '../results/files/read.ts';
import { readLogTail } from '../results/log-file.ts';
import { experimentFolder, logFile, patchFile, runFolder } from '../results/paths.ts';
import { listSamples } from '../results/samples.ts';
import { readContained } from './http/contained.ts';
import { DEFAULT_REST_MS, LiveExperiment } from './views/live-experiment.ts';
import { stampOf } from './views/live-run.ts';
import { describeExperiments, type ExperimentCard } from './views/overview.ts';

export interface DashboardStore {
  readonly resultsRoot: string;
  /** Every experiment, the one at work last first. */
  listExperiments(): ExperimentCard[];
  /** The experiment as it is now; null where there is none of that name. */
  openExperiment(name: string): Promise<LiveExperiment | null>;
  /** The end of a run's log, and what changes with it. */
  readLog(runFolder: string, lines: number): { version: string; lines: string[] };
  /** The picture of a sample grid and what changes with it; null where there is none or it is no plain file of that run. */
  readSample(experiment: string, runId: string, epoch: number): { png: Buffer; version: string } | null;
  /** The uncommitted changes that a run's code had; null where there is no such plain file in that run's folder. */
  readPatch(experiment: string, runId: string, name: string): Buffer | null;
}

const MAX_OPEN_EXPERIMENTS = 12;

/** `restMs`: how long one look into an experiment's folder is good for. */
export function createStore(resultsRoot: string, restMs: number = DEFAULT_REST_MS): DashboardStore {
  const open = new Map<string, LiveExperiment>();
  return {
    resultsRoot,
    listExperiments: () => describeExperiments(resultsRoot),
    async openExperiment(name) {
      if (!isListed(resultsRoot, name) || !isContained(resultsRoot, experimentFolder(resultsRoot, name))) return null;
      const live = open.get(name) ?? new LiveExperiment(resultsRoot, name, restMs);
      open.delete(name);
      open.set(name, live); // the one used last goes to the end
      for (const old of open.keys()) if (open.size > MAX_OPEN_EXPERIMENTS) open.delete(old);
      await live.refresh();
      return live;
    },
    readLog(folder, lines) {
      if (!isContained(resultsRoot, logFile(folder))) return { version: '', lines: [] };
      return { version: stampOf(logFile(folder)), lines: readLogTail(folder, lines) };
    },
    readSample(experiment, runId, epoch) {
      if (!isListed(resultsRoot, experiment) || !isListed(experimentFolder(resultsRoot, experiment), runId)) return null;
      const sample = listSamples(runFolder(resultsRoot, experiment, runId)).find((candidate) => candidate.epoch === epoch);
      const png = sample ? readContained(resultsRoot, sample.image) : null;
      return sample && png ? { png, version: stampOf(sample.image) } : null;
    },
    readPatch(experiment, runId, name) {
      if (!isListed(resultsRoot, experiment) || !isListed(experimentFolder(resultsRoot, experiment), runId)) return null;
      const folder = runFolder(resultsRoot, experiment, runId);
      return isListed(folder, name) ? readContained(resultsRoot, patchFile(folder, name)) : null;
    },
  };
}

/** Whether a folder lists an entry of exactly this name. Hidden ones are not results. */
function isListed(folder: string, name: string): boolean {
  try {
    return !name.startsWith('.') && readdirSync(folder).includes(name);
  } catch {
    return false;
  }
}
