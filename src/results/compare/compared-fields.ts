// (pure) The fields of the configuration by which runs are compared: their names, values, and the few that tell points apart.

import { canonicalJson } from '../../experiment/canonical.ts';
import { compareFields, getField, SWEEPABLE_FIELDS } from '../../experiment/schema/fields.ts';
import { UserError } from '../../experiment/user-error.ts';
import { suggest } from '../../experiment/yaml/nearest.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import type { RunResult, RunWork } from './run-result.ts';

/** A run that was set up. */
export type WorkedRun = RunResult & { work: RunWork };

export const SEED = 'training.seed';
/** No field of the file, but what tells the runs of several apart. */
const EXPERIMENT = 'experiment';

/** Changes no weights, or stands for other fields that are compared themselves. */
const NOT_COMPARED = /^(samples|evaluation)\.|^dataset\.(root|labels)$/;

const FIELDS: readonly string[] = [...SWEEPABLE_FIELDS.keys()].filter((field) => !NOT_COMPARED.test(field));

/** The field that a person means: its whole name, or its end where no other axis, or no other field, ends so. Throws a UserError. */
export function requireField(name: string, runs: readonly RunResult[]): string {
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))];
  const names = [...new Set([EXPERIMENT, ...FIELDS, ...axes])];
  if (names.includes(name)) return name;
  const ends = names.filter((field) => field.endsWith(`.${name}`));
  for (const found of [ends.filter((field) => axes.includes(field)), ends]) if (found.length === 1) return found[0]!;
  const hint = ends.length > 1 ? `; it could be ${ends.join(' or ')}` : suggestField(name, names);
  throw new UserError(`--by: expected a field of an experiment file, such as attributes or model.width, got ${quote(name)}${hint}`);
}

function suggestField(name: string, names: readonly string[]): string {
  const whole = suggest(name, names);
  return whole === ''
    ? suggest(
        name,
        names.map((field) => field.slice(field.lastIndexOf('.') + 1)),
      )
    : whole;
}

/** As text that is equal where the values are. */
export function keyOf(run: WorkedRun, field: string): string {
  const value = findValue(run, field);
  return typeof value === 'object' ? (canonicalJson(value) ?? '') : String(value);
}

/** For a person: as the axis of the sweep is labelled, else the value itself. */
export function labelOf(run: WorkedRun, field: string): string {
  const label = run.axes[field];
  if (label !== undefined) return label;
  const value = findValue(run, field);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (value === undefined || value === null) return 'default';
  return typeof value === 'object' ? canonicalJson(value)! : String(value);
}

/** undefined also for a field that means nothing to a run, and an axis that is no field. */
function findValue({ experiment, work }: WorkedRun, field: string): unknown {
  const [section] = field.split('.');
  if (field === EXPERIMENT || !Object.hasOwn(work.config, section!)) return field === EXPERIMENT ? experiment : undefined;
  return getField(work.config, field);
}

/** Fields whose values differ among these runs, in the order of the schema. */
export function differingFields(runs: readonly WorkedRun[]): string[] {
  const names = [...new Set([...FIELDS, ...runs.flatMap(({ axes }) => Object.keys(axes))])].sort(compareFields);
  return names.filter((field) => differs(runs, field));
}

function differs(runs: readonly WorkedRun[], field: string): boolean {
  const first = runs.length === 0 ? '' : keyOf(runs[0]!, field);
  return runs.some((run) => keyOf(run, field) !== first);
}

/**
 * The fields to show so that a reader can tell groups of runs apart: the axes of the sweeps that differ, and no more of the others than
 * are needed. The name of the experiment where nothing differs.
 */
export function tellingFields(groups: readonly (readonly WorkedRun[])[]): string[] {
  const first = groups.map((group) => group[0]!);
  const axes = [...new Set(groups.flatMap((group) => group.flatMap((run) => Object.keys(run.axes))))].sort(compareFields);
  const chosen = axes.filter((field) => field !== SEED && differs(first, field));
  const countOf = (fields: readonly string[]) =>
    new Set(first.map((run) => JSON.stringify(fields.map((field) => labelOf(run, field))))).size;
  let told = countOf(chosen);
  for (const field of [EXPERIMENT, ...FIELDS.filter((field) => field !== SEED && !axes.includes(field))]) {
    if (told === groups.length) break;
    if (!differs(first, field)) continue;
    const more = countOf([...chosen, field]);
    if (more > told) chosen.push(field);
    told = Math.max(told, more);
  }
  return chosen.length === 0 ? [EXPERIMENT] : chosen;
}
