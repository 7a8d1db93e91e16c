// What `facet status` tells, as lines of text.

import { relative } from 'node:path';
import { chooseColumns, formatHead, type Metric, orderByNeed, uniteDeclared } from '../../experiment/metrics.ts';
import { formatBytes, formatDuration, formatSpeed, plural } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import { explainJudges } from '../../results/compare/describe-judge.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import type { RunState } from '../../results/records.ts';
import { RUN_STATES, type Tone, wordOf } from '../../results/states.ts';
import { createEndsFormat, describeEnds, type Ends } from '../compare/format-ends.ts';
import { describeNoteBriefly } from '../runs/describe-note.ts';
import type { DetailedStatus, ExperimentStatus, RunStatus } from './describe-status.ts';
import { cutLine, lengthOf } from './fit-line.ts';
import type { Paint } from './paint.ts';
import { colourOf } from './states.ts';
import { type Cell, chooseFitting, formatTable } from './table.ts';

export interface Paper {
  /** Infinity where lines may be as long as they like. */
  columns: number;
  /** Runs shown; those at work and those that failed come first. */
  mostRuns: number;
  paint: Paint;
}

/** One line each; two where one is too narrow. */
export function renderExperiments(experiments: readonly ExperimentStatus[], { columns, paint }: Paper): string[] {
  return experiments.flatMap((experiment) => renderHead(experiment, columns, paint));
}

/** A line for the experiment, one for each run, then what cannot be read. */
export function renderRuns(status: DetailedStatus, { columns, mostRuns, paint }: Paper): string[] {
  const { runs } = status;
  const shown = runs.length <= mostRuns ? runs : [...runs].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, mostRuns - 1));
  const hidden = runs.length - shown.length;
  const problems = [...status.problems, ...runs.flatMap((run) => run.problems)].slice(0, MOST_PROBLEMS);
  return [
    ...renderHead(status, columns, paint),
    ...(shown.length === 0 ? [] : renderTable(shown, columns, paint)),
    ...(hidden === 0 ? [] : [paint('dim', `… and ${plural(hidden, 'more run')}`)]),
    ...problems.map((problem) => cutLine(paint('yellow', shorten(problem, 300)), columns)),
  ];
}

/** For each experiment or run the line to print when it changes; it holds nothing that changes with every step. */
export function renderNews(status: readonly ExperimentStatus[] | DetailedStatus, paint: Paint): [key: string, line: string][] {
  const withoutLeft = (experiment: ExperimentStatus): [string, string] => [
    experiment.name,
    renderHead(
      { ...experiment, secondsLeft: null, runner: experiment.runner && { ...experiment.runner, lastSignMs: null } },
      Number.POSITIVE_INFINITY,
      paint,
    )[0]!,
  ];
  if (!('runs' in status)) return status.map(withoutLeft);
  return [
    withoutLeft(status),
    ...status.runs.map((run): [string, string] => {
      const cells = [COLUMNS.run!, COLUMNS.state!, COLUMNS.epoch!, COLUMNS.message!].map(({ cell }) =>
        cell({ ...run, lastWrittenMs: null }),
      );
      const line = cells.map(({ text, colour }) => paint(colour, text)).filter((text) => text !== '');
      return [`${status.name}/${run.id}`, `  ${line.join('  ')}`];
    }),
  ];
}

const MOST_PROBLEMS = 5;

function renderHead(experiment: ExperimentStatus, columns: number, paint: Paint): string[] {
  const { name, counts, total, runner, secondsLeft, bytes } = experiment;
  const parts = Object.entries(counts).map(([state, count]) => paint(colourOf(state as RunState), `${count} ${wordOf(state as RunState)}`));
  const left = secondsLeft === null ? '' : paint('yellow', `  ${formatDuration(secondsLeft)} left`);
  const what = `${paint('bold', shorten(name, 100))}  ${plural(total, 'run')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}${left}${paint('dim', describeSize(bytes))}`;
  if (!runner) return [cutLine(what, columns)];
  const heard = runner.lastSignMs === null ? '' : `, ${describeLastSign(runner.lastSignMs, Date.now())}`;
  const role = runner.waitsBehind === null ? 'run by' : `waits until ${shorten(runner.waitsBehind)} has ended:`;
  const log = runner.log === null ? [] : [cutLine(`  its output: ${shorten(nameFromHere(runner.log), 300)}`, columns)];
  const who = `  ${role} process ${runner.pid} on ${shorten(runner.host)} since ${shorten(runner.since)}${heard}`;
  return lengthOf(what + who) <= columns ? [what + who, ...log] : [cutLine(what, columns), cutLine(who, columns), ...log];
}

/** "  12 MB, 3 MB of it in .trash" */
function describeSize(bytes: ExperimentStatus['bytes']): string {
  if (bytes === null) return '';
  const trash = bytes.trash === 0 ? '' : `, ${formatBytes(bytes.trash)} of it in .trash`;
  const reproductions = bytes.reproductions === 0 ? '' : `, ${formatBytes(bytes.reproductions)} in repetitions`;
  return `  ${formatBytes(bytes.total)}${trash}${reproductions}`;
}

function nameFromHere(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}

interface Column {
  title: string;
  right?: boolean;
  cell: (run: RunStatus) => Cell;
}

