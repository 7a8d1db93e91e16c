// facet export EXPERIMENT --to csv|parquet|tensorboard: its runs for other programs.

import { plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { describeSystemError, isSystemError, WriteFailure } from '../../results/errors.ts';
import { exportExperiment } from '../../results/export/export-experiment.ts';
import type { ExportFormat } from '../../results/export/formats.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { readExperiment } from '../../results/read.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { makeHarmless } from '../harmless.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { requireFreePlace } from './require-free-place.ts';

export interface ExportCommandOptions {
  experiment: string;
  results: string;
  to: ExportFormat;
  /** The folder; by default `<experiment>-<format>` here. */
  out?: string;
  /** Also the runs that the file no longer asks for. */
  former: boolean;
  /** Replace an export that is there. */
  overwrite: boolean;
  /** Facet's own version. */
  version: string;
}

/** Exits with 0 where the folder is written, 130 on Ctrl-C, which leaves nothing behind. */
export async function exportCommand(options: ExportCommandOptions) {
  const { results, to, version } = options;
  requireNoFile(results);
  const { name } = findExperiment(results, options.experiment);
  const runs = readExperiment(results, name).runs.filter(({ state, current }) => state !== 'queued' && (options.former || current));
  if (runs.length === 0) throw new UserError(`${quote(name)}: expected runs that have begun, found none to export`);
  const out = options.out ?? `${name}-${to}`;
  requireFreePlace(out, { results, overwrite: options.overwrite });
  const { stop, release } = listenForStop();
  const status = process.stdout.isTTY ? createStatusLine() : null;
  const problems: string[] = [];
  const watched = {
    signal: stop.graceful,
    onRun: (index: number) => status?.show(`Exporting run ${index + 1} of ${runs.length}`),
    onProblem: (line: string) => problems.push(line),
  };
  try {
    const { records } = await exportExperiment({ name, runs }, { to, out, version, ...watched }).finally(() => status?.close());
    for (const line of problems) process.stderr.write(`${makeHarmless(line)}\n`);
    process.stdout.write(`${out}: ${plural(runs.length, 'run')} and ${plural(records, 'record')} of ${name}\n${HINTS[to](out)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (stop.graceful.aborted) return EXIT.interrupted;
    throw asExportFailure(out, error);
  } finally {
    release();
  }
}

const HINTS: Record<ExportFormat, (out: string) => string> = {
  csv: () => 'runs.csv has a row a run, records.csv a row for each value that was recorded.',
  parquet: () => 'runs.parquet has a row a run, records.parquet a row for each value that was recorded.',
  tensorboard: (out) => `Look at it with: tensorboard --logdir ${out}`,
};

function asExportFailure(out: string, error: unknown): unknown {
  const cause = error instanceof WriteFailure ? error.cause : error;
  if (!isSystemError(cause)) return error;
  return new UserError(`--out: ${quote(out)} could not be written: ${describeSystemError(cause)}. Nothing was left there.`, { cause });
}
