// What is said before a sweep goes on: which of its runs keep the backend or the threads that they were begun with, and whose sample grids
// show something else than the file asks for now.

import { join } from 'node:path';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { plural } from '../../experiment/units.ts';
import { type BackendChoice, type BackendKind, KIND_WORDS } from '../../machine/backend.ts';
import { setUpCommand } from '../../machine/installation.ts';
import { commandFor } from '../../results/commands.ts';
import { readRun } from '../../results/read.ts';
import { folderBefore, type PlannedRun } from '../../runner/plan/plan.ts';
import type { Slot } from '../../runner/plan/slots.ts';
import { chooseThreads, offerThreads } from '../../runner/plan/threads.ts';

/** One line for each kind of backend; none where all runs have today's. */
export function describeBackends(plan: readonly PlannedRun[], today: BackendChoice): string[] {
  const isAsked = today.reason.startsWith('FACET_BACKEND');
  const kept = count(plan.flatMap(({ backend }) => backend?.version ?? []));
  const left = count(plan.flatMap(({ needs }) => needs ?? []));
  return [
    ...[...kept].map(([version, runs]) => `${plural(runs, 'run')} ${go(runs)} on with ${version}, as begun, not ${today.version}.`),
    ...[...left].map(([kind, runs]) => {
      const why = isAsked ? `FACET_BACKEND asks for ${today.version}` : `only ${today.version} is here`;
      const how = isAsked ? 'Unset FACET_BACKEND' : SET_UP[kind];
      const which = runs === 1 ? 'it was' : 'they were';
      return `${plural(runs, 'run')} ${runs === 1 ? 'does' : 'do'} not go on: ${which} trained on ${KIND_WORDS[kind]}, and ${why}. ${how}, or accept results that differ in their last bits with --change-backend.`;
    }),
  ];
}

const SET_UP: Record<BackendKind, string> = {
  'tensorflow cpu': `Run \`${setUpCommand()}\``,
  'tensorflow cuda': `Run \`${setUpCommand('--cuda')}\` on a machine with an NVIDIA GPU, and give each run one`,
  webgpu: 'Install a Vulkan driver',
  wasm: 'Set FACET_BACKEND=wasm',
};

export interface SweepPlaces {
  /** Of the experiment. */
  folder: string;
  slots: readonly Slot[];
  hasHalving: boolean;
}

/**
 * One line for each number of threads that is kept; none where all runs have those that they would be offered as new ones. The plan is in
 * the order in which its runs start.
 */
export function describeThreads(plan: readonly PlannedRun[], { folder, slots, hasHalving }: SweepPlaces): string[] {
  const slot = slots[0]!;
  const lines = plan.flatMap((run, place) => {
    if (run.action !== 'resume') return [];
    const offered = hasHalving ? slot.threads : offerThreads({ place, runs: plan.length, slots, slot });
    const kept = chooseThreads(offered, readRun(join(folder, folderBefore(run))).record);
    return kept === offered
      ? []
      : [`on with ${plural(kept, 'thread')}, as begun, not ${offered}: threads change the last bits of a result.`];
  });
  return [...count(lines)].map(([line, runs]) => `${plural(runs, 'run')} ${go(runs)} ${line}`);
}

/** One line; none where no run is reused. */
export function describeReused(plan: readonly PlannedRun[]): string[] {
  const reused = plan.flatMap(({ equal, action, isLeftOut }) => (equal && action === 'skip' && !isLeftOut ? equal : []));
  if (reused.length === 0) return [];
  const from = [...count(reused.map(({ experiment }) => experiment))].map(([experiment, runs]) => `${runs} of ${experiment}`).join(', ');
  const [is, it] = reused.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    `${plural(reused.length, 'run')} ${is} not trained again: equal runs of other experiments are reused (${from}). --no-reuse trains ${it}.`,
  ];
}

/** One line; none where no run goes on from a shorter one. */
export function describeLonger(plan: readonly PlannedRun[]): string[] {
  const longer = plan.filter((run) => run.shorter && run.action === 'resume' && run.state === 'queued');
  if (longer.length === 0) return [];
  const epochs = [...new Set(longer.map(({ shorter }) => shorter!.epochs))].sort((a, b) => a - b).join(', ');
  return [
    `${plural(longer.length, 'run')} ${go(longer.length)} on from the same training with fewer epochs (${epochs}) instead of starting over; those runs stay as they are.`,
  ];
}

export interface GivenFile {
  file: string;
  /** Overrides, path=value. */
  set: readonly string[];
  results: string;
}

/** A sweep may have thousands of runs; those of one file are drawn alike as a rule. */
const MOST_LOOKED_AT = 100;

/** A line, with the command that draws them again; or none. */
export function describeChangedSamples(plan: readonly PlannedRun[], experimentFolder: string, given: GivenFile): string[] {
  const done = plan.filter(({ action, state }) => action === 'skip' && state !== 'queued').slice(0, MOST_LOOKED_AT);
  const changed = done.filter(({ id, point }) => {
    const { record } = readRun(join(experimentFolder, id));
    return record !== null && describeGrid(record.config) !== describeGrid(point.config);
  });
  if (changed.length === 0) return [];
  const runs = `${done.length === MOST_LOOKED_AT ? 'at least ' : ''}${plural(changed.length, 'run')}`;
  return [
    `samples: the grids of ${runs} show what the file asked for before. Nothing is trained again; draw them with: ${commandOf(given)}`,
  ];
}

/** How often they are drawn does not matter: only checkpoints that are kept can be drawn. */
function describeGrid({ samples: { rows, conditions }, dataset }: RunConfig): string {
  const hasSentences = conditions !== 'auto' && conditions.some((condition) => typeof condition === 'string');
  return JSON.stringify([rows, conditions, ...(hasSentences ? [dataset.phrases] : [])]);
}

function commandOf({ file, set, results }: GivenFile): string {
  return commandFor(results, 'grids', file, ...set.flatMap((override) => ['--set', override]));
}

/** The verb of so many runs. */
const go = (runs: number) => (runs === 1 ? 'goes' : 'go');

function count<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