const COLUMNS: Record<string, Column> = {
  run: { title: 'run', cell: ({ id, current }) => ({ text: shorten(id, 100), colour: current ? undefined : 'dim' }) },
  state: { title: 'state', cell: ({ state }) => ({ text: wordOf(state), colour: colourOf(state) }) },
  epoch: { title: 'epoch', right: true, cell: ({ epoch, epochs }) => ({ text: epochs === null ? '-' : `${epoch}/${epochs}` }) },
  speed: { title: 'images/s', right: true, cell: ({ imagesPerSecond }) => ({ text: formatSpeed(imagesPerSecond) }) },
  left: { title: 'left', right: true, cell: ({ secondsLeft }) => ({ text: secondsLeft === null ? '-' : formatDuration(secondsLeft) }) },
  size: { title: 'size', right: true, cell: ({ bytes }) => ({ text: bytes === null ? '' : formatBytes(bytes) }) },
  attempts: { title: 'tries', right: true, cell: ({ attempts }) => ({ text: attempts === 0 ? '-' : String(attempts) }) },
  note: {
    title: 'note',
    cell: ({ ownNote, tags }) => ({ text: describeNoteBriefly({ text: ownNote, tags }) }),
  },
  message: {
    title: '',
    cell: ({ message, note, state, lastWrittenMs }) => {
      const written =
        lastWrittenMs === null ? null : `last written ${formatDuration(Math.max(0, (Date.now() - lastWrittenMs) / 1000))} ago`;
      const text = state === 'succeeded' ? note : [message, written, note].filter((part) => part !== null).join(' ');
      return text ? { text: shorten(text, 200), colour: 'dim' } : { text: '' };
    },
  },
};
const LEAST_MESSAGE = 16;

/** Behind the epoch a column for each metric that any of the runs has recorded. */
function listColumns(runs: readonly RunStatus[]): Record<string, Column> {
  const { run, state, epoch, ...rest } = COLUMNS;
  const endsOf = ({ metrics, best }: RunStatus): Ends => ({ last: metrics, best: best?.metrics });
  const metrics = chooseMetrics(runs).map((metric): [string, Column] => {
    const format = createEndsFormat(metric, runs.map(endsOf));
    return [`metric ${metric.name}`, { title: formatHead(metric), right: true, cell: (each) => ({ text: format(endsOf(each)) }) }];
  });
  return { run: run!, state: state!, epoch: epoch!, ...Object.fromEntries(metrics), ...rest };
}

function chooseMetrics(runs: readonly RunStatus[]): Metric[] {
  return chooseColumns(
    runs.flatMap((each) => Object.keys(each.metrics)),
    unite(runs),
  );
}

/** What the runs' own trainers say of their metrics. */
const unite = (runs: readonly RunStatus[]) => uniteDeclared(runs.map(({ declared }) => ({ trainer: { metrics: declared } })));

/** A line a run, then what marks in it mean, then messages for which there was no room. */
export function renderTable(runs: readonly RunStatus[], columns: number, paint: Paint): string[] {
  const table = listColumns(runs);
  const hasMessages = runs.some((run) => table.message!.cell(run).text !== '');
  const hasSizes = runs.some(({ bytes }) => bytes !== null);
  const hasNotes = runs.some((run) => table.note!.cell(run).text !== '');
  const metrics = orderByNeed(chooseMetrics(runs)).map(({ name }) => `metric ${name}`);
  const names = chooseFitting(
    Object.keys(table).filter(
      (name) => (name !== 'message' || hasMessages) && (name !== 'note' || hasNotes) && (name !== 'size' || hasSizes),
    ),
    {
      columns,
      widthOf: (name) =>
        name === 'message' ? LEAST_MESSAGE : Math.max(table[name]!.title.length, ...runs.map((run) => table[name]!.cell(run).text.length)),
      dispensable: ['speed', 'attempts', 'size', 'message', 'note', ...metrics, 'left', 'epoch'], // messages then follow below
    },
  );
  const chosen = names.map((name) => table[name]!);
  const rows = runs.map((run) => chosen.map(({ cell }) => cell(run)));
  const right = chosen.flatMap((column, index) => (column.right ? [index] : []));
  const text = formatTable(
    chosen.map(({ title }) => title),
    rows,
    { paint, right },
  );
  const failed = hasMessages && !names.includes('message') ? runs.filter((run) => table.message!.cell(run).text !== '') : [];
  const messages = failed.map((run) => `${table.run!.cell(run).text}: ${paint('dim', table.message!.cell(run).text)}`);
  const figures = names.filter((name) => name.startsWith('metric ')).flatMap((name) => runs.map((run) => table[name]!.cell(run)));
  const ends = describeEnds(
    figures,
    runs.flatMap(({ best }) => best?.by ?? []),
    unite(runs),
  );
  const notes = [ends, ...explainJudges(runs.map(({ judge }) => judge))].filter((line) => line !== '').map((line) => paint('dim', line));
  return [...text.split('\n').map((line) => line.trimEnd()), ...notes, ...messages].map((line) => cutLine(line, columns));
}

/** The order of the rows where not all runs fit. */
const RANKS: Record<Tone, number> = { active: 0, bad: 1, open: 2, good: 3, quiet: 3 };

function rank({ state, current }: RunStatus): number {
  return current ? RANKS[RUN_STATES[state].tone] : 4;
}
