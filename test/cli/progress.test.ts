import { describe, expect, it } from 'vitest';
import { estimateSeconds, type Work } from '../../src/cli/progress/estimate.ts';
import { isLiveTerminal } from '../../src/cli/progress/live-region.ts';
import { renderSweep } from '../../src/cli/progress/render-sweep.ts';
import { applyEvent, type ShownEvent } from '../../src/cli/progress/sweep-events.ts';
import { estimateSecondsLeft } from '../../src/cli/progress/sweep-figures.ts';
import { createSweepView, type SweepView } from '../../src/cli/progress/sweep-view.ts';
import type { Paint } from '../../src/cli/text/paint.ts';
import { formatTable } from '../../src/cli/text/table.ts';
import { type RunConfig, runConfigSchema } from '../../src/experiment/schema/schema.ts';
import type { ProgressMessage } from '../../src/results/child-messages.ts';
import type { OutcomeRecord } from '../../src/results/records.ts';
import { type PlannedRun, planRuns } from '../../src/runner/plan/plan.ts';
import { createPoints } from '../helpers/sweep.ts';

const plain: Paint = (_colour, text) => text;
const colourful: Paint = (_colour, text) => `<${text}>`;
const message = (step: number, secondsLeft: number): ProgressMessage => ({
  type: 'progress',
  step,
  steps: 100,
  epoch: 3,
  epochs: 8,
  metrics: { lossD: 0.6123, lossG: 1.9 },
  imagesPerSecond: 214.2,
  secondsLeft,
});
const ended = (run: PlannedRun, status: OutcomeRecord['status'], words = ''): ShownEvent => {
  const outcome = { status, message: words, finishedAt: '', steps: 100, epochs: 8, seconds: 0, imagesPerSecond: null };
  return { type: 'ended', run, attempt: 1, end: { kind: 'finished', outcome } };
};
const screen = (columns: number, rows = 24, paint = plain) => ({ columns, rows, paint });

/** A sweep of six, two of which are at work: one half-way, one just started. */
function createBusyView(): { view: SweepView; plan: PlannedRun[] } {
  const plan = planRuns(createPoints(6), (id) => (id.startsWith('seed6') ? 'succeeded' : 'queued'));
  const view = createSweepView({ name: 'attr-sweep', plan, slots: 2 });
  for (const run of plan.slice(0, 2)) applyEvent(view, { type: 'launched', run, attempt: 1 }, 0);
  applyEvent(view, { type: 'progress', run: plan[0]!, message: message(50, 100) }, 100_000);
  applyEvent(view, { type: 'progress', run: plan[1]!, message: { type: 'phase', phase: 'loading data' } }, 100_000);
  return { view, plan };
}

it('counts runs that are not begun, of which only the number is known, like those that are', () => {
  const config = runConfigSchema.parse({ attributes: ['Male'] });
  const works: Work[] = [
    { config, state: 'active', step: 50, steps: 100, secondsPerStep: 0.5, secondsLeft: null },
    { config: null, state: 'waiting', step: 0, steps: null, secondsPerStep: null, secondsLeft: null },
  ];
  expect(estimateSeconds(works, { slots: 1, overheadSeconds: 0 })).toBeCloseTo(75);
});

describe('the live display', () => {
  it('has a line for the sweep and one for each run at work', () => {
    const { view, plan } = createBusyView();
    // 2 s a step and 100 steps a run: the slots end after 100 + 200 + 200 s and 200 + 200 s.
    expect(renderSweep(view, screen(120), 100_000)).toEqual([
      'attr-sweep  ━━━━──────────── 1/6 done, 2 running, 3 waiting  8m 20s left',
      `  ${plan[0]!.id}  ━━━━━━━━──────── epoch 3/8 loss D 0.612 loss G 1.900 214 images/s 1m 40s left`,
      `  ${plan[1]!.id}  loading data (1m 40s)`,
    ]);
  });

  it.each([20, 40, 60, 80, 100])('fits into %i columns, whatever the colours', (columns) => {
    const { view, plan } = createBusyView();
    applyEvent(view, ended(plan[1]!, 'crashed', 'Killed by SIGSEGV. Last line of its log: something long '.repeat(3)), 0);
    const lines = renderSweep(view, screen(columns), 0);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines).toHaveLength(3);
    const painted = renderSweep(view, screen(columns, 24, colourful), 0);
    for (const line of painted) expect(line.replaceAll(/[<>]/g, '').length).toBeLessThanOrEqual(columns);
  });

  it('says in 40 columns what matters: how many are done, how far each is, how long it takes', () => {
    const { view, plan } = createBusyView();
    expect(renderSweep(view, screen(40), 100_000)).toEqual([
      'attr-sweep  1/6 done  8m 20s left',
      `  ${plan[0]!.id}  50% 1m 40s left`,
      `  ${plan[1]!.id}  loading data`,
    ]);
  });

  it('never grows higher than the terminal, and says how many runs it leaves out', () => {
    const plan = planRuns(createPoints(40), () => 'queued');
    const view = createSweepView({ name: 'wide', plan, slots: 40 });
    for (const run of plan) applyEvent(view, { type: 'launched', run, attempt: 1 }, 0);
    const lines = renderSweep(view, screen(80, 12), 0);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.at(-1)).toBe('  … and 32 more at work');
    for (const run of plan.slice(0, 20)) applyEvent(view, ended(run, 'failed', 'no'), 0);
    const later = renderSweep(view, screen(80, 12), 0);
    expect(later.length).toBeLessThanOrEqual(10);
    expect(later.at(-1)).toBe('  … and 18 more failed');
  });

  it('folds what has succeeded into the count, and keeps what has failed', () => {
    const { view, plan } = createBusyView();
    applyEvent(view, ended(plan[0]!, 'succeeded'), 200_000);
    applyEvent(view, ended(plan[1]!, 'crashed', 'Killed by SIGSEGV.\u001b[2J'), 200_000);
    expect(renderSweep(view, screen(80), 200_000)).toEqual([
      'attr-sweep  2/6 done, 1 failed, 0 running, 3 waiting  6m 40s left',
      `✗ ${plan[1]!.id}  Killed by SIGSEGV.\\u{1b}[2J`,
    ]);
  });

  it('shows the wait before a retry, and which GPU was set aside', () => {
    const { view, plan } = createBusyView();
    const { end } = ended(plan[0]!, 'crashed', 'Killed by SIGSEGV.') as { end: { outcome: OutcomeRecord } };
    applyEvent(view, { type: 'retrying', run: plan[0]!, attempt: 1, outcome: end.outcome, delayMs: 30_000 }, 200_000);
    applyEvent(view, { type: 'gpu-set-aside', run: plan[0]!, gpu: 'GPU-5b6c', reason: '3 runs failed on it' }, 200_000);
    expect(renderSweep(view, screen(100), 210_000).slice(1)).toEqual([
      `  ${plan[1]!.id}  loading data (3m 30s)`,
      `  ${plan[0]!.id}  again in 20s: Killed by SIGSEGV.`,
      '  GPU GPU-5b6c is set aside: 3 runs failed on it',
    ]);
  });
});

