// facet grids FILE: draws the sample grids of an experiment's runs again, as the file now asks, without training.

import { plural } from '../../experiment/units.ts';
import { identifyDataset } from '../../model/data/sources/index.ts';
import { requireNoLink } from '../../results/files/linked-experiments.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { experimentFolder, runnerLeaseFile } from '../../results/paths.ts';
import { identifyPoints } from '../../runner/plan/identify-points.ts';
import { type RedrawResult, redrawGrids } from '../../runner/redraw-grids.ts';
import { EXIT } from '../exit-codes.ts';
import { loadExperiment } from '../load-experiment.ts';
import { listenForStop } from '../stop-signals.ts';
import { describeHolder } from '../text/describe-holder.ts';

export interface GridsCommandOptions {
  file: string;
  /** Overrides, path=value. */
  set: string[];
  results: string;
  /** The program that draws the grids of one run. */
  drawer: string;
}

export async function gridsCommand({ file, set, results, drawer }: GridsCommandOptions): Promise<number> {
  requireNoFile(results);
  const experiment = await loadExperiment(file, set);
  requireNoLink(results, experiment.name);
  const folder = experimentFolder(results, experiment.name);
  const points = await identifyPoints(experiment, { experimentFolder: folder, identifyDataset });
  const listener = listenForStop();
  const counts = { grids: 0, runs: 0, problems: 0 };
  const onRun = (id: string, result: RedrawResult) => {
    process.stdout.write(`${id}: ${describeResult(result)}\n`);
    const problems = 'problem' in result ? [result.problem] : result.problems;
    counts.problems += problems.length;
    if ('problem' in result || result.epochs.length === 0) return;
    counts.runs++;
    counts.grids += result.epochs.length;
  };
  try {
    const end = await redrawGrids(
      { resultsRoot: results, experiment: experiment.name, points, drawer, signal: listener.stop.graceful },
      onRun,
    );
    if (end.kind === 'held') {
      process.stderr.write(`${describeHolder(experiment.name, runnerLeaseFile(folder), end.holder)}\n`);
      return EXIT.held;
    }
    process.stdout.write(`${plural(counts.grids, 'grid')} of ${plural(counts.runs, 'run')} drawn again; nothing was trained.\n`);
    if (end.wasStopped) return EXIT.interrupted;
    return counts.problems > 0 ? EXIT.runFailed : EXIT.ok;
  } finally {
    listener.release();
  }
}

function describeResult(result: RedrawResult): string {
  if ('problem' in result) return `not drawn: ${result.problem}`;
  const { epochs, setAside, problems, note } = result;
  const moved = setAside > 0 ? `; ${plural(setAside, 'grid')} of epochs without a checkpoint moved to samples/former` : '';
  return [`${describeDrawn(epochs, problems.length)}${moved}`, ...(note ? [note] : []), ...problems].join('\n  ');
}

function describeDrawn(epochs: readonly number[], problems: number): string {
  if (epochs.length > 0) return `epochs ${epochs.join(', ')}`;
  if (problems > 0) return 'nothing drawn';
  return 'nothing drawn: it keeps no checkpoint of the end of an epoch, or no condition applies to it';
}
