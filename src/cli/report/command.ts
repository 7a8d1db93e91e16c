// facet report EXPERIMENT --out FILE: an experiment's page in one file, for those who have neither Facet nor the results.

import { statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { readAssets } from '../../dashboard/http/assets.ts';
import { makeReport } from '../../dashboard/report/make-report.tsx';
import { createStore } from '../../dashboard/store.ts';
import { formatBytes, plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { describeSystemError, isSystemError, WriteFailure } from '../../results/errors.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { writeFileAtomic } from '../../results/files/write.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { listenForStop } from '../stop-signals.ts';

export interface ReportCommandOptions {
  experiment: string;
  results: string;
  /** The file; by default `<experiment>-report.html` here. */
  out?: string;
  /** Replace a file that is there. */
  overwrite: boolean;
  /** Folder of the bundled client. */
  assets: string;
  /** Facet's own version. */
  version: string;
}

/** Exits with 0 where the file is written. A signal before that ends it with nothing left behind: nothing is written but the whole file. */
export async function reportCommand({ experiment, results, overwrite, version, ...options }: ReportCommandOptions): Promise<number> {
  requireNoFile(results);
  const { name } = findExperiment(results, experiment);
  const out = options.out ?? `${name}-report.html`;
  requireFreeFile(out, { results, overwrite });
  try {
    const resultsRoot = resolve(results);
    const live = await createStore(resultsRoot, { patienceMs: Number.POSITIVE_INFINITY }).openExperiment(name);
    if (live === null || live.runs.size === 0) throw new UserError(`${quote(name)}: expected runs, found none to report on`);
    const made = `Report of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Facet ${version}`;
    const { html, leftOut } = await makeReport(live, { resultsRoot, assets: readAssets(options.assets), made });
    const { release } = listenForStop(); // nothing half written stays
    writeFileAtomic(out, html);
    release();
    const bytes = Buffer.byteLength(html);
    const note = leftOut.length === 0 ? '' : `; to stay small it holds ${leftOut.join('; ')}`;
    process.stdout.write(`${out}: ${plural(live.runs.size, 'run')} of ${name}, ${formatBytes(bytes)}${note}\n`);
    if (bytes > LARGE_BYTES) {
      process.stderr.write(`It is larger than ${formatBytes(LARGE_BYTES)}: the tables of so many runs take that alone.\n`);
    }
    return EXIT.ok;
  } catch (error) {
    throw asReportFailure(out, error);
  }
}

/** What mail and chat still take. */
const LARGE_BYTES = 5_000_000;

/** Nothing of a person's is replaced unless asked for, and nothing is put among the results. Throws a UserError. */
function requireFreeFile(out: string, { results, overwrite }: { results: string; overwrite: boolean }): void {
  const fail = (why: string): never => {
    throw new UserError(`--out: expected a new file, got ${quote(out)}${why}`);
  };
  const inside = relative(resolve(results), resolve(out));
  if (inside !== '..' && !inside.startsWith(`..${sep}`) && !inside.startsWith(sep)) fail(', which lies in the results');
  if (!statSync(dirname(resolve(out)), { throwIfNoEntry: false })?.isDirectory()) fail(' in a folder that does not exist');
  const stat = statSync(out, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) fail(', which is no file');
  if (stat && !overwrite) fail(', which is there: add --overwrite to replace it');
}

function asReportFailure(out: string, error: unknown): unknown {
  const cause = error instanceof WriteFailure ? error.cause : error;
  if (!isSystemError(cause)) return error;
  return new UserError(`--out: ${quote(out)} could not be written: ${describeSystemError(cause)}. Nothing was left there.`, { cause });
}
