// Curves and sample grids of some runs under one set of controls: what an experiment's page and a run's page share.

import { type CurveRuns, createCurvePanel } from './curves/curve-panel.ts';
import { createGridPanel } from './grids/grid-panel.ts';
import { onThemeChange } from './theme.ts';
import type { UrlState } from './url-state.ts';

export interface Workbench {
  /** Draws again in the next frame, once for any number of calls. */
  refresh(): void;
  highlight(id: string | null): void;
}

export interface WorkbenchOptions {
  urlState: UrlState;
  api: string;
  samplesUrl: string;
  /** Called before each drawing. */
  drawn: () => CurveRuns;
  onHighlight: (id: string | null) => void;
}

export function createWorkbench({ urlState, api, samplesUrl, drawn, onHighlight }: WorkbenchOptions): Workbench {
  const curves = createCurvePanel({ urlState, api, onHighlight: highlight, onChange: refreshCurves });
  const grids = createGridPanel({ urlState, samplesUrl, onHover: highlight, onEpoch: (epoch) => curves.moveEpoch(epoch) });
  onThemeChange(refresh);

  let frame = 0;
  let isGridsDue = false;
  let highlighted: string | null = null;

  function refresh(): void {
    isGridsDue = true;
    refreshCurves();
  }

  function refreshCurves(): void {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      const now = drawn();
      if (isGridsDue) grids.update(now.shown.map(({ view, style }) => ({ view, color: style.color })));
      isGridsDue = false;
      curves.update(now, grids.epoch());
    });
  }

  function highlight(id: string | null): void {
    if (id === highlighted) return;
    highlighted = id;
    curves.highlight(id);
    grids.highlight(id);
    onHighlight(id);
  }

  return { refresh, highlight };
}
