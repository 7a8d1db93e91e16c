// (pure) Runs as a table: a row a run, with all of its parameters and what it is worth in the end.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { RunResult } from '../compare/run-result.ts';
import type { Provenance } from '../records.ts';
import type { Cell, Column } from './table.ts';

export interface RunRow {
  result: RunResult;
  steps: number | null;
  epochs: number | null;
  /** null: it was not set up, or its run.json cannot be read. */
  provenance: Provenance | null;
}

/** The columns are the same for runs of equal parameters and metrics, and in this order. */
export function createRunTable(rows: readonly RunRow[]): { columns: Column[]; rows: Cell[][] } {
  const cells = rows.map(describeRun);
  const names = [...new Set(GROUPS.flatMap((group) => unite(cells.map((row) => [...row[group].keys()]))))];
  const flat = cells.map((row) => new Map(GROUPS.flatMap((group) => [...row[group]])));
  const columns = names.map((name): Column => ({ name, type: typeOf(flat.map((row) => row.get(name) ?? null)) }));
  return { columns, rows: flat.map((row) => columns.map(({ name, type }) => fit(row.get(name) ?? null, type))) };
}

const GROUPS = ['run', 'axes', 'parameters', 'judge', 'last', 'best', 'floor'] as const;
type Row = Record<(typeof GROUPS)[number], Map<string, Cell>>;

function describeRun({ result, steps, epochs, provenance }: RunRow): Row {
  const { work, last, best, judge } = result;
  const hasBest = best !== null;
  return {
    run: new Map<string, Cell>([
      ['experiment', result.experiment],
      ['run', result.id],
      ['state', result.state],
      ['current', result.current],
      ['created_at', provenance?.createdAt ?? null],
      ['backend', provenance?.backend?.version ?? null],
      ['commit', provenance?.git?.commit ?? null],
      ['data_identity', work?.dataIdentity ?? null],
      ['steps', steps],
      ['epochs', epochs],
      ['seconds', result.seconds],
      ['images_per_second', result.imagesPerSecond],
    ]),
    axes: prefixed('axis.', result.axes),
    parameters: new Map(work === null ? [] : flatten(work.config)),
    judge: new Map<string, Cell>([
      ['judged', judge.when],
      ['oracle', judge.oracle],
      ['pictures', judge.pictures],
      ['best_by', hasBest ? result.bestBy : null],
      ['best.step', best?.step ?? null],
      ['best.epoch', best?.epoch ?? null],
    ]),
    last: prefixed('last.', last),
    best: prefixed('best.', best?.values ?? {}),
    floor: prefixed('floor.', result.evaluation?.floor ?? {}),
  };
}

const prefixed = (prefix: string, values: Readonly<Record<string, Cell>>): Map<string, Cell> =>
  new Map(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

/** `training.seed` -> its value; lists as JSON. */
function flatten(config: RunConfig | object, path = ''): [string, Cell][] {
  return Object.entries(config).flatMap(([key, value]): [string, Cell][] => {
    const name = path === '' ? key : `${path}.${key}`;
    if (value === undefined) return [];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return flatten(value, name);
    return [[name, Array.isArray(value) ? JSON.stringify(value) : (value as Cell)]];
  });
}

/** All names, each behind the one that stands before it in the first list that has both. */
function unite(lists: readonly (readonly string[])[]): string[] {
  const names: string[] = [];
  const known = new Set<string>();
  for (const list of lists) {
    let at = 0;
    for (const name of list) {
      if (known.has(name)) at = Math.max(at, names.indexOf(name) + 1);
      else {
        names.splice(at++, 0, name);
        known.add(name);
      }
    }
  }
  return names;
}

function typeOf(cells: readonly Cell[]): Column['type'] {
  const types = new Set(cells.flatMap((cell) => (cell === null ? [] : [typeof cell])));
  if (types.size !== 1) return 'text';
  return types.has('number') ? 'number' : types.has('boolean') ? 'truth' : 'text';
}

function fit(cell: Cell, type: Column['type']): Cell {
  return type !== 'text' || cell === null || typeof cell === 'string' ? cell : JSON.stringify(cell);
}
