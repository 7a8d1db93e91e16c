// Says where the grids of runs that are done show something else than the file asks for now: nothing is trained again because of that.

import { join } from 'node:path';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { plural } from '../../experiment/units.ts';
import { readRun } from '../../results/read.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';
import { describeCommand } from './describe-command.ts';

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
    return record !== null && describeGrid(record.config.samples) !== describeGrid(point.config.samples);
  });
  if (changed.length === 0) return [];
  const runs = `${done.length === MOST_LOOKED_AT ? 'at least ' : ''}${plural(changed.length, 'run')}`;
  return [
    `samples: the grids of ${runs} show what the file asked for before. Nothing is trained again; draw them with: ${commandOf(given)}`,
  ];
}

/** How often they are drawn does not matter: only checkpoints that are kept can be drawn. */
function describeGrid({ rows, conditions }: RunConfig['samples']): string {
  return JSON.stringify([rows, conditions]);
}

function commandOf({ file, set, results }: GivenFile): string {
  const options = [...set.flatMap((override) => ['--set', override]), ...(results === 'results' ? [] : ['--results', results])];
  return describeCommand(['grids', file, ...options]);
}
