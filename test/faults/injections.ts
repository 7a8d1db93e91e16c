// Faults injected into a whole sweep: which calls there are to fail, and what one failure does to the sweep and to the next try.

import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment, readRun } from '../../src/results/read.ts';
import { type Battlefield, createBattlefield, type Programs } from './battlefield.ts';
import { findMarked } from './processes.ts';
import { checkPromises, hashOf, newestCheckpoint, type Reference } from './promises.ts';

/** The runner, wherever it writes; the runner in one run's folder; the trainer of that run. */
export const PLACES = ['runner', 'runner in a run', 'trainer'] as const;
export const KINDS = ['ENOSPC once', 'ENOSPC ever', 'EIO once', 'EIO ever', 'EROFS ever', 'short once', 'EINTR once'] as const;

export interface Injection {
  place: (typeof PLACES)[number];
  kind: (typeof KINDS)[number];
  /** Which call of the process, from 1. */
  at: number;
}

export interface Scene {
  programs: Programs;
  reference: Reference;
  /** What makes a process meet faults. */
  shim: Record<string, string>;
  /** The run that meets them; the other one must not be hurt. */
  target: string;
}

export const describeInjection = ({ place, kind, at }: Injection): string => `${place}, ${kind}, call ${at}`;

/** Runs the sweep of two with nothing failing, and counts the calls of each place. */
export async function countCalls(scene: Scene): Promise<Record<Injection['place'], number>> {
  const counts = {} as Record<Injection['place'], number>;
  for (const place of PLACES) {
    const field = createScene(scene);
    Object.assign(field.env, environmentOf(field, { scene, injection: { place, kind: 'EIO once', at: 0 } }));
    const { exitCode, all } = await field.facet('run', 'sweep.yaml');
    if (exitCode !== 0) throw new Error(`undisturbed: ${all}`);
    counts[place] = callsOf(field).length;
    field.remove();
  }
  return counts;
}

/** What is not as promised, a line each; null where the call was never reached. */
export async function inject(scene: Scene, injection: Injection): Promise<string[] | null> {
  const field = createScene(scene);
  const usual = { ...field.env };
  Object.assign(field.env, environmentOf(field, { scene, injection }));
  const { exitCode, all = '' } = await field.facet('run', 'sweep.yaml');
  const failed = callsOf(field).filter((call) => call.endsWith(' fails'));
  if (failed.length === 0) {
    field.remove();
    return null;
  }
  const broken: string[] = [];
  const isHarmless = /short|EINTR/.test(injection.kind);
  if (/^\s+at .*:\d+:\d+|This is a bug/m.test(all)) broken.push('it printed a stack');
  if (![0, 1, 2].includes(exitCode!)) broken.push(`it ended with ${exitCode}`);
  if (isHarmless && exitCode !== 0) broken.push(`it ended with ${exitCode} for a ${injection.kind}`);
  const code = injection.kind.split(' ')[0]!;
  // A trainer that can write nothing any more, its log included, has only its exit code left to speak with.
  const isMute = injection.place === 'trainer' && injection.kind.endsWith('ever');
  // mkdir with `recursive` makes of every error of the system ENOENT.
  const isLostByNode = failed.every((call) => / mkdir /.test(call));
  const isNamed = (line: string) =>
    line.includes('results') && (line.includes(code) || isLostByNode || (isMute && line.includes('could not write')));
  if (exitCode !== 0 && !all.split('\n').some(isNamed)) broken.push(`no line names ${code} and the file`);
  if (findMarked(field.mark).length > 0) broken.push(`left over: ${JSON.stringify(findMarked(field.mark))}`);
  const other = readExperiment(field.results, 'sweep').runs.find(({ id }) => id !== scene.target);
  if (injection.place !== 'runner' && other?.state !== 'succeeded') broken.push(`the other run is ${other?.state}`);
  if (exitCode === 0 && readRun(join(field.results, 'sweep', scene.target)).state !== 'succeeded')
    broken.push('it ended with 0, unfinished');
  broken.push(...checkPromises(field, scene.reference).broken);
  field.env = usual;
  broken.push(...(await checkNextTry(field, scene)));
  if (broken.length > 0) broken.push(`after ${failed.join('; ')}`, `in ${field.folder}`, `it printed: ${all}`);
  else field.remove();
  return broken;
}

async function checkNextTry(field: Battlefield, { reference }: Scene): Promise<string[]> {
  const { exitCode, all } = await field.facet('run', 'sweep.yaml', '--retry-failed');
  if (exitCode !== 0) return [`the next try ended with ${exitCode}: ${all}`];
  return readExperiment(field.results, 'sweep').runs.flatMap(({ id, folder }) => {
    const { metrics, weights } = reference.get(hashOf(id))!;
    return readFileSync(metricsFile(folder)).equals(metrics) && newestCheckpoint(folder).equals(weights)
      ? []
      : [`${id} differs from the undisturbed run`];
  });
}

function createScene({ programs }: Scene): Battlefield {
  const field = createBattlefield(programs);
  field.env.FAULTS_STEP_MS = '0';
  field.writeSweep(2, { parallel: 2 });
  return field;
}

function environmentOf(field: Battlefield, { scene, injection }: { scene: Scene; injection: Injection }): Record<string, string> {
  const [code, reach] = injection.kind.split(' ');
  const results = join(realpathSync(field.folder), 'results');
  return {
    ...scene.shim,
    FAULT_UNDER: injection.place === 'runner' ? results : join(results, 'sweep', scene.target),
    FAULT_IN: injection.place === 'trainer' ? scene.programs.trainer : 'cli.js',
    FAULT_KIND: code!,
    FAULT_AT: String(injection.at),
    FAULT_LOG: join(field.folder, 'calls'),
    ...(reach === 'ever' && { FAULT_EVER: '1' }),
  };
}

function callsOf({ folder }: Battlefield): string[] {
  const path = join(folder, 'calls');
  const calls = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  rmSync(path, { force: true });
  return calls;
}
