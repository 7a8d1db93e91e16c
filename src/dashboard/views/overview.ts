// Room: dashboard/views. The list of experiments: enough of each to find the one wanted, without reading any curve.

import { statSync } from 'node:fs';
import { sep } from 'node:path';
import { isContained } from '../../results/files/read.ts';
import { logFile, metricsFile, outcomeFile, samplesFolder } from '../../results/paths.ts';
import { type ExperimentSummary, listExperiments, readExperiment } from '../../results/read.ts';
import type { RunState } from '../../results/records.ts';
import { listSamples } from '../../results/samples.ts';
import { countStates } from '../../results/states.ts';
import { stampOf } from './live-run.ts';

export interface ExperimentCard {
  name: string;
  url: string;
  description: string | null;
  /** Runs of each state that occurs. */
  states: [RunState, number][];
  runs: number;
  /** The counts that occur among its runs, ascending. */
  attributeCounts: number[];
  /** When anything in it was last written; null where nothing was. */
  activeAtMs: number | null;
  /** The newest sample grid. */
  thumbnail: { url: string; imageSize: number } | null;
  problems: string[];
}

/** Every experiment, the one at work last first. */
export function describeExperiments(resultsRoot: string): ExperimentCard[] {
  return listExperiments(resultsRoot)
    .map((summary) => describe(resultsRoot, summary))
    .sort((a, b) => (b.activeAtMs ?? 0) - (a.activeAtMs ?? 0) || a.name.localeCompare(b.name));
}

function describe(resultsRoot: string, { name }: ExperimentSummary): ExperimentCard {
  const { record, runs, problems } = readExperiment(resultsRoot, name, { followLinks: false });
  const url = `/experiments/${encodeURIComponent(name)}`;
  const shown = runs.filter(({ current, folder }) => current && isContained(resultsRoot, folder));
  const states = runs.filter(({ current }) => current).map(({ state }) => state);
  const pictures = shown.flatMap((run) => {
    const newest = listSamples(run.folder).findLast(({ image }) => isContained(resultsRoot, image));
    if (!newest) return [];
    const path = `${url}/runs/${encodeURIComponent(run.id)}/samples/${newest.epoch}.png?v=${stampOf(newest.image)}`;
    return [{ writtenAtMs: timeOf(newest.image), url: path, imageSize: run.record?.config.dataset.imageSize ?? 64 }];
  });
  const times = shown.flatMap(({ folder }) => [metricsFile, logFile, outcomeFile, samplesFolder].map((file) => timeOf(file(folder))));
  return {
    name,
    url,
    description: record?.description ?? null,
    states: [...countStates(states)],
    runs: states.length,
    attributeCounts: [...new Set(shown.flatMap((run) => run.record?.config.attributes.length ?? []))].sort((a, b) => a - b),
    activeAtMs: times.some((time) => time > 0) ? Math.max(...times) : null,
    thumbnail: pictures.reduce<(typeof pictures)[number] | null>(
      (best, one) => (one.writtenAtMs > (best?.writtenAtMs ?? 0) ? one : best),
      null,
    ),
    problems: [...problems, ...runs.flatMap((run) => run.problems)].map((problem) => problem.replaceAll(`${resultsRoot}${sep}`, '')),
  };
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
