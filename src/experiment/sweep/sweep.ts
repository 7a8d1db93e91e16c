// (pure) Axes -> points, in a stable order.

import { resolveDataset } from '../schema/dataset.ts';
import { getField } from '../schema/fields.ts';
import type { YamlMap } from '../yaml/yaml-node.ts';
import type { Assignment, Axis } from './axis.ts';
import { createAxisLabel, createValueKey } from './axis.ts';
import type { Bases } from './bases.ts';
import type { Exclusion, Inclusion } from './read-points.ts';

export const MAX_RUNS = 100_000;

/** A point before its configuration is put together: what the axes say, and what a person reads for it. */
export interface Draft {
  assignments: readonly Assignment[];
  axes: Record<string, string>;
  /** Set for a point of include. */
  node: YamlMap | undefined;
}

export interface Sweep {
  axes: readonly Axis[];
  exclude: readonly Exclusion[];
  include: readonly Inclusion[];
}

/** How many points the sweep has before any is left out; may be Infinity. */
export function countPoints(sweep: Sweep): number {
  return sweep.include.length + (hasProduct(sweep) ? sweep.axes.reduce((product, axis) => product * axis.size, 1) : 0);
}

/**
 * Every combination of the axes, the last one changing fastest, without the excluded ones, then the included ones.
 * Without axes that is the file's own configuration; with include alone it is only what include names.
 */
export function* expandSweep(sweep: Sweep, bases: Bases): Generator<Draft> {
  const fields = sweep.axes.flatMap((axis) => axis.fields);
  if (hasProduct(sweep)) {
    for (const combination of combine(sweep.axes.map((axis) => axis.choices()))) {
      const assignments = bases.settle(combination);
      if (sweep.exclude.some((exclusion) => isExcluded(assignments, exclusion))) continue;
      yield { assignments, axes: Object.fromEntries(assignments.map(({ field, label }) => [field, label])), node: undefined };
    }
  }
  const labelBase = createBaseLabels(sweep.axes);
  for (const { assignments: written, node } of sweep.include) {
    const assignments = bases.settle(written);
    const own = bases.baseOf(assignments);
    const base = { ...own, dataset: resolveDataset(own.dataset) };
    const labelOf = new Map(assignments.map(({ field, label }) => [field, label]));
    const labels = [...fields.map((field) => [field, labelOf.get(field) ?? labelBase(field, getField(base, field))]), ...labelOf];
    yield { assignments, axes: Object.fromEntries(labels), node };
  }
}

function hasProduct(sweep: Sweep): boolean {
  return sweep.axes.length > 0 || sweep.include.length === 0;
}

/** Counts like an odometer. */
function* combine(columns: readonly (readonly (readonly Assignment[])[])[]): Generator<Assignment[]> {
  const wheel = columns.map(() => 0);
  for (;;) {
    yield columns.flatMap((column, i) => column[wheel[i]!]!);
    let turning = columns.length - 1;
    while (turning >= 0 && ++wheel[turning]! === columns[turning]!.length) wheel[turning--] = 0;
    if (turning < 0) return;
  }
}

function isExcluded(assignments: readonly Assignment[], exclusion: Exclusion): boolean {
  let matched = 0;
  for (const { field, key } of assignments) {
    const wanted = exclusion.get(field);
    if (wanted === undefined) continue;
    if (wanted !== key) return false;
    matched++;
  }
  return matched === exclusion.size;
}

/** The label of a point's own value: the name that its axis gives to it, where it does. */
function createBaseLabels(axes: readonly Axis[]): (field: string, value: unknown) => string {
  const labels = new Map<string, string>();
  return (field, value) => {
    const key = createValueKey(value);
    const cached = labels.get(`${field}\0${key}`);
    if (cached !== undefined) return cached;
    const axis = axes.find(({ fields }) => fields.includes(field));
    const same = axis
      ?.choices()
      .flat()
      .find((assignment) => assignment.field === field && assignment.key === key);
    const label = same?.label ?? createAxisLabel(value);
    labels.set(`${field}\0${key}`, label);
    return label;
  };
}
