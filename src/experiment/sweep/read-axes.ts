// (pure) grid, zip and random of a sweep -> axes with checked values.

import type { z } from 'zod';
import { describeMetric } from '../metrics.ts';
import { checkNode } from '../schema/check.ts';
import { sweepableField } from '../schema/fields.ts';
import type { DeclaredMetrics } from '../schema/sections/trainer.ts';
import { type HalvingConfig, openSweepSchema, sweepSchema } from '../schema/sweep-schema.ts';
import { isEmpty, isReset, type YamlMap } from '../yaml/yaml-node.ts';
import type { Assignment } from './axis.ts';
import { type AxesRead, type Axis, readColumn } from './axis.ts';
import { readRandom } from './read-random.ts';

/**
 * Reads what it can: reports wrong values and leaves them out; an axis without values sets nothing. `anyMetric`: halving may name a
 * metric that the table lacks. `declared`: what the file says of metrics of its own trainer.
 */
export function readAxes(sweep: YamlMap, { anyMetric, declared = {} }: { anyMetric: boolean; declared?: DeclaredMetrics }): AxesRead {
  const { faults, halving } = checkStructure(sweep, { schema: anyMetric ? openSweepSchema : sweepSchema, declared });
  const read: AxesRead = { axes: [], values: new Map(), halving, faults };
  const grid = sweep.entries.get('grid')?.value;
  if (grid?.kind === 'map') read.axes.push(...readGrid(grid, read));
  const zip = sweep.entries.get('zip')?.value;
  if (zip?.kind === 'list')
    for (const [index, group] of zip.items.entries()) if (group.kind === 'map') read.axes.push(...readGroup(group, index, read));
  const random = sweep.entries.get('random')?.value;
  if (random?.kind === 'map') read.axes.push(...readRandom(random, read));
  return read;
}

/** Checks the sweep's form. Leaves out faults about axes whose field does not exist: readColumn reports those. */
function checkStructure(
  sweep: YamlMap,
  { schema, declared }: { schema: typeof sweepSchema | typeof openSweepSchema; declared: DeclaredMetrics },
): Pick<AxesRead, 'faults' | 'halving'> {
  const { faults, wrong, value } = checkNode<z.infer<typeof openSweepSchema>>(schema, withoutEmpty(sweep), ['sweep']);
  const reported = faults.filter((_, index) => {
    const [block, first, second] = wrong[index]!;
    const field = block === 'grid' ? first : block === 'zip' ? second : undefined;
    return typeof field !== 'string' || sweepableField(field) !== undefined;
  });
  return { faults: reported, halving: value?.halving && resolveHalving(value.halving, declared) };
}

function resolveHalving(halving: Omit<HalvingConfig, 'mode'> & Partial<HalvingConfig>, declared: DeclaredMetrics): HalvingConfig {
  const own = Object.hasOwn(declared, halving.metric) ? declared[halving.metric]?.better : undefined;
  return { ...halving, mode: halving.mode ?? own ?? describeMetric(halving.metric, 'step').better ?? 'min' };
}

function readGrid(grid: YamlMap, read: AxesRead): Axis[] {
  const axes: Axis[] = [];
  for (const [field, entry] of grid.entries) {
    const path = ['sweep', 'grid', field];
    const values = readColumn({ field, node: entry.value, place: entry.keyPlace, path }, read);
    if (values === undefined) continue;
    const unique = keepFirstOfEach(values);
    read.values.set(field, unique);
    if (unique.length > 0) axes.push({ fields: [field], title: field, size: unique.length, choices: () => unique.map((value) => [value]) });
  }
  return axes;
}

function readGroup(group: YamlMap, index: number, read: AxesRead): Axis[] {
  const columns: (Assignment | undefined)[][] = [];
  const fields: string[] = [];
  for (const [field, entry] of group.entries) {
    const path = ['sweep', 'zip', index, field];
    const values = readColumn({ field, node: entry.value, place: entry.keyPlace, path }, read);
    if (values === undefined) continue;
    read.values.set(
      field,
      values.filter((value) => value !== undefined),
    );
    columns.push(values);
    fields.push(field);
  }
  const lengths = columns.map((column) => column.length);
  if (new Set(lengths).size > 1) {
    const sizes = fields.map((field, i) => `${lengths[i]} for ${field}`).join(', ');
    read.faults.push({
      ...group.place,
      path: `sweep.zip[${index}]`,
      message: `expected as many values for each axis of the group, got ${sizes}`,
    });
    return [];
  }
  const rows = Array.from({ length: lengths[0] ?? 0 }, (_, row) => columns.map((column) => column[row]));
  const whole = rows.filter((row): row is Assignment[] => row.every((value) => value !== undefined));
  return whole.length === 0 ? [] : [{ fields, title: `zip of ${fields.join(', ')}`, size: whole.length, choices: () => whole }];
}

function keepFirstOfEach(values: readonly (Assignment | undefined)[]): Assignment[] {
  const unique = new Map<string, Assignment>();
  for (const value of values) if (value !== undefined && !unique.has(value.key)) unique.set(value.key, value);
  return [...unique.values()];
}

/** `grid:` with nothing behind it is a grid without axes. */
function withoutEmpty(sweep: YamlMap): YamlMap {
  return { ...sweep, entries: new Map([...sweep.entries].filter(([, { value }]) => !isEmpty(value) && !isReset(value))) };
}
