// Which runs share a colour: at first those of one setting, which differ in nothing but the seed.

import { nameValue, shortAxis } from '../../labels.ts';
import type { RunView } from '../../wire.ts';
import { COLOR_COUNT, chooseStyles, colorOf, DASH_COUNT, dashOf, freeStyle, neutralColor, type Style } from './palette.ts';

export interface RunGroup {
  /** Stays while runs come and go. */
  key: string;
  label: string;
  color: string;
  dash: number[];
  /** For the style sheet. */
  dashName: string;
  runs: RunView[];
}

/** 'setting': all axes but the seed; 'run': each its own; else an axis of the sweep. */
export type GroupKey = string;

export interface GroupChoice {
  key: GroupKey;
  label: string;
}

const SETTING = 'setting';
const BY_RUN = 'run';
const SEED = 'training.seed';
const ATTRIBUTES = 'attributes';
/** More groups than this are no groups. */
const MOST_GROUPS = 16;

/** What runs can be coloured by, the best choice first. It follows from what the experiment file asks for, so that it stays while runs train. */
export function groupChoices(runs: readonly RunView[]): GroupChoice[] {
  const axes = varyingAxes(runs);
  const settings = new Set(runs.map((run) => valueOfGroup(run, SETTING, axes)));
  const isSingle = axes.filter((axis) => axis !== SEED).length < 2;
  const few = axes.find((axis) => axis !== SEED && new Set(runs.map((run) => run.axes[axis])).size <= MOST_GROUPS);
  const first = settings.size <= MOST_GROUPS || few === undefined ? SETTING : few;
  const choices = [
    ...(isSingle && settings.size > 1 ? [] : [{ key: SETTING, label: settings.size > 1 ? 'setting' : 'nothing' }]),
    ...axes.map((axis) => ({ key: axis, label: nameOf(axis) })),
    { key: BY_RUN, label: 'run' },
  ];
  const best = choices.find(({ key }) => key === first) ?? choices.find(({ key }) => key !== SEED)!;
  return [best, ...choices.filter((choice) => choice !== best)];
}

/** The fields whose values make a group; null where each run is its own. */
export function fieldsOfGroups(runs: readonly RunView[], key: GroupKey): string[] | null {
  if (key === BY_RUN) return null;
  return key === SETTING ? varyingAxes(runs).filter((axis) => axis !== SEED) : [key];
}

/** Remembers the style of each group, so that none changes while the page is open. */
export type StyleBook = Map<GroupKey, Map<string, Style>>;

/** The groups, ordered by value, each with its colour; runs whose value is not known come last. `book` is added to. */
export function groupRuns(runs: readonly RunView[], key: GroupKey, { isDark, book }: { isDark: boolean; book: StyleBook }): RunGroup[] {
  const axes = varyingAxes(runs);
  const groups = new Map<string, RunView[]>();
  for (const run of runs) {
    const value = valueOfGroup(run, key, axes);
    const members = groups.get(value);
    if (members) members.push(run);
    else groups.set(value, [run]);
  }
  const values = [...groups.keys()].filter((value) => value !== UNKNOWN);
  if (key !== BY_RUN && key !== SETTING && values.every((value) => Number.isFinite(Number(value)))) {
    values.sort((a, b) => Number(a) - Number(b));
  }
  const known = book.get(key) ?? new Map<string, Style>();
  book.set(key, known);
  addStyles(known, values, groups, { axes: axes.filter((axis) => axis !== SEED), key });
  const nameSet = nameSets(runs);
  const ordered = values.map((value): RunGroup => {
    const members = groups.get(value)!;
    const style = known.get(value)!;
    const label = groupLabel(members[0]!, { key, axes, nameSet });
    return { key: value, label, color: colorOf(style, isDark), dash: dashOf(style), dashName: `dash-${style.dash}`, runs: members };
  });
  const unknown = groups.get(UNKNOWN);
  return unknown
    ? [...ordered, { key: UNKNOWN, label: 'unknown', color: neutralColor(isDark), dash: [], dashName: 'dash-0', runs: unknown }]
    : ordered;
}

const UNKNOWN = '';

/** Axes with more than one value, in the order of the experiment. */
function varyingAxes(runs: readonly RunView[]): string[] {
  const axes = new Set(runs.flatMap((run) => Object.keys(run.axes)));
  return [...axes].filter((axis) => new Set(runs.map((run) => run.axes[axis])).size > 1);
}

function valueOfGroup(run: RunView, key: GroupKey, axes: readonly string[]): string {
  if (key === BY_RUN) return run.id;
  if (key !== SETTING) return run.axes[key] ?? UNKNOWN;
  return `of ${JSON.stringify(axes.filter((axis) => axis !== SEED).map((axis) => run.axes[axis] ?? ''))}`;
}

/** Where two axes make the settings, and there are more settings than colours: the first by colour, the second by dash. */
function addStyles(
  known: Map<string, Style>,
  values: readonly string[],
  groups: ReadonlyMap<string, RunView[]>,
  { axes, key }: { axes: readonly string[]; key: GroupKey },
): void {
  const fresh = values.filter((value) => !known.has(value));
  if (fresh.length === 0) return;
  if (known.size > 0) {
    for (const value of fresh) known.set(value, freeStyle([...known.values()]));
    return;
  }
  const listed = axes.map((axis) => [...new Set(values.map((value) => groups.get(value)![0]!.axes[axis]))]);
  const isTwofold = key === SETTING && listed.length === 2 && values.length > COLOR_COUNT;
  const [colors, dashes] = listed;
  if (isTwofold && colors!.length <= COLOR_COUNT && dashes!.length <= DASH_COUNT) {
    for (const value of values) {
      const run = groups.get(value)![0]!;
      known.set(value, {
        color: colors!.indexOf(run.axes[axes[0]!]),
        of: colors!.length,
        dash: dashes!.indexOf(run.axes[axes[1]!]),
      });
    }
    return;
  }
  const styles = chooseStyles(values.length);
  for (const [i, value] of values.entries()) known.set(value, styles[i]!);
}

function groupLabel(
  run: RunView,
  { key, axes, nameSet }: { key: GroupKey; axes: readonly string[]; nameSet: (run: RunView) => string },
): string {
  if (key === BY_RUN) return run.label;
  const named = key === SETTING ? axes.filter((axis) => axis !== SEED) : [key];
  const parts = named.map((axis) => (axis === ATTRIBUTES ? nameSet(run) : nameValue(axis, run.axes[axis] ?? '')));
  return parts.length === 0 ? 'all runs' : parts.join(' · ');
}

/** A set of attributes is called by its size, and by its name too where another one is as large, or may be. */
function nameSets(runs: readonly RunView[]): (run: RunView) => string {
  const sizes = new Map(
    runs.flatMap(({ axes, attributes }) => (axes.attributes && attributes ? [[axes.attributes, attributes.length]] : [])),
  );
  const isAnyUnknown = runs.some(({ axes }) => axes.attributes !== undefined && !sizes.has(axes.attributes));
  return ({ axes: { attributes: name = '' } }) => {
    const size = sizes.get(name);
    if (size === undefined) return name;
    const words = size === 1 ? '1 attribute' : `${size} attributes`;
    return isAnyUnknown || [...sizes.values()].filter((other) => other === size).length > 1 ? `${name}, ${words}` : words;
  };
}

function nameOf(axis: string): string {
  return axis === ATTRIBUTES ? 'attributes' : shortAxis(axis);
}