describe('the time left', () => {
  it('counts down between two messages', () => {
    const { view } = createBusyView();
    expect(estimateSecondsLeft(view, 100_000)).toBe(500);
    expect(estimateSecondsLeft(view, 100_500)).toBe(499.5);
    expect(estimateSecondsLeft(view, 150_000)).toBe(450);
  });

  it('is not told while nothing is known', () => {
    const plan = planRuns(createPoints(3), () => 'queued');
    expect(estimateSecondsLeft(createSweepView({ name: 'new', plan, slots: 2 }), 0)).toBeUndefined();
  });

  it('leaves out what a run has done before it was interrupted', () => {
    const plan = planRuns(createPoints(2), () => 'interrupted');
    const view = createSweepView({ name: 'again', plan, slots: 1, stepsBefore: () => 80 });
    applyEvent(view, { type: 'launched', run: plan[0]!, attempt: 1 }, 0);
    applyEvent(view, { type: 'progress', run: plan[0]!, message: message(90, 20) }, 10_000);
    expect(estimateSecondsLeft(view, 10_000)).toBe(20 + 40);
  });

  it('adds to each waiting run what those before took besides their steps', () => {
    const plan = planRuns(createPoints(2), () => 'queued');
    const view = createSweepView({ name: 'slow to start', plan, slots: 1 });
    applyEvent(view, { type: 'launched', run: plan[0]!, attempt: 1 }, 0);
    applyEvent(view, { type: 'progress', run: plan[0]!, message: message(99, 1) }, 129_000);
    applyEvent(view, { type: 'progress', run: plan[0]!, message: message(100, 0) }, 130_000);
    applyEvent(view, ended(plan[0]!, 'succeeded'), 130_000); // 100 s of steps in 130 s
    expect(estimateSecondsLeft(view, 130_000)).toBe(130);
  });

  it('takes other kinds of run for as much longer as their networks and batches are larger', () => {
    const [small, wide, large] = [{}, { model: { width: 128 } }, { training: { batchSize: 256 } }].map((more) =>
      runConfigSchema.parse({
        attributes: ['Male'],
        dataset: { images: 1280 },
        model: { width: 64 },
        training: { batchSize: 128, epochs: 10 },
        ...more,
      }),
    );
    const done: Work = { config: small!, state: 'ended', step: 100, steps: 100, secondsPerStep: 2, secondsLeft: null };
    const waiting = (config: RunConfig | undefined): Work => ({
      ...done,
      config: config!,
      state: 'waiting',
      step: 0,
      steps: null,
      secondsPerStep: null,
    });
    const estimate = (...works: Work[]) => estimateSeconds([done, ...works], { slots: 1, overheadSeconds: 0 });
    expect(estimate(waiting(small))).toBeCloseTo(200);
    expect(estimate(waiting(wide))).toBeCloseTo(800);
    expect(estimate(waiting({ ...large!, training: { ...large!.training, epochs: 10 } }))).toBeCloseTo(200); // half the steps, twice as long
    expect(estimateSeconds([done, waiting(small), waiting(small), waiting(small)], { slots: 2, overheadSeconds: 0 })).toBeCloseTo(400);
  });
});

describe('where lines cannot be drawn over', () => {
  it.each([
    ['a pipe', { isTTY: false }, {}, false],
    ['a terminal', { isTTY: true }, { TERM: 'xterm' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['a CI page', { isTTY: true }, { CI: 'true' }, false],
    ['a shell that says it is not CI', { isTTY: true }, { CI: 'false' }, true],
  ])('%s', (_case, stream, environment, isLive) => expect(isLiveTerminal(stream, environment)).toBe(isLive));
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
