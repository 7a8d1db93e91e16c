// facet reproduce RUN: says what is different today, trains the run again beside the original, and compares the two.

import { dirname, resolve } from 'node:path';
import { plural } from '../../experiment/units.ts';
import { commandFor, ownWords } from '../../results/commands.ts';
import { readEngines } from '../../results/engine-file.ts';
import { releaseLease } from '../../results/leases/lease.ts';
import { reproductionLeaseFile } from '../../results/paths.ts';
import type { DataRecord, Provenance } from '../../results/records.ts';
import { type FoundRun, findRun } from '../../results/runs/find.ts';
import { EXECUTORS } from '../../runner/executors/index.ts';
import { type Code, readCode } from '../../runner/provenance/code.ts';
import { describeOwnTrainer } from '../../runner/provenance/own-trainer.ts';
import { describeProvenance } from '../../runner/provenance/provenance.ts';
import { reproduceRun } from '../../runner/reproduce-run.ts';
import type { RunEnd } from '../../runner/schedule/schedule.ts';
import { setUpTensorflow } from '../../runner/set-up-tensorflow.ts';
import { createDataAccess, readDataContent } from '../data-access.ts';
import { EXIT } from '../exit-codes.ts';
import { createReporter } from '../progress/reporter.ts';
import { choosePlace, type Place } from '../reproduce/choose-place.ts';
import { compareWithOriginal } from '../reproduce/compare-with-original.ts';
import { describeBeginning } from '../reproduce/describe-beginning.ts';
import { type Original, readOriginal, requireSameContent } from '../reproduce/read-original.ts';
import { dataRootsOf, readToday, type Today } from '../reproduce/read-today.ts';
import { listenForStop, type StopListener } from '../stop-signals.ts';
import { takeLease } from '../take-lease.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';

export interface ReproduceCommandOptions {
  /** As findRun takes it. */
  run: string;
  results: string;
  /** The program that trains one run. */
  trainer: string;
  /** The program that makes an oracle; null where the trainer has no use for one. */
  oracleMaker: string | null;
  /** How long the child may take to stop by itself. */
  graceMs: number;
  /** Facet's own version. */
  version: string;
}

/** Exits with 0 where the run came out the same, bit for bit, 1 where it did not, 2 where it cannot be repeated. */
export async function reproduceCommand(given: ReproduceCommandOptions): Promise<number> {
  const found = findRun(given.results, given.run);
  const original = await readOriginal(found, given.results);
  requireSameContent(original.record, await readDataContent(original.record.config.dataset), given.results);
  const options = original.record.config.trainer === undefined ? given : { ...given, oracleMaker: null };
  if (options.oracleMaker !== null && !(await setUpTensorflow())) return EXIT.interrupted;
  const code = await readCode(FACET_ROOT, { exclude: [options.results, ...dataRootsOf(original.record.config)] });
  const today = await readToday(original.record);
  const provenance = describeToday(options, { original, code, today });
  const leaseFile = reproductionLeaseFile(dirname(found.folder), found.id);
  const hold = await takeLease(leaseFile, `the repetition of ${found.id}`);
  if (!hold.acquired) {
    const { pid, host, since } = hold.holder;
    process.stderr.write(`${found.id} is being repeated already, by process ${pid} on ${host} since ${since}\n`);
    return EXIT.held;
  }
  const listener = listenForStop();
  try {
    const data = await prepareData(options, original, listener);
    if (data === 'stopped') return reportStop(options);
    const place = choosePlace(dirname(found.folder), found.id, provenance);
    const beginning = describeBeginning(found.folder, {
      original,
      place,
      provenance,
      pixelsSha256: data?.pixelsSha256,
      paint: createPaint(process.stdout),
      columns: terminalColumns(),
    });
    process.stdout.write(`${[...beginning, ...today.notes].join('\n')}\n\n`);
    const end = await repeat({ options, found, original, code, today, provenance, place, listener });
    if (end.kind !== 'finished') return reportStop(options);
    const { isIdentical, lines } = await compareWithOriginal(original, { folder: place.reproduction.folder, outcome: end.outcome });
    process.stdout.write(`\n${lines.join('\n')}\n`);
    return isIdentical ? EXIT.ok : EXIT.runFailed;
  } finally {
    listener.release();
    releaseLease(leaseFile, hold.lease);
  }
}

function reportStop({ results, run }: ReproduceCommandOptions): number {
  process.stdout.write(`Stopped. Go on with: ${commandFor(results, 'reproduce', run)}\n`);
  return EXIT.interrupted;
}

/** Throws a UserError where the pictures are not those of the original. */
async function prepareData(
  options: ReproduceCommandOptions,
  { record }: Original,
  { stop }: StopListener,
): Promise<DataRecord | undefined | 'stopped'> {
  try {
    const data = (await createDataAccess(options).prepare([record.config], stop.graceful))?.(record.config);
    if (data) requireSameContent(record, data.filesSha256, options.results);
    return data;
  } catch (error) {
    if (!stop.graceful.aborted) throw error;
    return 'stopped';
  }
}

interface Job {
  options: ReproduceCommandOptions;
  found: FoundRun;
  original: Original;
  code: Code;
  today: Today;
  provenance: Provenance;
  place: Place;
  listener: StopListener;
}

function describeToday(
  { version, results }: ReproduceCommandOptions,
  { original, code, today }: Pick<Job, 'original' | 'code' | 'today'>,
): Provenance {
  const { backend, machine } = today.surroundings;
  const { gpus, cores } = machine;
  const { experimentFile: named, workingDirectory } = original.record.provenance;
  // A trainer of the file's own starts in the folder of that file, wherever this command is given.
  const isPlaced = original.record.config.trainer !== undefined && workingDirectory !== undefined;
  const experimentFile = isPlaced ? resolve(workingDirectory, named) : named;
  const command = ['facet', ...ownWords(results)];
  const common = describeProvenance({ code, command, experimentFile, facet: version, backend, gpus, cores, now: new Date() });
  const { trainer } = original.record.config;
  return {
    ...common,
    ...(trainer && { backend: null, trainer: describeOwnTrainer(trainer, common) }),
    threads: today.slot.threads,
    // Absent, as in the original of a former version, it says that the forms of convolution are that version's as well.
    ...(original.record.provenance.oneDnn !== undefined && { oneDnn: today.slot.oneDnn }),
    maxCpuIsa: today.slot.maxCpuIsa,
  };
}

async function repeat(job: Job): Promise<RunEnd> {
  const { options, found, original, today, place, listener } = job;
  const { stop } = listener;
  const { config } = original.record;
  const { backend } = today.surroundings;
  const { state, id } = place.reproduction.run;
  const run = { id: found.id, state, action: state === 'queued' ? ('start' as const) : ('resume' as const), point: { config } };
  const machine = `${backend.version}, ${plural(today.slot.threads, 'thread')}`;
  const reporter = createReporter({ name: id, plan: [run], slots: 1, machine });
  listener.onStop(reporter.onStop);
  try {
    const executor = await EXECUTORS.local({ trainer: options.trainer, ...today.surroundings });
    return await reproduceRun({
      folder: place.reproduction.folder,
      original: original.record,
      lastEpoch: original.lastEpoch,
      provenance: job.provenance,
      patch: job.code.patch,
      engine: readEngines(found.folder)[0],
      slot: today.slot,
      executor,
      graceMs: options.graceMs,
      stop,
      onEvent: (event) => reporter.onEvent({ ...event, run }),
    });
  } finally {
    reporter.close();
  }
}
