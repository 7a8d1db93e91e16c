// What is printed when a sweep ends: a table of its runs, the logs of those that failed, where to look.

import { chooseColumns, formatHead, orderByNeed } from '../../experiment/metrics.ts';
import { formatDuration, formatSpeed, plural } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import { explainJudges, judgeOf } from '../../results/compare/describe-judge.ts';
import type { FinalValues } from '../../results/compare/final-values.ts';
import { readFinalValues } from '../../results/compare/read-results.ts';
import { readLogTail } from '../../results/lines/log.ts';
import { readLastMetrics } from '../../results/lines/metrics.ts';
import { runFolder } from '../../results/paths.ts';
import { type RunEnding, readEnding, readRun } from '../../results/read.ts';
import type { MetricsRecord, RunState } from '../../results/records.ts';
import { isDone, isFailure, wordOf } from '../../results/states.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';
import { createEndsFormat, describeEnds, type Ends } from '../compare/format-ends.ts';
import { makeHarmless } from '../harmless.ts';
import { createPaint, type Paint, terminalColumns } from './paint.ts';
import { colourOf } from './states.ts';
import { type Cell, chooseFitting, formatTable } from './table.ts';

export interface SummaryOptions {
  resultsRoot: string;
  experiment: string;
  plan: readonly PlanPart[];
  /** What to type to go on with the experiment. */
  command: string;
  /** GPU -> why nothing more was started on it. */
  gpusSetAside: ReadonlyMap<string, string>;
  isOutOfGpus: boolean;
}

const MAX_ROWS = 60;
const MAX_LOGS = 5;
const MAX_STOPPED = 20;
const LOG_LINES = 8;

/** Prints the summary. Returns whether every run of the experiment is done: succeeded, or stopped early by successive halving. */
export function printSummary(options: SummaryOptions): boolean {
  const { resultsRoot, experiment, plan } = options;
  const paint = createPaint(process.stdout);
  const runs = plan.map(({ id }) => readEnding(runFolder(resultsRoot, experiment, id)));
  const failed = runs.filter(({ state }) => isFailure(state));
  const sections = [
    formatRuns(runs, paint),
    ...failed.slice(0, MAX_LOGS).map((run) => formatFailure(run, paint)),
    ...formatStoppedEarly(runs, paint),
    ...(options.gpusSetAside?.size ? [formatGpus(options, paint)] : []),
    formatCounts(runs, {
      failed: failed.length,
      leftAlone: countLeftAlone(plan),
      unreadable: countUnreadable(plan),
      command: options.command,
    }),
    [`Compare them: ${commandFor(resultsRoot, 'compare', experiment)}`, `See them:     ${commandFor(resultsRoot, 'dashboard')}`].join('\n'),
  ];
  process.stdout.write(`\n${sections.join('\n\n')}\n`);
  return runs.every(({ state }) => isDone(state));
}

function formatRuns(runs: readonly RunEnding[], paint: Paint): string {
  // Where not all runs fit, those that need attention come first.
  const shown = runs.length <= MAX_ROWS ? runs : [...runs].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_ROWS);
  const ends = shown.map((run): End => {
    const last = readLastMetrics(run.folder);
    return { run, last, values: readFinalValues(readRun(run.folder), last) };
  });
  const declared = Object.assign({}, ...ends.map(({ values }) => values.declared)) as FinalValues['declared'];
  const metrics = chooseColumns(
    ends.flatMap(({ values }) => Object.keys(values.last)),
    declared,
  );
  const columns = new Map<string, Column>([
    ...START,
    ...metrics.map((metric): [string, Column] => {
      const format = createEndsFormat(metric, ends.map(endsOf));
      return [`metric ${metric.name}`, { head: formatHead(metric), cell: (end) => ({ text: format(endsOf(end)) }) }];
    }),
    ...COST,
  ]);
  const names = chooseFitting([...columns.keys()], {
    columns: terminalColumns(),
    widthOf: (name) => Math.max(columns.get(name)!.head.length, ...ends.map((end) => columns.get(name)!.cell(end).text.length)),
    dispensable: ['speed', ...orderByNeed(metrics).map(({ name }) => `metric ${name}`)],
  });
  const heads = names.map((name) => columns.get(name)!.head);
  const rows = ends.map((end) => names.map((name) => columns.get(name)!.cell(end)));
  const brackets = describeEnds(
    rows.flatMap((cells) => cells.slice(START.length)),
    ends.flatMap(({ values }) => (values.best === null ? [] : [values.bestBy])),
    declared,
  );
  const notes = [brackets, ...explainJudges(ends.map(({ values }) => judgeOf(values)))].filter((note) => note !== '');
  return [
    formatTable(heads, rows, { paint, columns: terminalColumns(), right: heads.map((_, index) => index).slice(2) }),
    ...(shown.length === runs.length ? [] : [`… and ${plural(runs.length - shown.length, 'more run')}`]),
    ...notes.map((note) => paint('dim', note)),
  ].join('\n');
}

interface End {
  run: RunEnding;
  last: MetricsRecord | null;
  values: FinalValues;
}

function endsOf({ values: { last, best } }: End): Ends {
  return { last, best: best?.values };
}

interface Column {
  head: string;
  cell: (end: End) => Cell;
}

