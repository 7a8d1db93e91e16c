// The runs as the browser knows them: every reply of the server is added to what it sent before.

import type { RunChange, RunView } from '../wire.ts';
import { applyPatch, type RunCurves } from './charts/curves.ts';

export interface KnownRun {
  view: RunView;
  curves: RunCurves | null;
}

export interface RunBook {
  /** In the experiment's order. */
  runs(): KnownRun[];
  /** Returns whether anything is different. */
  apply(reply: { order?: string[]; runs: RunChange[] }): boolean;
}

export function createRunBook(): RunBook {
  let runs = new Map<string, KnownRun>();
  return {
    runs: () => [...runs.values()],
    apply({ order, runs: changes }) {
      for (const { id, view, series } of changes) {
        const known = runs.get(id);
        const newest = view ?? known?.view;
        if (!newest) continue; // curves without their run: the next full reply has both
        runs.set(id, { view: newest, curves: series ? applyPatch(known?.curves ?? null, series) : (known?.curves ?? null) });
      }
      if (order) runs = new Map(order.flatMap((id) => (runs.has(id) ? [[id, runs.get(id)!]] : [])));
      return changes.length > 0 || order !== undefined;
    },
  };
}
