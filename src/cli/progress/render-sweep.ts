// Room: cli (pure). A sweep under way as lines: one for the sweep, one for each run at work.

import { fitLine, type Piece } from '../fit-line.ts';
import { formatDuration, formatLoss, formatSpeed } from '../format-quantities.ts';
import type { Paint } from '../paint.ts';
import { type ActiveRun, estimateSecondsLeft, type SweepView, secondsLeftOf } from './sweep-view.ts';

export interface Screen {
  columns: number;
  rows: number;
  paint: Paint;
}

/** Never wider than the screen, nor higher than all of it but two rows. */
export function renderSweep(view: SweepView, screen: Screen, nowMs: number): string[] {
  const active = [...view.active.values()];
  const room = Math.max(1, screen.rows - 4);
  const shown = active.slice(0, room);
  const idWidth = Math.min(Math.max(SHORTEST_ID, screen.columns - FIGURES_COLUMNS), Math.max(0, ...shown.map(({ run }) => run.id.length)));
  const lines = shown.map((run) => renderRun(run, { idWidth, isWide: screen.columns >= WIDE_COLUMNS, nowMs }));
  if (active.length > shown.length) lines.push([{ text: `  … and ${active.length - shown.length} more at work`, colour: 'dim' }]);
  return [renderHead(view, nowMs), ...lines].map((pieces) => fitLine(pieces, screen.columns, screen.paint));
}

const WIDE_COLUMNS = 100;
const FIGURES_COLUMNS = 64;
const SHORTEST_ID = 20;
const BAR_CELLS = 16;

function renderHead(view: SweepView, nowMs: number): Piece[] {
  const left = estimateSecondsLeft(view, nowMs);
  return [
    { text: view.name, colour: 'bold' },
    { text: `  ${view.done}/${view.total} done`, colour: view.done > 0 ? 'green' : undefined },
    { text: view.failed > 0 ? `, ${view.failed} failed` : '', colour: 'red' },
    { text: `, ${view.active.size} running, ${view.waiting} waiting` },
    {
      text: view.stopping ? '  stopping; Ctrl-C again: at once' : left === undefined ? '' : `  ${formatDuration(left)} left`,
      colour: 'yellow',
    },
  ];
}

function renderRun(run: ActiveRun, { idWidth, isWide, nowMs }: { idWidth: number; isWide: boolean; nowMs: number }): Piece[] {
  const { progress } = run;
  const id: Piece = { text: `  ${shortenId(run.run.id, idWidth).padEnd(idWidth)}  `, colour: 'cyan' };
  if (!progress) return [id, { text: `${run.phase} (${formatDuration((nowMs - run.startedMs) / 1000)})`, colour: 'dim' }];
  const share = progress.steps > 0 ? Math.min(1, progress.step / progress.steps) : 0;
  const filled = Math.round(share * BAR_CELLS);
  const left = secondsLeftOf(run, nowMs);
  return [
    id,
    { text: isWide ? `${'━'.repeat(filled)}` : '', colour: 'green' },
    { text: isWide ? `${'─'.repeat(BAR_CELLS - filled)} ` : '', colour: 'dim' },
    { text: `epoch ${progress.epoch}/${progress.epochs} ` },
    { text: `D ${formatLoss(progress.lossD)} G ${formatLoss(progress.lossG)} ` },
    { text: `${formatSpeed(progress.imagesPerSecond)} images/s ` },
    { text: left === undefined ? '' : `${formatDuration(left)} left`, colour: 'yellow' },
  ];
}

/** The hash at the end tells runs apart, the beginning says what they are: the middle goes. */
function shortenId(id: string, width: number): string {
  if (id.length <= width) return id;
  const tail = 5;
  return `${id.slice(0, width - tail - 1)}…${id.slice(-tail)}`;
}
