// Shows a sweep while it runs: drawn over in place on a terminal, one line an event in a log or on a CI page.

import { chooseColumns, formatHead, uniteDeclared } from '../../experiment/metrics.ts';
import { formatDuration, formatNumber, formatSpeed, plural } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import type { ProgressMessage } from '../../results/child-messages.ts';
import { wordOf } from '../../results/states.ts';
import type { RunEnd } from '../../runner/schedule/schedule.ts';
import { makeHarmless } from '../harmless.ts';
import type { StopKind, TellOfStop } from '../stop-signals.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { createLiveRegion, isLiveTerminal } from './live-region.ts';
import { renderSweep } from './render-sweep.ts';
import { applyEvent, type ShownEvent } from './sweep-events.ts';
import { countRuns, estimateSecondsLeft } from './sweep-figures.ts';
import { createSweepView, type SweepView, type ViewOptions } from './sweep-view.ts';

export interface Reporter {
  onEvent(event: ShownEvent): void;
  onStop: TellOfStop;
  close(): void;
}

export interface ReporterOptions extends ViewOptions {
  /** What the sweep runs on, in a few words. */
  machine: string;
}

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

const REDRAW_MS = 200;

export function createReporter(options: ReporterOptions): Reporter {
  return isLiveTerminal(process.stdout) ? createLiveReporter(options) : createPlainReporter(options);
}

/** The sweep, the runs at work and what went wrong. A run that succeeds only adds to the counts; the summary lists it. */
function createLiveReporter({ machine, ...options }: ReporterOptions): Reporter {
  const paint = createPaint(process.stdout);
  const view = createSweepView(options);
  const region = createLiveRegion();
  const draw = () => region.draw((screen) => renderSweep(view, { ...screen, paint }, performance.now()));
  region.persist(paint('dim', machine));
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  return {
    onEvent: (event) => applyEvent(view, event, performance.now()),
    onStop(kind, by) {
      view.stopping = true;
      if (kind === 'forced' || by !== null) region.persist(describeStop(kind, by));
      draw();
    },
    close() {
      clearInterval(timer);
      region.close();
    },
  };
}

/** A line for each event that matters, and one for each epoch of each run. */
function createPlainReporter({ machine, ...options }: ReporterOptions): Reporter {
  const paint = createPaint(process.stdout);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const latest = new Map<string, Progress>();
  const view = createSweepView(options);
  print(`${view.name}: ${plural(countRuns(view).waiting, 'run')} to do on ${machine}`);

  /** Prints the last message of an epoch, once the run is in the next one or has ended. */
  const showEpoch = (id: string, next: Progress | undefined) => {
    const last = latest.get(id);
    if (last && last.epoch !== next?.epoch) print(describeEpoch(id, last, uniteDeclared([view.runs.get(id)?.run.point.config])));
    if (next) latest.set(id, next);
    else latest.delete(id);
  };
  return {
    onEvent(event) {
      applyEvent(view, event, performance.now());
      const { id } = event.run;
      if (event.type === 'launched') print(`> ${id}  ${event.run.action === 'resume' || event.attempt > 1 ? 'goes on' : 'started'}`);
      if (event.type === 'progress' && event.message.type === 'progress') showEpoch(id, event.message);
      if (event.type === 'retrying')
        print(`${paint('yellow', '↻')} ${id}  started again ${describeDelay(event.delayMs)}: ${makeHarmless(event.outcome.message)}`);
      if (event.type === 'gpu-set-aside') print(`${paint('red', '✗')} GPU ${event.gpu} is set aside: ${event.reason}`);
      if (event.type === 'decided' && event.decision.decision === 'promoted')
        print(`${paint('green', '↑')} ${id}  ${event.decision.reason}`);
      if (event.type === 'decided' && event.problem) print(`${paint('yellow', '!')} a decision is not in halving.jsonl: ${event.problem}`);
      if (event.type === 'failing-fast') print(`Stopping, as ${id} has failed (execution.failFast): each run finishes its step and saves.`);
      if (event.type === 'ended' || event.type === 'left') showEpoch(id, undefined);
      if (event.type === 'withdrawn') print(describeEnd(id, { kind: 'stopped', outcome: event.outcome }, paint));
      if (event.type !== 'ended') return;
      print(`${describeEnd(id, event.end, paint)}${paint('dim', describeSweep(view))}`);
    },
    onStop: (kind, by) => print(describeStop(kind, by)),
    close() {},
  };
}

function describeSweep(view: SweepView): string {
  const { total, done, failed, running, waiting } = countRuns(view);
  const left = running + waiting === 0 ? undefined : estimateSecondsLeft(view, performance.now());
  return `  (${done + failed} of ${total}${left === undefined ? '' : `, ${formatDuration(left)} left`})`;
}

function describeDelay(delayMs: number): string {
  return delayMs < 500 ? 'at once' : `in ${formatDuration(delayMs / 1000)}`;
}

function describeEpoch(
  id: string,
  { epoch, epochs, metrics, imagesPerSecond, secondsLeft }: Progress,
  declared: ReturnType<typeof uniteDeclared>,
): string {
  const speed = `${formatSpeed(imagesPerSecond)} images/s, ${formatDuration(secondsLeft)} left`;
  const values = chooseColumns(Object.keys(metrics), declared).map(
    (metric) => `${formatHead(metric)} ${formatNumber(metrics[metric.name])}, `,
  );
  return `  ${id}  epoch ${epoch}/${epochs}, ${values.join('')}${speed}`;
}

/** How an attempt at a run ended, in a line. */
function describeEnd(id: string, end: RunEnd, paint: Paint): string {
  const problem = end.problem === undefined ? '' : ` (${end.problem})`;
  if (end.kind === 'stopped') {
    const { steps, epochs } = end.outcome ?? { steps: 0, epochs: 0 };
    const after = steps === 0 ? 'before its first step' : `after step ${steps} (epoch ${epochs})`;
    return `${paint('yellow', '–')} ${id}  stopped ${after}; it goes on when you run the same command again${problem}`;
  }
  const { status, epochs, seconds, imagesPerSecond, note } = end.outcome;
  const message = makeHarmless(end.outcome.message); // may quote a log
  if (status === 'stopped-early') return `${paint('yellow', '–')} ${id}  ${message}${problem}`;
  if (status !== 'succeeded') return `${paint('red', '✗')} ${id}  ${paint('red', wordOf(status))}: ${message}${problem}`;
  return `${paint('green', '✓')} ${id}  ${plural(epochs, 'epoch')} in ${formatDuration(seconds)}, ${formatSpeed(imagesPerSecond)} images/s${note ? ` (${makeHarmless(note)})` : ''}${problem}`;
}

/** `by` comes from a file that anybody may have written. */
function describeStop(kind: StopKind, by: string | null): string {
  const asked = by === null ? '' : `, as asked by ${shorten(by, 100)}`;
  if (kind === 'forced') return `Ending the runs at once${asked}.`;
  return `Stopping${asked}: each run finishes its step and saves. Ctrl-C again ends them at once.`;
}
