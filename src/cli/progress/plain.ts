// Room: cli. Progress for a log or a CI page: a line an event, and one each epoch.

import type { ProgressMessage } from '../../results/records.ts';
import { makeHarmless } from '../harmless.ts';
import { countOf, formatDuration, formatLoss, formatSpeed } from '../text/format-quantities.ts';
import { createPaint } from '../text/paint.ts';
import { describeEnd } from './describe-end.ts';
import { describeStop } from './describe-stop.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { applyEvent } from './sweep-events.ts';
import { countRuns, estimateSecondsLeft } from './sweep-figures.ts';
import { createSweepView, type SweepView } from './sweep-view.ts';

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

export function createPlainReporter({ machine, ...options }: ReporterOptions): Reporter {
  const paint = createPaint(process.stdout);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const latest = new Map<string, Progress>();
  const view = createSweepView(options);
  print(`${view.name}: ${countOf(countRuns(view).waiting, 'run')} to do on ${machine}`);

  /** Once the run is in the next epoch, the last message of an epoch is what is to be said of it. */
  const showEpoch = (id: string, next: Progress | undefined) => {
    const last = latest.get(id);
    if (last && last.epoch !== next?.epoch) print(describeEpoch(id, last));
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

function describeEpoch(id: string, { epoch, epochs, lossD, lossG, imagesPerSecond, secondsLeft }: Progress): string {
  const speed = `${formatSpeed(imagesPerSecond)} images/s, ${formatDuration(secondsLeft)} left`;
  return `  ${id}  epoch ${epoch}/${epochs}, loss D ${formatLoss(lossD)}, loss G ${formatLoss(lossG)}, ${speed}`;
}
