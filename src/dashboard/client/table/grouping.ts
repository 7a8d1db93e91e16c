// Which runs share a colour: by default those with the same number of attributes.

import { shortAxis } from '../../labels.ts';
import type { RunView } from '../../wire.ts';
import { neutralColor, sequentialPalette } from '../theme.ts';

export interface RunGroup {
  label: string;
  color: string;
  runs: RunView[];
}

/** '': the number of attributes; 'run': each its own; else an axis of the sweep. */
export type GroupKey = string;

export interface GroupChoice {
  key: GroupKey;
  label: string;
}

/** What runs can be coloured by, the best choice first: their numbers of attributes where those differ. */
export function groupChoices(runs: RunView[]): GroupChoice[] {
  const counts = new Set(runs.map((run) => run.attributes?.length).filter((count) => count !== undefined));
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))].filter(
    (axis) => axis !== 'attributes' && new Set(runs.map((run) => run.axes[axis])).size > 1,
  );
  const byCount = { key: '', label: 'number of attributes' };
  const rest = [...axes.map((axis) => ({ key: axis, label: axis })), { key: 'run', label: 'run' }];
  return counts.size > 1 || runs.length === 1 ? [byCount, ...rest] : [...rest, byCount];
}

/** The groups, ordered by value, each with its colour; runs whose value is not known yet come last. */
export function groupRuns(runs: RunView[], key: GroupKey, isDark: boolean): RunGroup[] {
  const groups = new Map<string, RunView[]>();
  for (const run of runs) {
    const value = groupValue(run, key);
    const members = groups.get(value);
    if (members) members.push(run);
    else groups.set(value, [run]);
  }
  const values = [...groups.keys()].filter((value) => value !== '');
  if (key !== 'run' && values.every((value) => Number.isFinite(Number(value)))) values.sort((a, b) => Number(a) - Number(b));
  const colors = sequentialPalette(values.length, isDark);
  const ordered = values.map((value, i) => ({ label: groupLabel(key, value, groups), color: colors[i]!, runs: groups.get(value)! }));
  const unknown = groups.get('');
  return unknown ? [...ordered, { label: 'not set up yet', color: neutralColor(isDark), runs: unknown }] : ordered;
}

function groupValue(run: RunView, key: GroupKey): string {
  if (key === 'run') return run.id;
  return key === '' ? String(run.attributes?.length ?? '') : (run.axes[key] ?? '');
}

function groupLabel(key: GroupKey, value: string, groups: Map<string, RunView[]>): string {
  if (key === 'run') return groups.get(value)![0]!.label;
  if (key === '') return value === '1' ? '1 attribute' : `${value} attributes`;
  return `${shortAxis(key)} ${value}`;
}
