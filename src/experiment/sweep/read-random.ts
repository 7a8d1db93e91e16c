// (pure) sweep.random: axes that are drawn, one value each for every sample.

import { createRandom } from '../random.ts';
import { checkNode } from '../schema/check.ts';
import { sweepableField } from '../schema/fields.ts';
import { randomSchema } from '../schema/sweep-schema.ts';
import { nearestName } from '../yaml/nearest.ts';
import { formatPath, quote } from '../yaml/quote.ts';
import { createMap, type YamlEntry, type YamlMap } from '../yaml/yaml-node.ts';
import { type AxesRead, type Axis, claimField, readColumn } from './axis.ts';
import { type Draws, readRange } from './draw.ts';

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
  const drawn: { field: string; draw: Draw }[] = [];
  for (const [field, entry] of pick(random, (key) => key !== 'samples' && key !== 'seed')) {
    const setting = sweepableField(field) ? undefined : nearestName(field, ['samples', 'seed']);
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
  let columns: Draws[] | undefined; // drawn once, when they are first asked for
  const drawColumns = () => (columns ??= drawn.map(({ draw }) => draw(samples)));
  return [
    {
      fields: drawn.map(({ field }) => field),
      title: 'random samples',
      size: samples,
      choices: () => Array.from({ length: samples }, (_, sample) => drawColumns().map(({ values }) => values[sample]!)),
      findFaults: () => drawColumns().flatMap(({ faults }) => faults),
    },
  ];
}

type Draw = (count: number) => Draws;

interface DrawnSource {
  field: string;
  entry: YamlEntry;
  path: readonly PropertyKey[];
}

function readDrawn(source: DrawnSource, seed: number, read: AxesRead): Draw | undefined {
  const { field, entry, path } = source;
  const node = entry.value;
  if (node.kind === 'map' && (node.entries.has('min') || node.entries.has('max'))) {
    const schema = claimField(field, { place: entry.keyPlace, path }, read);
    if (schema === undefined) return undefined;
    read.values.set(field, null);
    const range = readRange({ field, schema, node, path }, seed);
    if ('draw' in range) return range.draw;
    read.faults.push(...range.faults);
    return undefined;
  }
  if (node.kind === 'scalar' && sweepableField(field))
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
    const stream = createRandom(seed, 'sweep', field);
    return { values: Array.from({ length: count }, () => values[stream.integer(values.length)]!), faults: [] };
  };
}

function pick(map: YamlMap, wanted: (key: string) => boolean): Map<string, YamlEntry> {
  return new Map([...map.entries].filter(([key]) => wanted(key)));
}
