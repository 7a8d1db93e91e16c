// facet status [EXPERIMENT]: how far everything is.

import { commandToGoOn } from '../../results/commands.ts';
import { LINK_NOT_FOLLOWED, listLinks } from '../../results/files/linked-experiments.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { storeNonFinite } from '../../results/files/write.ts';
import { type ExperimentResults, listExperiments, readExperiment } from '../../results/read.ts';
import { createProgressReader } from '../../results/read-progress.ts';
import { RUN_STATES } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { measureExperiment, measureRuns } from '../housekeeping/measure-status.ts';
import { describeJobs } from '../jobs/describe-jobs.ts';
import { createJobsLook, type WithJobs } from '../jobs/look-at-jobs.ts';
import { createLiveRegion, isLiveTerminal } from '../progress/live-region.ts';
import { restAfterLook } from '../rest-after-look.ts';
import { listenForStop } from '../stop-signals.ts';
import { type DetailedStatus, describeExperiment, type ExperimentStatus, summarizeExperiment } from '../text/describe-status.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { type Paper, renderExperiments, renderNews, renderRuns } from '../text/render-status.ts';

export interface StatusCommandOptions {
  experiment?: string;
  results: string;
  json: boolean;
  watch: boolean;
}

/** `jobs`: what a cluster has of the experiment; absent: nothing. */
type Status = (ExperimentStatus & WithJobs)[] | (DetailedStatus & WithJobs);

export async function statusCommand({ experiment: nameOrPath, results, json, watch }: StatusCommandOptions): Promise<number> {
  requireNoFile(results);
  const name = nameOrPath === undefined ? null : findExperiment(results, nameOrPath).name;
  const readProgress = createProgressReader();
  const addJobs = createJobsLook(results);
  const look = async (): Promise<Status> =>
    name === null
      ? Promise.all(
          listExperiments(results).map((summary) => addJobs(summarizeExperiment(readExperiment(results, summary.name), readProgress))),
        )
      : addJobs(describeExperiment(readExperiment(results, name), readProgress));
  if (watch) return watchStatus(look, json);
  const looked = await look();
  const status = Array.isArray(looked) ? looked.map((each) => measureExperiment(results, each)) : measureRuns(results, looked);
  if (json) process.stdout.write(`${formatJson(status, 2)}\n`);
  else if (Array.isArray(status) && status.length === 0) process.stdout.write(`There are no experiments in ${results}.\n`);
  else process.stdout.write(`${render(status, wholePaper()).join('\n')}\n`);
  if (!json && name !== null) process.stdout.write(describeNext(results, readExperiment(results, name)));
  if (!json && name === null) for (const link of listLinks(results)) process.stdout.write(`${link}: not shown: ${LINK_NOT_FOLLOWED}\n`);
  return EXIT.ok;
}

/** What goes on with an experiment that nobody runs and that is not done; nothing for another. */
function describeNext(resultsRoot: string, results: ExperimentResults): string {
  const isOpen = results.runs.some(({ state, current }) => current && RUN_STATES[state].mayContinue);
  return isOpen && results.runner === null && results.record ? `Go on with: ${commandToGoOn(resultsRoot, results)}\n` : '';
}

const LOOK_EVERY_MS = 1000;

/** Until nobody is at work any more, or Ctrl-C. */
async function watchStatus(look: () => Promise<Status>, json: boolean): Promise<number> {
  const { stop, release } = listenForStop();
  const show = json ? createJsonLines() : isLiveTerminal(process.stdout) ? createDrawing() : createChanges();
  try {
    for (;;) {
      const startMs = performance.now();
      const status = await look();
      const isLast = !isAtWork(status) || stop.graceful.aborted;
      show(status, isLast);
      if (isLast) return stop.graceful.aborted ? EXIT.interrupted : EXIT.ok;
      await restAfterLook(startMs, { everyMs: LOOK_EVERY_MS, signal: stop.graceful });
    }
  } finally {
    release();
  }
}

function isAtWork(status: Status): boolean {
  return (Array.isArray(status) ? status : [status]).some(
    ({ runner, counts, jobs = [] }) => runner !== null || (counts.running ?? 0) > 0 || jobs.length > 0,
  );
}

type Show = (status: Status, isLast: boolean) => void;

function createDrawing(): Show {
  const region = createLiveRegion();
  const paint = createPaint(process.stdout);
  return (status, isLast) => {
    if (isLast) {
      region.close();
      process.stdout.write(`${render(status, wholePaper()).join('\n')}\n`);
    } else region.draw(({ columns, rows }) => render(status, { columns, mostRuns: rows - 5, paint }).slice(0, rows - 2));
  };
}

/** A line whenever an experiment, or a run of it, is in another state or epoch. */
function createChanges(): Show {
  const shown = new Map<string, string>();
  const paint = createPaint(process.stdout);
  return (status) => {
    for (const [key, line] of renderNews(status, paint)) {
      if (shown.get(key) !== line) process.stdout.write(`${line}\n`);
      shown.set(key, line);
    }
  };
}

function createJsonLines(): Show {
  let shown = '';
  return (status) => {
    const line = formatJson(status);
    if (line !== shown) process.stdout.write(`${line}\n`);
    shown = line;
  };
}

/** Writes NaN and Infinity as the files of the results do. */
function formatJson(status: Status, indent?: number): string {
  return JSON.stringify(Array.isArray(status) ? { format: 1, experiments: status } : { format: 1, ...status }, storeNonFinite, indent);
}

/** As wide as the terminal; a pipe gets everything. */
function wholePaper(): Paper {
  const columns = terminalColumns();
  return { columns, mostRuns: Number.POSITIVE_INFINITY, paint: createPaint(process.stdout) };
}

function render(status: Status, paper: Paper): string[] {
  if (!Array.isArray(status)) return [...renderRuns(status, paper), ...describeJobs(status.jobs ?? [])];
  const jobs = status.flatMap(({ name, jobs = [] }) => describeJobs(jobs).map((line) => `${name}: ${line}`));
  return [...renderExperiments(status, paper), ...jobs];
}