const START: readonly [string, Column][] = [
  ['run', { head: 'run', cell: ({ run }) => ({ text: run.id }) }],
  ['state', { head: 'state', cell: ({ run }) => ({ text: wordOf(run.state), colour: colourOf(run.state) }) }],
  ['epochs', { head: 'epochs', cell: ({ run, last }) => ({ text: String(run.outcome?.epochs ?? last?.epoch ?? '-') }) }],
];

const COST: readonly [string, Column][] = [
  ['speed', { head: 'images/s', cell: ({ run, last }) => ({ text: formatSpeed(run.outcome?.imagesPerSecond ?? last?.imagesPerSecond) }) }],
  [
    'time',
    {
      head: 'time',
      cell({ run, last }) {
        const seconds = run.outcome?.seconds ?? last?.seconds;
        return { text: seconds === undefined ? '-' : formatDuration(seconds) };
      },
    },
  ],
];

function rank(run: RunEnding): number {
  return isDone(run.state) ? 2 : run.state === 'queued' ? 1 : 0;
}

function formatFailure(run: RunEnding, paint: Paint): string {
  const tail = readLogTail(run.folder, LOG_LINES).map((line) => `  ${paint('dim', makeHarmless(line))}`);
  return [
    `${paint('red', `${run.id}  ${wordOf(run.state)}`)}: ${makeHarmless(run.outcome!.message)}`,
    ...tail,
    `  ${paint('dim', `(${run.folder}/log.txt)`)}`,
  ].join('\n');
}

/** The runs that successive halving stopped early, with its reasons; the run that came furthest first. */
function formatStoppedEarly(runs: readonly RunEnding[], paint: Paint): string[] {
  const stopped = runs.filter(({ state }) => state === 'stopped-early').sort((a, b) => b.outcome!.epochs - a.outcome!.epochs);
  if (stopped.length === 0) return [];
  const lines = stopped.slice(0, MAX_STOPPED).map(({ id, outcome }) => `  ${id}  ${paint('dim', makeHarmless(outcome!.message))}`);
  const rest = stopped.length - lines.length;
  return [['Stopped early:', ...lines, ...(rest === 0 ? [] : [`  … and ${plural(rest, 'more run')}`])].join('\n')];
}

function formatGpus({ gpusSetAside, isOutOfGpus }: SummaryOptions, paint: Paint): string {
  const lines = [...gpusSetAside!].map(([gpu, reason]) => `${paint('red', `GPU ${gpu}`)} was set aside: ${reason}.`);
  return [...lines, ...(isOutOfGpus ? ['No GPU is left for another run; those that waited were not started.'] : [])].join('\n');
}

type PlanPart = Pick<PlannedRun, 'id' | 'state' | 'needs' | 'unreadable'>;

/** Runs left alone for want of their backend, without those that have failed or were stopped early: these are counted as that. */
function countLeftAlone(plan: readonly PlanPart[]): number {
  return plan.filter(({ state, needs }) => needs && !isFailure(state) && state !== 'stopped-early').length;
}

/** Runs left alone because their outcomes cannot be read. */
function countUnreadable(plan: readonly PlanPart[]): number {
  return plan.filter(({ unreadable }) => unreadable !== undefined).length;
}

interface Counts {
  failed: number;
  /** For want of their backend. */
  leftAlone: number;
  unreadable: number;
  command: string;
}

function formatCounts(runs: readonly RunEnding[], { failed, leftAlone, unreadable, command }: Counts): string {
  const count = (state: RunState) => runs.filter((run) => run.state === state).length;
  const succeeded = count('succeeded');
  const stoppedEarly = count('stopped-early');
  const open = Math.max(0, runs.length - succeeded - stoppedEarly - failed - leftAlone - unreadable);
  const stopped = Math.min(open, count('cancelled'));
  const parts = [`${succeeded} of ${plural(runs.length, 'run')} succeeded`];
  if (stoppedEarly > 0) parts.push(`${stoppedEarly} stopped early`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (leftAlone > 0) parts.push(`${leftAlone} left alone for want of ${leftAlone === 1 ? 'its' : 'their'} backend`);
  if (unreadable > 0) parts.push(`${unreadable} left alone, as ${unreadable === 1 ? 'its outcome' : 'their outcomes'} cannot be read`);
  if (open > 0)
    parts.push(
      `${open} not finished${stopped === 0 ? '' : ` (${stopped} stopped)`}: the same command goes on with ${open === 1 ? 'it' : 'them'}`,
    );
  return [`${parts.join(', ')}.`, ...adviseOnFailures({ diverged: count('diverged'), failed, command })].join('\n');
}

/** A run that has diverged does so again where nothing about it changes. */
function adviseOnFailures({ diverged, failed, command }: { diverged: number; failed: number; command: string }): string[] {
  const others = failed - diverged;
  const which = diverged > 0 ? `${plural(others, 'run')} that failed otherwise` : others === 1 ? 'the failed one' : 'the failed ones';
  return [
    ...(diverged === 0
      ? []
      : [`${plural(diverged, 'run')} diverged, and would again: change what it asks for, such as training.learningRate.`]),
    ...(others === 0 ? [] : [`Try ${which} again: ${command} --retry-failed`]),
  ];
}
