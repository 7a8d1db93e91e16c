// The runs as the browser knows them: every reply of the server is added to what it sent before.

import type { RunChange, RunView } from '../wire.ts';

export interface RunBook {
  /** In the experiment's order. */
  runs(): RunView[];
  /** Returns whether anything is different. */
  apply(reply: { order?: string[]; runs: RunChange[] }): boolean;
}

export function createRunBook(): RunBook {
  let runs = new Map<string, RunView>();
  return {
    runs: () => [...runs.values()],
    apply({ order, runs: changes }) {
      for (const { id, view } of changes) if (view) runs.set(id, view);
      if (order) runs = new Map(order.flatMap((id) => (runs.has(id) ? [[id, runs.get(id)!]] : [])));
      return changes.length > 0 || order !== undefined;
    },
  };
}
