// Room: cli. The live display: the sweep, the runs at work and what went wrong, drawn over in place. Runs that succeed
// only add to the counts; the summary lists them.

import { createPaint } from '../text/paint.ts';
import { describeStop } from './describe-stop.ts';
import { createLiveRegion } from './live-region.ts';
import { renderSweep } from './render-sweep.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { applyEvent } from './sweep-events.ts';
import { createSweepView } from './sweep-view.ts';

const REDRAW_MS = 200;

export function createTerminalReporter({ machine, ...options }: ReporterOptions): Reporter {
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
