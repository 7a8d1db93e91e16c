// Room: experiment/sweep (pure). sweep.random: axes that are drawn, one value each for every sample.

import { checkNode } from '../schema/check.ts';
import { SWEEPABLE_FIELDS } from '../schema/fields.ts';
import { randomSchema, rangeSchema } from '../schema/schema.ts';
import type { Fault } from '../yaml/fault.ts';
import { nearestName } from '../yaml/nearest.ts';
import { formatPath, quote } from '../yaml/quote.ts';
import { createMap, type YamlEntry, type YamlMap } from '../yaml/yaml-node.ts';
import { type AxesRead, type Axis, claimField, readColumn } from './axis.ts';
import { createAxisLabel } from './axis-label.ts';
import { type Assignment, createAssignment } from './axis-values.ts';
import { countSteps, createAxisStream, drawNumber, type Range, stepOfField } from './draw.ts';

/** Draws nothing yet: the size of the sweep is checked first. */
export function readRandom(random: YamlMap, read: AxesRead): Axis[] {
  const settings = checkNode(
    randomSchema,
    createMap(
      random.place,
      pick(random, (key) => key === 'samples' || key === 'seed'),
    ),
    ['sweep', 'random'],
  );
  const drawn: { field: string; draw: (count: number) => Assignment[] }[] = [];
  for (const [field, entry] of pick(random, (key) => key !== 'samples' && key !== 'seed')) {
    const setting = SWEEPABLE_FIELDS.has(field) ? undefined : nearestName(field, ['samples', 'seed']);
    if (setting !== undefined) {
      const message = `expected samples, seed or a field to draw, got ${quote(field)}; did you mean "${setting}"?`;
      read.faults.push({ ...entry.keyPlace, path: formatPath(['sweep', 'random', field]), message });
      continue;
    }
    const draw = readDrawn({ field, entry, path: ['sweep', 'random', field] }, settings.value?.seed ?? 1, read);
    if (draw !== undefined) drawn.push({ field, draw });
  }
  if (settings.value === undefined) return []; // reported with the rest of the sweep
  if (drawn.length === 0) {
    if (read.faults.length === 0)
      read.faults.push({ ...random.place, path: 'sweep.random', message: 'expected at least one field to draw, got none' });
    return [];
  }
  const { samples } = settings.value;
  const choices = () => {
    const columns = drawn.map(({ draw }) => draw(samples));
    return Array.from({ length: samples }, (_, sample) => columns.map((column) => column[sample]!));
  };
  return [{ fields: drawn.map(({ field }) => field), title: 'random samples', size: samples, choices }];
}

interface DrawnSource {
  field: string;
  entry: YamlEntry;
  path: readonly PropertyKey[];
}

function readDrawn(source: DrawnSource, seed: number, read: AxesRead): ((count: number) => Assignment[]) | undefined {
  const { field, entry, path } = source;
  const node = entry.value;
  const isRange = node.kind === 'map' && (node.entries.has('min') || node.entries.has('max'));
  if (isRange) return readRange({ ...source, node }, seed, read);
  if (node.kind === 'scalar' && SWEEPABLE_FIELDS.has(field))
    read.faults.push({
      ...node.place,
      path: formatPath(path),
      message: 'expected a range {min, max}, a list of values, or a map of names to values',
    });
  const values = readColumn({ field, node, place: entry.keyPlace, path }, read)?.filter((value) => value !== undefined);
  if (values === undefined) return undefined;
  read.values.set(field, values);
  if (values.length === 0) {
    if (node.size === 1) read.faults.push({ ...node.place, path: formatPath(path), message: 'expected at least 1 value, got none' });
    return undefined;
  }
  return (count) => {
    const stream = createAxisStream(seed, field);
    return Array.from({ length: count }, () => values[stream.integer(values.length)]!);
  };
}

function readRange(source: DrawnSource & { node: YamlMap }, seed: number, read: AxesRead): ((count: number) => Assignment[]) | undefined {
  const { field, entry, node, path } = source;
  const schema = claimField(field, { place: entry.keyPlace, path }, read);
  if (schema === undefined) return undefined;
  read.values.set(field, null);
  const checked = checkNode(rangeSchema, node, path);
  const ends = ['min', 'max'].flatMap((end) => {
    const bound = node.entries.get(end)?.value;
    return bound === undefined ? [] : checkNode(schema, bound, [...path, end]).faults;
  });
  if (checked.faults.length > 0 || ends.length > 0) {
    read.faults.push(...checked.faults, ...(checked.faults.length > 0 ? [] : ends));
    return undefined;
  }
  const { min, max, scale, integer } = checked.value!;
  const range: Range = { min, max, scale, step: stepOfField(schema, integer) };
  const refusal = refuseRange(range);
  if (refusal !== undefined) {
    read.faults.push(...refusal.map((message): Fault => ({ ...node.place, path: formatPath(path), message })));
    return undefined;
  }
  return (count) => {
    const stream = createAxisStream(seed, field);
    return Array.from({ length: count }, () => {
      const value = drawNumber(range, stream);
      return createAssignment({ field, value, label: createAxisLabel(value), node, path });
    });
  };
}

function refuseRange(range: Range): [string] | undefined {
  if (range.min >= range.max) return [`expected min below max, got ${range.min} and ${range.max}`];
  if (range.scale === 'log' && range.min <= 0) return [`expected min above 0 for scale log, got ${range.min}`];
  return countSteps(range) > 0 ? undefined : [`expected a range with a multiple of ${range.step} in it, got ${range.min} to ${range.max}`];
}

function pick(map: YamlMap, wanted: (key: string) => boolean): Map<string, YamlEntry> {
  return new Map([...map.entries].filter(([key]) => wanted(key)));
}
