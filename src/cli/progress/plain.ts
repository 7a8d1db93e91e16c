// Room: cli. Progress for a log or a CI page: a line an event, and one each epoch.

import type { ProgressMessage } from '../../results/records.ts';
import type { RunnerEvent } from '../../runner/run-experiment.ts';
import { countOf, formatDuration, formatLoss, formatSpeed } from '../format-quantities.ts';
import { createPaint } from '../paint.ts';
import { describeEnd } from './describe-end.ts';
import { describeStop } from './describe-stop.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

export function createPlainReporter({ name, plan, machine }: ReporterOptions): Reporter {
  const paint = createPaint(process.stdout);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const latest = new Map<string, Progress>();
  const waiting = plan.filter((run) => run.action !== 'skip').length;
  print(`${name}: ${countOf(waiting, 'run')} to do on ${machine}`);

  /** Once the run is in the next epoch, the last message of an epoch is what is to be said of it. */
  const showEpoch = (id: string, next: Progress | undefined) => {
    const last = latest.get(id);
    if (last && last.epoch !== next?.epoch) print(describeEpoch(id, last));
    if (next) latest.set(id, next);
    else latest.delete(id);
  };
  return {
    onEvent(event: RunnerEvent) {
      const { id } = event.run;
      if (event.type === 'launched') print(`> ${id}  ${event.run.action === 'resume' || event.attempt > 1 ? 'goes on' : 'started'}`);
      if (event.type === 'progress' && event.message.type === 'progress') showEpoch(id, event.message);
      if (event.type === 'retrying') print(`${paint('yellow', '↻')} ${id}  started again: ${event.outcome.message}`);
      if (event.type !== 'ended') return;
      showEpoch(id, undefined);
      print(describeEnd(id, event.end, paint));
    },
    onStop: (kind, by) => print(describeStop(kind, by)),
    close() {},
  };
}

function describeEpoch(id: string, { epoch, epochs, lossD, lossG, imagesPerSecond, secondsLeft }: Progress): string {
  const speed = `${formatSpeed(imagesPerSecond)} images/s, ${formatDuration(secondsLeft)} left`;
  return `  ${id}  epoch ${epoch}/${epochs}, loss D ${formatLoss(lossD)}, loss G ${formatLoss(lossG)}, ${speed}`;
}
