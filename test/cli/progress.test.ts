import { describe, expect, it } from 'vitest';
import { formatDuration, formatLoss, formatSpeed } from '../../src/cli/format-quantities.ts';
import type { Paint } from '../../src/cli/paint.ts';
import { renderSweep } from '../../src/cli/progress/render-sweep.ts';
import { applyEvent, createSweepView, estimateSecondsLeft, type SweepView } from '../../src/cli/progress/sweep-view.ts';
import { formatTable } from '../../src/cli/table.ts';
import type { OutcomeRecord, ProgressMessage } from '../../src/results/records.ts';
import { type PlannedRun, planRuns } from '../../src/runner/plan.ts';
import { createPoints } from '../helpers/sweep.ts';

const plain: Paint = (_colour, text) => text;
const colourful: Paint = (_colour, text) => `<${text}>`;
const slot = { index: 0, gpus: null, threads: 1 };
const message = (step: number, secondsLeft: number): ProgressMessage => ({
  ...{ type: 'progress', step, steps: 100, epoch: 3, epochs: 8 },
  ...{ lossD: 0.6123, lossG: 1.9, imagesPerSecond: 214.2, secondsLeft },
});

/** A sweep of six, two of which are at work: one half-way, one just started. */
function createBusyView(): { view: SweepView; plan: PlannedRun[] } {
  const plan = planRuns(createPoints(6), (id) => (id.startsWith('seed6') ? 'succeeded' : 'queued'));
  const view = createSweepView('attr-sweep', plan, 2);
  for (const run of plan.slice(0, 2)) applyEvent(view, { type: 'launched', run, slot, attempt: 1 }, 0);
  applyEvent(view, { type: 'progress', run: plan[0]!, message: message(50, 100) }, 100_000);
  applyEvent(view, { type: 'progress', run: plan[1]!, message: { type: 'phase', phase: 'loading data' } }, 100_000);
  return { view, plan };
}

describe('the live display', () => {
  it('has a line for the sweep and one for each run at work', () => {
    const { view, plan } = createBusyView();
    expect(renderSweep(view, { columns: 120, rows: 24, paint: plain }, 100_000)).toEqual([
      'attr-sweep  1/6 done, 2 running, 3 waiting  6m 40s left',
      `  ${plan[0]!.id}  ━━━━━━━━──────── epoch 3/8 D 0.612 G 1.900 214 images/s 1m 40s left`,
      `  ${plan[1]!.id}  loading data (1m 40s)`,
    ]);
  });

  it.each([20, 40, 60, 80, 100])('fits into %i columns, whatever the colours', (columns) => {
    const { view } = createBusyView();
    for (const line of renderSweep(view, { columns, rows: 24, paint: plain }, 0)) expect(line.length).toBeLessThanOrEqual(columns);
    const painted = renderSweep(view, { columns, rows: 24, paint: colourful }, 0);
    for (const line of painted) expect(line.replaceAll(/[<>]/g, '').length).toBeLessThanOrEqual(columns);
  });

  it('never grows higher than the terminal', () => {
    const plan = planRuns(createPoints(40), () => 'queued');
    const view = createSweepView('wide', plan, 40);
    for (const run of plan) applyEvent(view, { type: 'launched', run, slot, attempt: 1 }, 0);
    const lines = renderSweep(view, { columns: 80, rows: 12, paint: plain }, 0);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.at(-1)).toBe('  … and 32 more at work');
  });

  it('counts down between two messages, and counts what has ended', () => {
    const { view, plan } = createBusyView();
    expect(estimateSecondsLeft(view, 150_000)).toBeLessThan(estimateSecondsLeft(view, 100_000)!);
    const outcome: OutcomeRecord = {
      ...{ status: 'crashed' as const, message: '', finishedAt: '' },
      ...{ steps: 0, epochs: 0, seconds: 0, imagesPerSecond: null },
    };
    applyEvent(view, { type: 'ended', run: plan[0]!, slot, attempt: 1, end: { kind: 'finished', outcome } }, 200_000);
    expect(renderSweep(view, { columns: 80, rows: 24, paint: plain }, 200_000)[0]).toContain('1/6 done, 1 failed, 1 running, 3 waiting');
  });

  it('says nothing about the time left while nothing is known', () => {
    const view = createSweepView(
      'new',
      planRuns(createPoints(3), () => 'queued'),
      2,
    );
    expect(estimateSecondsLeft(view, 0)).toBeUndefined();
  });
});

it('lines up a table, numbers to the right', () => {
  const rows = [
    [{ text: 'one' }, { text: '7' }, { text: 'x' }],
    [{ text: 'longer' }, { text: '1000' }, { text: 'y' }],
  ];
  expect(formatTable(['run', 'n', 'why'], rows, { paint: plain, right: [1] }).split('\n')).toEqual([
    'run        n  why',
    'one        7  x',
    'longer  1000  y',
  ]);
});

it.each([
  [0.4, '0s'],
  [59.6, '1m 0s'],
  [3725, '1h 2m'],
  [100_000, '1d 3h'],
  [Number.NaN, '?'],
])('writes %d seconds as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

it('shows a loss that is no number as such', () => {
  expect([formatLoss(Number.NaN), formatLoss(Number.POSITIVE_INFINITY), formatLoss(undefined), formatLoss(0.6129)]).toEqual([
    'NaN',
    'Infinity',
    '-',
    '0.613',
  ]);
  expect([formatSpeed(null), formatSpeed(3.25), formatSpeed(214.4)]).toEqual(['-', '3.3', '214']);
});
