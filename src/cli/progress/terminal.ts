// Room: cli. The live display: what has ended scrolls up, what is at work is redrawn below it.

import logUpdate from 'log-update';
import { createPaint } from '../paint.ts';
import { describeEnd } from './describe-end.ts';
import { describeStop } from './describe-stop.ts';
import { renderSweep } from './render-sweep.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { applyEvent, createSweepView } from './sweep-view.ts';

const REDRAW_MS = 200;

export function createTerminalReporter({ name, plan, slots, machine }: ReporterOptions): Reporter {
  const paint = createPaint(process.stdout);
  const view = createSweepView(name, plan, slots);
  const draw = () => {
    const screen = { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24, paint };
    logUpdate(renderSweep(view, screen, performance.now()).join('\n'));
  };
  logUpdate.persist(paint('dim', machine));
  const timer = setInterval(draw, REDRAW_MS);
  return {
    onEvent(event) {
      applyEvent(view, event, performance.now());
      if (event.type === 'ended') logUpdate.persist(describeEnd(event.run.id, event.end, paint));
      if (event.type === 'retrying') logUpdate.persist(`${paint('yellow', '↻')} ${event.run.id}  started again: ${event.outcome.message}`);
    },
    onStop(kind, by) {
      view.stopping = true;
      if (kind === 'forced' || by !== null) logUpdate.persist(describeStop(kind, by));
      draw();
    },
    close() {
      clearInterval(timer);
      logUpdate.clear();
      logUpdate.done();
    },
  };
}
