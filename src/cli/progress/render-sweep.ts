// (pure) A sweep under way as lines: one for the sweep, one for each run at work, then what went wrong.

import { chooseColumns, formatHead, uniteDeclared } from '../../experiment/metrics.ts';
import { formatDuration, formatNumber, formatSpeed } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import { fitLine, type Piece } from '../text/fit-line.ts';
import type { Paint } from '../text/paint.ts';
import { countRuns, estimateSecondsLeft, secondsLeftOf, shareOf, shareOfSweep } from './sweep-figures.ts';
import type { ShownRun, SweepView, ViewedRun } from './sweep-view.ts';

export interface Screen {
  columns: number;
  rows: number;
  paint: Paint;
}

/** No line is wider than the screen, and two rows of the screen stay free. */
export function renderSweep(view: SweepView, screen: Screen, nowMs: number): string[] {
  const runs = [...view.runs.values()];
  const failures = runs.filter(({ run, state }) => state === 'failed' && run.action !== 'skip');
  const active = [...runs.filter(({ state }) => state === 'active'), ...runs.filter(({ state }) => state === 'retrying')];
  const room = Math.max(2, screen.rows - 3);
  const roomForFailures = Math.min(failures.length, Math.max(1, Math.floor(room / 3)));
  const roomForDecisions = Math.min(view.decisions.length, MOST_DECISIONS, Math.floor(room / 4));
  const roomForRuns = Math.max(1, room - roomForFailures - roomForDecisions);
  const layout = { columns: screen.columns, idWidth: chooseIdWidth(active, screen.columns), nowMs };
  return [
    renderHead(view, screen.columns, nowMs),
    ...fold(active, roomForRuns, 'more at work').map((line) => ('run' in line ? renderRun(line, layout) : [line])),
    ...view.decisions.slice(view.decisions.length - roomForDecisions).map((text): Piece[] => [{ text: `  ${text}`, colour: 'yellow' }]),
    ...foldFailures(failures, roomForFailures).map((line) => ('run' in line ? renderFailure(line) : [line])),
  ].map((pieces) => fitLine(pieces, screen.columns, screen.paint));
}

const MOST_DECISIONS = 3;
const WIDE_COLUMNS = 100;
const NARROW_COLUMNS = 64;
const SHORTEST_ID = 14;
const BAR_CELLS = 16;

/** As many as there is room for; the last line says how many are left out. */
function fold(runs: ViewedRun[], room: number, what: string): (ViewedRun | Piece)[] {
  if (runs.length <= room) return runs;
  return [...runs.slice(0, room - 1), { text: `  … and ${runs.length - room + 1} ${what}`, colour: 'dim' }];
}

/** The newest matter most. */
function foldFailures(runs: ViewedRun[], room: number): (ViewedRun | Piece)[] {
  return fold([...runs].reverse(), room, 'more failed');
}

function chooseIdWidth(runs: ViewedRun[], columns: number): number {
  const figures = columns >= WIDE_COLUMNS ? 64 : columns >= NARROW_COLUMNS ? 44 : 18;
  return Math.min(Math.max(SHORTEST_ID, columns - figures), Math.max(0, ...runs.map(({ run }) => run.id.length)));
}

function renderHead(view: SweepView, columns: number, nowMs: number): Piece[] {
  const { total, done, failed, running, waiting } = countRuns(view);
  const share = shareOfSweep(view);
  const left = estimateSecondsLeft(view, nowMs);
  const isNarrow = columns < NARROW_COLUMNS;
  const end = view.stopping ? 'stopping; Ctrl-C again: at once' : left === undefined ? '' : `${formatDuration(left)} left`;
  return [
    { text: shorten(view.name, isNarrow ? SHORTEST_ID : 64), colour: 'bold' },
    { text: '  ' },
    ...(columns >= WIDE_COLUMNS ? renderBar(share) : []),
    { text: `${done}/${total} done`, colour: done > 0 ? 'green' : undefined },
    { text: failed > 0 ? `, ${failed} failed` : '', colour: 'red' },
    { text: isNarrow ? '' : `, ${running} running, ${waiting} waiting` },
    { text: end === '' ? '' : `  ${end}`, colour: 'yellow' },
  ];
}

function renderBar(share: number): Piece[] {
  const filled = Math.round(share * BAR_CELLS);
  return [
    { text: '━'.repeat(filled), colour: 'green' },
    { text: `${'─'.repeat(BAR_CELLS - filled)} `, colour: 'dim' },
  ];
}

interface Layout {
  columns: number;
  idWidth: number;
  nowMs: number;
}

function renderRun(viewed: ViewedRun, { columns, idWidth, nowMs }: Layout): Piece[] {
  const { progress, run } = viewed;
  const id: Piece = { text: `  ${shortenId(run.id, idWidth).padEnd(idWidth)}  `, colour: 'cyan' };
  if (viewed.state === 'retrying') return [id, { text: describeRetry(viewed, nowMs), colour: 'yellow' }];
  if (!progress) {
    const since = columns < NARROW_COLUMNS ? '' : ` (${formatDuration((nowMs - viewed.startedMs) / 1000)})`;
    return [id, { text: `${viewed.phase}${since}`, colour: 'dim' }];
  }
  const left = secondsLeftOf(viewed, nowMs);
  const end: Piece = { text: left === undefined ? '' : `${formatDuration(left)} left`, colour: 'yellow' };
  if (columns < NARROW_COLUMNS) return [id, { text: `${Math.floor(shareOf(viewed) * 100)}% ` }, end];
  return [
    id,
    ...(columns >= WIDE_COLUMNS ? renderBar(shareOf(viewed)) : []),
    { text: `epoch ${progress.epoch}/${progress.epochs} ` },
    { text: renderMetrics(progress.metrics, run) },
    { text: columns >= WIDE_COLUMNS ? `${formatSpeed(progress.imagesPerSecond)} images/s ` : '' },
    end,
  ];
}

function renderMetrics(metrics: Record<string, number>, { point }: ShownRun): string {
  const columns = chooseColumns(Object.keys(metrics), uniteDeclared([point.config])).slice(0, MOST_METRICS);
  return columns.map((metric) => `${formatHead(metric)} ${formatNumber(metrics[metric.name])} `).join('');
}

/** As many as fit into a line beside everything else. */
const MOST_METRICS = 2;

function describeRetry({ problem, retryAtMs }: ViewedRun, nowMs: number): string {
  const leftSeconds = ((retryAtMs ?? nowMs) - nowMs) / 1000;
  const wait = leftSeconds > 0 ? `again in ${formatDuration(leftSeconds)}` : 'waits for its next try';
  return `${wait}: ${shorten(problem ?? '', 200)}`;
}

function renderFailure({ run, problem }: ViewedRun): Piece[] {
  return [{ text: '✗', colour: 'red' }, { text: ` ${shortenId(run.id, 40)}  ` }, { text: shorten(problem ?? '', 200), colour: 'red' }];
}

/** The hash at the end tells runs apart, the beginning says what they are: the middle goes. */
function shortenId(id: string, width: number): string {
  if (id.length <= width) return id;
  const tail = 5;
  return `${id.slice(0, width - tail - 1)}…${id.slice(-tail)}`;
}
