// (pure) Reads an experiment file: its text -> the checked, expanded experiment, or every fault in it.

import { type AttributesOf, createKnownAttributes } from './schema/known-attributes.ts';
import { layPreset, readPreset } from './schema/resolve-preset.ts';
import { askForOracle, checkHalving } from './schema/rules.ts';
import type { Experiment } from './schema/schema.ts';
import type { DeclaredMetrics } from './schema/sections/trainer.ts';
import type { AxesRead } from './sweep/axis.ts';
import { createBases } from './sweep/bases.ts';
import { checkPoints } from './sweep/check-points.ts';
import { readAxes } from './sweep/read-axes.ts';
import { readPoints } from './sweep/read-points.ts';
import { readSettings, type SettingsRead } from './sweep/read-settings.ts';
import { countPoints, expandSweep, MAX_RUNS, type Sweep } from './sweep/sweep.ts';
import { type Fault, type Place, sortFaults } from './user-error.ts';
import { applyOverrides } from './yaml/overrides.ts';
import { type ReadExtended, readExperimentFile } from './yaml/read-file.ts';
import { createMap, describeFound, findNode, isEmpty, isReset, type YamlMap } from './yaml/yaml-node.ts';

export interface ParseInput {
  /** How messages name the file. */
  file: string;
  text: string;
  /** Of `--set`, in order: `training.epochs=2`. */
  overrides?: readonly string[];
  readExtended: ReadExtended;
  attributesOf: AttributesOf;
  /** Set for a trainer of somebody else, which may record metrics of its own: halving may name any. */
  anyMetric?: boolean;
}

export type ParseResult = { ok: true; experiment: Experiment } | { ok: false; faults: Fault[] };

/**
 * Reads, merges, checks and expands. Never throws for what a user wrote: all faults come back together, file by file,
 * each once. Pure: extended files and label files are read by the functions given, in a deterministic order.
 */
export function parseExperiment(input: ParseInput): ParseResult {
  const file = readExperimentFile({ file: input.file, text: input.text }, input.readExtended);
  const start = { file: input.file, line: 1, column: 1 };
  const { root, faults: overrideFaults, files } = applyOverrides(file.root ?? createMap(start), input.overrides ?? []);
  const faults = [...file.faults, ...overrideFaults];
  const fail = (): ParseResult => ({ ok: false, faults: sortFaults(faults, [...file.files, ...files]) });
  if (file.root === undefined) return fail();

  const settings = readSettings(layPreset(root, readPreset(root)));
  faults.push(...settings.faults.map((fault) => explainName(fault, root, file.files)));
  const axes = readSweep(root, {
    anyMetric: input.anyMetric || root.entries.has('trainer'),
    declared: settings.settings.trainer?.metrics ?? {},
  });
  const { exclude, include, faults: pointFaults } = readPoints(axes.node, axes);
  faults.push(...axes.faults, ...pointFaults, ...findHiddenOverrides(root, axes));

  const sweep: Sweep = { axes: axes.axes, exclude, include };
  const incomplete = axes.faults.length > 0 || pointFaults.length > 0;
  const count = countPoints(sweep);
  if (count > MAX_RUNS) {
    const sizes = axes.axes.map((axis) => `${axis.title} (${axis.size})`).join(' x ');
    faults.push({ ...axes.place, path: 'sweep', message: `expected at most ${MAX_RUNS} runs, got ${count}: ${sizes}` });
    return fail();
  }
  const drawn = axes.axes.flatMap((axis) => axis.findFaults?.() ?? []);
  if (drawn.length > 0) {
    faults.push(...drawn);
    return fail();
  }
  const expanded = expandPoints({ input, settings, root, sweep, incomplete });
  faults.push(...expanded.faults, ...checkHalving(axes.halving, expanded.points, root));
  if (expanded.points.length === 0 && faults.length === 0)
    faults.push({ ...axes.place, path: 'sweep.exclude', message: 'expected at least one run to be left, got none' });
  if (faults.length > 0) return fail();
  const { name, description, execution } = settings.settings;
  return {
    ok: true,
    experiment: {
      name: name!,
      description,
      file: input.file,
      execution,
      halving: axes.halving,
      points: askForOracle(axes.halving, expanded.points),
    },
  };
}

function readSweep(root: YamlMap, own: { anyMetric: boolean; declared: DeclaredMetrics }): AxesRead & { node: YamlMap; place: Place } {
  const entry = root.entries.get('sweep');
  const place = entry?.keyPlace ?? root.place;
  if (entry?.value.kind === 'map') return { ...readAxes(entry.value, own), node: entry.value, place };
  const none = { axes: [], values: new Map(), node: createMap(place), place };
  if (entry === undefined || isEmpty(entry.value) || isReset(entry.value)) return { ...none, faults: [] };
  return { ...none, faults: [{ ...entry.value.place, path: 'sweep', message: `expected a map, got ${describeFound(entry.value)}` }] };
}

interface Expansion {
  input: ParseInput;
  settings: SettingsRead;
  root: YamlMap;
  sweep: Sweep;
  incomplete: boolean;
}

function expandPoints({ input, settings, root, sweep, incomplete }: Expansion) {
  const bases = createBases(root, settings);
  const fields = [
    ...sweep.axes.flatMap((axis) => axis.fields),
    ...sweep.include.flatMap((point) => point.assignments.map(({ field }) => field)),
  ];
  const { isWrong } = settings;
  return checkPoints({
    drafts: expandSweep(sweep, bases),
    baseOf: bases.baseOf,
    fields,
    root,
    isWrong,
    attributesOf: createKnownAttributes(input.attributesOf),
    incomplete,
  });
}

/** An axis decides its field in every run, so a value from the command line would do nothing. */
function findHiddenOverrides(root: YamlMap, axes: AxesRead): Fault[] {
  return [...axes.values.keys()].flatMap((field) => {
    const { node, place } = findNode(root, field.split('.'));
    if (node === undefined || place.line !== 0) return [];
    return [
      {
        ...place,
        path: field,
        message: `expected a field that the sweep leaves alone, got one of its axes; set sweep.grid.${field}=[…] instead`,
      },
    ];
  });
}

function explainName(fault: Fault, root: YamlMap, files: readonly string[]): Fault {
  if (fault.path !== 'name' || root.entries.has('name') || files.length === 1) return fault;
  return { ...fault, message: `${fault.message}; a name is not inherited` };
}
