// (pure) The points of a sweep: put together, checked one by one, equal ones dropped.

import { type SampleCondition, vocabularyOf } from '../sample-condition.ts';
import { resolveDataset } from '../schema/dataset.ts';
import { getField, withFields } from '../schema/fields.ts';
import { type Conflict, checkCrop, findConflicts, type KnownAttributes, rotationName } from '../schema/rules.ts';
import type { DatasetConfig, RunConfig, SweepPoint } from '../schema/schema.ts';
import type { Fault } from '../user-error.ts';
import { formatPath } from '../yaml/quote.ts';
import { findNode, type YamlMap } from '../yaml/yaml-node.ts';
import { createValueKey } from './axis.ts';
import type { Bases } from './bases.ts';
import { checkConditions } from './check-conditions.ts';
import type { Draft } from './sweep.ts';

export interface PointSource {
  drafts: Iterable<Draft>;
  /** Every field that an axis or an included point sets. */
  fields: readonly string[];
  /** Whether parts of the sweep are missing for their faults: then nothing is said about what no run has. */
  incomplete: boolean;
  baseOf: Bases['baseOf'];
  root: YamlMap;
  /** Fields about which a fault has been reported already. */
  isWrong: (field: string) => boolean;
  attributesOf: (dataset: DatasetConfig) => KnownAttributes;
}

export function checkPoints(source: PointSource): { points: SweepPoint[]; faults: Fault[] } {
  const points = new Map<string, SweepPoint>();
  const faults = new Map<string, Fault>();
  const conditions = new Map<object, Use>();
  const datasets = new Map<DatasetConfig, DatasetConfig>();
  const createKey = createPointKeys(source.fields);
  const report = (conflict: Conflict, draft: Draft) => {
    const fault = locate(conflict, draft, source);
    if (fault !== undefined) faults.set(`${fault.file}\0${fault.line}\0${fault.column}\0${fault.message}`, fault);
  };

  for (const draft of source.drafts) {
    const config = withFields(source.baseOf(draft.assignments) as RunConfig, draft.assignments);
    if (config.attributes === undefined) {
      if (source.incomplete) continue;
      report(
        { path: ['attributes'], message: 'expected a list of attributes, here or as an axis of the sweep, got nothing', reads: [] },
        draft,
      );
      continue;
    }
    const written = config.dataset;
    config.dataset = remember(datasets, written, resolveDataset);
    for (const conflict of findConflicts(config, source.attributesOf)) report(conflict, draft);
    if (written.crop !== undefined && written.root !== undefined)
      for (const conflict of checkCrop(written, source.attributesOf(config.dataset))) report(conflict, draft);
    noteConditions(conditions, config, { draft, attributesOf: source.attributesOf });
    const key = createKey(config);
    if (!points.has(key)) points.set(key, { config, axes: draft.axes });
  }
  if (!source.incomplete)
    for (const { draft, known, phrases, ...use } of conditions.values())
      for (const conflict of checkConditions({ ...use, vocabulary: vocabularyOf(known, phrases) })) report(conflict, draft);
  return { points: [...points.values()], faults: [...faults.values()] };
}

/**
 * The fault for a conflict, at the value that an axis gives to the field, else at the file's own value, else at a field on which the
 * conflict depends.
 */
function locate(conflict: Conflict, draft: Draft, source: PointSource): Fault | undefined {
  const [section, key] = conflict.path;
  const field = section === 'attributes' ? section : `${String(section)}.${String(key)}`;
  const assigned = (name: string) => draft.assignments.find((assignment) => assignment.field === name);
  if ([field, ...conflict.reads].some((name) => source.isWrong(name) && assigned(name) === undefined)) return undefined;

  const own = assigned(field);
  if (own !== undefined) {
    const rest = conflict.path.slice(field === section ? 1 : 2);
    return { ...findNode(own.node, rest).place, path: formatPath([...own.path, ...rest]), message: conflict.message };
  }
  const path = formatPath(conflict.path);
  const written = findNode(source.root, conflict.path);
  if (written.node !== undefined) return { ...written.place, path, message: conflict.message };
  const cause = conflict.reads
    .map((name) => assigned(name)?.node ?? findNode(source.root, name.split('.')).node)
    .find((node) => node !== undefined);
  return { ...(cause ?? draft.node ?? written).place, path, message: conflict.message };
}

/** What is asked with one list of conditions, gathered from all runs that have it. */
interface Use {
  conditions: readonly SampleCondition[];
  names: Set<string>;
  orientations: Set<string>;
  /** Names that sentences may use, whether or not a run learns them. */
  known: Set<string>;
  phrases: DatasetConfig['phrases'];
  draft: Draft;
}

function noteConditions(
  uses: Map<object, Use>,
  config: RunConfig,
  { draft, attributesOf }: Pick<PointSource, 'attributesOf'> & { draft: Draft },
): void {
  const { conditions } = config.samples;
  if (conditions === 'auto') return;
  const use = remember(uses, conditions, () => ({
    conditions,
    names: new Set<string>(),
    orientations: new Set<string>(),
    known: new Set<string>(),
    phrases: config.dataset.phrases,
    draft,
  }));
  for (const name of config.attributes) use.names.add(name);
  for (const degrees of config.augmentation.rotations) {
    use.names.add(rotationName(degrees));
    use.orientations.add(rotationName(degrees));
  }
  for (const name of attributesOf(config.dataset).names ?? []) use.known.add(name);
}

/** Equal configurations get equal keys. Only fields that vary can tell two points apart, and lists are written out once each. */
function createPointKeys(varying: readonly string[]): (config: RunConfig) => string {
  const fields = [...new Set(varying)];
  const written = new Map<unknown, string>();
  return (config) => fields.map((field) => remember(written, getField(config, field), createValueKey)).join('\0');
}

function remember<K, V>(memory: Map<K, V>, key: K, create: (key: K) => V): V {
  const cached = memory.get(key);
  if (cached !== undefined) return cached;
  const created = create(key);
  memory.set(key, created);
  return created;
}
