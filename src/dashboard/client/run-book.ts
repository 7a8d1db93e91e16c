// The runs as the browser knows them: every reply of the server is added to what it sent before.

import type { RunChange, RunView } from '../wire.ts';
import { applyPatch, type RunCurves } from './charts/curves.ts';

export interface ClientRun {
  view: RunView;
  curves: RunCurves | null;
}

export interface RunBook {
  /** In the experiment's order. */
  runs(): ClientRun[];
  /** Returns whether anything is different. */
  apply(reply: { order?: string[]; runs: RunChange[] }): boolean;
}

export function createRunBook(): RunBook {
  let runs = new Map<string, ClientRun>();
  return {
    runs: () => [...runs.values()],
    apply({ order, runs: changes }) {
      for (const { id, view, series } of changes) {
        const old = runs.get(id);
        const newest = view ?? old?.view;
        if (!newest) continue; // curves without their run: the next full reply has both
        runs.set(id, { view: newest, curves: series ? applyPatch(old?.curves ?? null, series) : (old?.curves ?? null) });
      }
      if (order) runs = new Map(order.flatMap((id) => (runs.has(id) ? [[id, runs.get(id)!]] : [])));
      return changes.length > 0 || order !== undefined;
    },
  };
}
