// Room: cli. facet plan FILE: what `facet run` would do. Starts nothing, packs nothing, writes nothing.

import { readLiveLease } from '../../results/lease.ts';
import { experimentFolder, runnerLeaseFile } from '../../results/paths.ts';
import { createStateReader } from '../../results/read-states.ts';
import { type PlannedRun, planRuns } from '../../runner/plan.ts';
import { describeHolder } from '../describe-holder.ts';
import { EXIT } from '../exit-codes.ts';
import { countOf } from '../format-quantities.ts';
import { identifyPoints } from '../identify-points.ts';
import { loadExperiment } from '../load-experiment.ts';
import { type Colour, createPaint } from '../paint.ts';
import { formatTable } from '../table.ts';

export interface PlanCommandOptions {
  file: string;
  set: string[];
  results: string;
  json: boolean;
  /** Runs shown; 0 for all. */
  limit: number;
}

export async function planCommand({ file, set, results, json, limit }: PlanCommandOptions): Promise<number> {
  const experiment = loadExperiment(file, set);
  const folder = experimentFolder(results, experiment.name);
  const points = await identifyPoints(experiment, folder);
  const plan = planRuns(points, createStateReader(folder));
  const shown = limit === 0 ? plan : plan.slice(0, limit);
  const holder = readLiveLease(runnerLeaseFile(folder));
  process.stdout.write(
    json
      ? formatJson(plan, shown, experiment)
      : formatText(plan, shown, holder && describeHolder(experiment.name, runnerLeaseFile(folder), holder)),
  );
  return EXIT.ok;
}

function formatJson(plan: readonly PlannedRun[], shown: readonly PlannedRun[], { name, file }: { name: string; file: string }): string {
  const runs = shown.map(({ id, point, state, action, reason }) => ({ id, axes: point.axes, state, action, reason, config: point.config }));
  return `${JSON.stringify({ experiment: name, file, counts: countActions(plan), runs }, null, 2)}\n`;
}

const COLOURS: Record<PlannedRun['action'], Colour> = { start: 'cyan', resume: 'yellow', skip: 'green' };

function formatText(plan: readonly PlannedRun[], shown: readonly PlannedRun[], holder: string | null): string {
  const axes = Object.keys(plan[0]!.point.axes);
  const rows = shown.map(({ id, point, action, reason }) => [
    { text: id },
    ...axes.map((axis) => ({ text: point.axes[axis] ?? '-' })),
    { text: action, colour: COLOURS[action] },
    { text: reason },
  ]);
  const table = formatTable(['run', ...axes, 'would', 'because'], rows, { paint: createPaint(process.stdout) });
  const { start, resume, skip } = countActions(plan);
  const hidden = plan.length - shown.length;
  return [
    table,
    ...(hidden === 0 ? [] : [`… and ${countOf(hidden, 'more run')} (--limit 0 shows all)`]),
    `${countOf(plan.length, 'run')}: ${start} to start, ${resume} to go on with, ${skip} to leave alone.`,
    ...(holder === null ? [] : [holder]),
    '',
  ].join('\n');
}

function countActions(plan: readonly PlannedRun[]): Record<PlannedRun['action'], number> {
  const counts = { start: 0, resume: 0, skip: 0 };
  for (const { action } of plan) counts[action]++;
  return counts;
}
