// facet plan FILE: what `facet run` would do. Starts nothing, packs nothing, writes nothing.

import type { Experiment } from '../../experiment/schema/schema.ts';
import { plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { ONE_DNN_VARIABLE, readOneDnn } from '../../machine/one-dnn.ts';
import type { DataReport } from '../../model/data/report/data-report.ts';
import { identifyDataset } from '../../model/data/sources/index.ts';
import { requireNoLink } from '../../results/files/linked-experiments.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import { experimentFolder, runFolder, runnerLeaseFile } from '../../results/paths.ts';
import { createStateReader, findUnreadableOutcome } from '../../results/read.ts';
import { findEqualRuns } from '../../runner/plan/equal-runs.ts';
import { identifyPoints } from '../../runner/plan/identify-points.ts';
import { leaveUnreadable } from '../../runner/plan/leave-unreadable.ts';
import { type Order, orderRuns } from '../../runner/plan/order.ts';
import { type PlannedRun, planRuns } from '../../runner/plan/plan.ts';
import { describeDemand, planSlots } from '../../runner/plan/slots.ts';
import type { DataAccess } from '../../runner/sweep-request.ts';
import { describePacked } from '../data/describe-packed.ts';
import { EXIT } from '../exit-codes.ts';
import { describeOtherFile } from '../find-experiment.ts';
import { loadExperiment } from '../load-experiment.ts';
import { describeHolder } from '../text/describe-holder.ts';
import { describeUnreadable } from '../text/describe-unreadable.ts';
import { type Colour, createPaint, terminalColumns } from '../text/paint.ts';
import { type Cell, chooseFitting, formatTable } from '../text/table.ts';

export interface PlanCommandOptions {
  file: string;
  set: string[];
  results: string;
  json: boolean;
  /** Runs shown; 0 for all. */
  limit: number;
  order: Order;
  retryFailed: boolean;
  reuse: boolean;
}

export async function planCommand(options: PlanCommandOptions): Promise<number> {
  const { results, limit } = options;
  requireNoFile(results);
  const experiment = await loadExperiment(options.file, options.set);
  requireNoLink(results, experiment.name);
  const folder = experimentFolder(results, experiment.name);
  const identified = await identifyPoints(experiment, { experimentFolder: folder, identifyDataset });
  const points =
    options.reuse && experiment.halving === undefined
      ? await findEqualRuns(identified, { resultsRoot: results, experiment, readContent })
      : identified;
  const planned = planRuns(points, createStateReader(folder), {
    retryFailed: options.retryFailed,
    halving: experiment.halving !== undefined,
    findUnreadable: (id) => findUnreadableOutcome(runFolder(results, experiment.name, id)),
  });
  const readable = leaveUnreadable(orderRuns(planned, options.order), { resultsRoot: results, experiment: experiment.name });
  const { plan, notes: continuation } = await describeContinuation(readable, { experiment, resultsRoot: results });
  const shown = limit === 0 ? plan : plan.slice(0, limit);
  const packed = await describePacked(plan.map(({ point }) => point.config));
  if (options.json) {
    process.stdout.write(formatJson(plan, shown, { ...experiment, data: packed.map(({ report }) => report) }));
    return EXIT.ok;
  }
  const holder = readLiveLease(runnerLeaseFile(folder));
  const notes = [
    ...describeUnreadable(plan),
    ...describeOtherFile(results, experiment),
    ...continuation,
    ...describeEqualPoints(experiment.points.length - points.length),
    ...packed.flatMap((data) => data.notes),
    ...(holder ? [describeHolder(experiment.name, runnerLeaseFile(folder), holder)] : []),
  ];
  process.stdout.write(formatText(plan, shown, notes));
  return EXIT.ok;
}

/** Loaded only where an equal run of another experiment has told what its pictures were. */
const readContent: DataAccess['readContent'] = async (dataset) => (await import('../data-access.ts')).readDataContent(dataset);

/** Points of the sweep that differ only in what changes no weights, such as samples. */
function describeEqualPoints(count: number): string[] {
  if (count === 0) return [];
  const what =
    count === 1
      ? '1 point of the sweep trains the same weights as another'
      : `${count} points of the sweep train the same weights as others`;
  return [`${what}: each of these runs is trained once.`];
}

interface Continuation {
  /** Without the runs that go on with no backend of this machine. */
  plan: readonly PlannedRun[];
  /** What differs for runs that go on. */
  notes: string[];
}

/** The machine is looked at only as far as needed: nothing of it is said of runs that are new and compute in float32. */
async function describeContinuation(
  plan: readonly PlannedRun[],
  { experiment, resultsRoot }: { experiment: Experiment; resultsRoot: string },
): Promise<Continuation> {
  const { name, execution, halving } = experiment;
  const folder = experimentFolder(resultsRoot, name);
  const goesOn = plan.some((run) => run.action === 'resume');
  const mayBeSlow =
    readOneDnn(process.env[ONE_DNN_VARIABLE]) === false || plan.some(({ point }) => point.config.training.precision === 'bfloat16');
  if (!goesOn && !mayBeSlow) return { plan, notes: [] };
  try {
    const { readSurroundings } = await import('../../runner/surroundings.ts');
    const { keepBackends } = await import('../../runner/plan/keep-backends.ts');
    const { describeBackends, describeThreads } = await import('../text/describe-begun.ts');
    const { describeSlowPlan } = await import('../text/slow-settings.ts');
    const configs = plan.map(({ point }) => point.config);
    const { machine, backend } = await readSurroundings({ configs });
    const slots = planSlots(describeDemand(execution, configs), machine);
    const kept = await keepBackends(plan, { resultsRoot, experiment: name, backend, slots, mayChange: false });
    const notes = [
      ...describeBackends(kept, backend),
      ...describeThreads(kept, { folder, slots, hasHalving: halving !== undefined }),
      ...describeSlowPlan(kept, folder, backend),
    ];
    return { plan: kept, notes };
  } catch (error) {
    if (error instanceof UserError) return { plan, notes: [error.message] }; // what `facet run` would stop at
    throw error;
  }
}

function formatJson(
  plan: readonly PlannedRun[],
  shown: readonly PlannedRun[],
  { name, file, data }: { name: string; file: string; data: readonly DataReport[] },
): string {
  const runs = shown.map(({ id, point, state, action, reason, equal }) => {
    const reused = equal === undefined ? {} : { reused: `${equal.experiment}/${equal.id}` };
    return { id, axes: point.axes, state, action, reason, ...reused, config: point.config };
  });
  return `${JSON.stringify({ experiment: name, file, counts: countActions(plan), data, runs }, null, 2)}\n`;
}

const COLOURS: Record<PlannedRun['action'], Colour> = { start: 'cyan', resume: 'yellow', skip: 'green' };

/** Columns of a terminal in which fields have their whole names; of a table at least, where the terminal is narrow. */
const WIDE = 120;
const LEAST_RUN = 16;
const LEAST_AXIS = 6;

function formatText(plan: readonly PlannedRun[], shown: readonly PlannedRun[], notes: readonly string[]): string {
  const axes = [...new Set(plan.flatMap(({ point }) => Object.keys(point.axes)))]; // an axis may be one of `include` alone
  const columns = terminalColumns();
  const cellOf = ({ id, point, action, reason, equal }: PlannedRun, name: string): Cell => {
    if (name === 'run') return { text: id };
    if (name === 'would') return { text: equal && action === 'skip' ? 'reuse' : action, colour: COLOURS[action] };
    return { text: name === 'because' ? reason : (point.axes[name] ?? '-') };
  };
  const names = chooseFitting(['run', ...axes, 'would', 'because'], {
    columns,
    widthOf: (name) => (axes.includes(name) ? LEAST_AXIS : name === 'run' ? LEAST_RUN : name.length),
    dispensable: axes.toReversed(), // the names of the runs tell them
  });
  const isWide = columns >= WIDE;
  const heads = names.map((name) => (isWide ? name : name.slice(name.lastIndexOf('.') + 1)));
  const rows = shown.map((run) => names.map((name) => cellOf(run, name)));
  const table = formatTable(heads, rows, { paint: createPaint(process.stdout), columns });
  const { start, resume, skip } = countActions(plan);
  const hidden = plan.length - shown.length;
  return [
    table,
    ...(hidden === 0 ? [] : [`… and ${plural(hidden, 'more run')} (--limit 0 shows all)`]),
    `${plural(plan.length, 'run')}: ${start} to start, ${resume} to go on with, ${skip} to leave alone.`,
    ...notes,
    '',
  ].join('\n');
}

function countActions(plan: readonly PlannedRun[]): Record<PlannedRun['action'], number> {
  const counts = { start: 0, resume: 0, skip: 0 };
  for (const { action } of plan) counts[action]++;
  return counts;
}
