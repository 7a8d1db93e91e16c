// (pure) The configuration under each point of a sweep: the file's own, with the preset that the point names.

import { listPresetFields, type PresetName, type PresetValue } from '../schema/presets.ts';
import { findPreset, layPreset, PRESET_FIELD, readPreset } from '../schema/resolve-preset.ts';
import type { RunConfig } from '../schema/schema.ts';
import { isReset, type YamlMap } from '../yaml/yaml-node.ts';
import type { Assignment } from './axis.ts';
import { readSettings, type SettingsRead } from './read-settings.ts';

export interface Bases {
  /**
   * What the file says where these assignments say nothing. `attributes`, and fields of the dataset that its source decides, may be
   * missing.
   */
  baseOf(assignments: readonly Assignment[]): Base;
  /** The same assignments; null, which stands for the default, becomes that of the preset. */
  settle(assignments: readonly Assignment[]): readonly Assignment[];
}

type Base = Omit<RunConfig, 'attributes'> & { attributes?: string[] };

/** `settings`: the file's, read with the preset that it names itself. */
export function createBases(root: YamlMap, settings: SettingsRead): Bases {
  const own = readPreset(root);
  const bases = new Map<PresetName, Base>([[own, toBase(settings)]]);
  const values = new Map<PresetName, Map<string, PresetValue>>();
  const presetOf = (assignments: readonly Assignment[]): PresetName => {
    const assigned = assignments.find(({ field }) => field === PRESET_FIELD);
    return assigned === undefined ? own : findPreset(assigned.value);
  };
  return {
    baseOf(assignments) {
      const preset = presetOf(assignments);
      const base = bases.get(preset) ?? toBase(readSettings(layPreset(root, preset)));
      bases.set(preset, base);
      return base;
    },
    settle(assignments) {
      if (!assignments.some(({ node }) => isReset(node))) return assignments;
      const preset = presetOf(assignments);
      const given = values.get(preset) ?? listPresetFields(preset);
      values.set(preset, given);
      return assignments.map((assignment) => {
        const value = isReset(assignment.node) ? given.get(assignment.field) : undefined;
        return value === undefined ? assignment : { ...assignment, value };
      });
    },
  };
}

function toBase({ settings }: SettingsRead): Base {
  const { name, description, execution, sweep, extends: parent, ...base } = settings;
  return base;
}
