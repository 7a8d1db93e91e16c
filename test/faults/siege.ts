// One sweep under fire: started, killed at random moments, widened, started again, until it is done. After each
// shot that stops the runner the promises are checked.

import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../src/experiment/random.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { type Battlefield, createBattlefield, type Programs } from './battlefield.ts';
import { findMarked, kill, type MarkedProcess } from './processes.ts';
import { checkPromises, fingerprint, type Reference, readAcknowledgements } from './promises.ts';

const TARGETS = ['runner', 'child', 'both'] as const;

export interface Tally {
  sweeps: number;
  /** SIGKILLs that met a living process, by what they met. */
  kills: Record<(typeof TARGETS)[number], number>;
  /** Of those: before any training process, while one started, while one trained. */
  moments: Record<'before training' | 'launching' | 'training', number>;
  /** SIGTERMs of a runner. */
  terms: number;
  /** Times that a run went on from a checkpoint, and from nothing again. */
  resumptions: number;
  restarts: number;
  widened: number;
  /** Acknowledged records and checkpoints looked at, each time that the promises were checked. */
  checked: number;
}

export const createTally = (): Tally => ({
  sweeps: 0,
  kills: { runner: 0, child: 0, both: 0 },
  moments: { 'before training': 0, launching: 0, training: 0 },
  terms: 0,
  resumptions: 0,
  restarts: 0,
  widened: 0,
  checked: 0,
});

export interface SiegeOptions {
  programs: Programs;
  reference: Reference;
  seed: number;
  /** SIGKILLs after which this sweep is left alone. */
  kills: number;
  tally: Tally;
}

/** Plays one sweep to its end. Returns the field, for a last look, and what its last command printed; the caller removes the field. */
export async function besiege({ programs, reference, seed, kills, tally }: SiegeOptions): Promise<{ field: Battlefield; printed: string }> {
  const random = createRandom(seed, 'siege');
  const field = createBattlefield(programs);
  const untouched = new Map<string, string>();
  let seeds = 1 + random.integer(4);
  field.env.FAULTS_STEP_MS = String(random.integer(8));
  const execution = { parallel: 1 + random.integer(3), retries: random.integer(3), backoff: 0.02 };
  field.writeSweep(seeds, execution);
  tally.sweeps++;
  let left = kills;
  for (let start = 0; ; start++) {
    const context = `seed ${seed}, start ${start}, in ${field.folder}`;
    if (start > 0 && seeds < MOST_SEEDS && random.uniform() < 0.15) {
      field.writeSweep(++seeds, execution);
      tally.widened++;
    }
    const runner = field.facet('run', 'sweep.yaml', '--retry-failed');
    const ended = runner.then(() => true);
    while (left > 0 && !(await Promise.race([ended, sleep(0, false)]))) {
      const hit = await shoot(field, { runner: runner.pid!, ended, random, tally });
      left -= hit === 'killed' || hit === 'runner-killed' ? 1 : 0;
      if (hit !== 'killed') break; // the runner is gone, going, or was too quick
    }
    const { exitCode, all } = await runner;
    await untilNobodyIsLeft(field, context);
    const { broken, checked } = checkPromises(field, reference);
    tally.checked += checked;
    for (const run of readExperiment(field.results, 'sweep').runs.filter(({ state }) => state === 'succeeded')) {
      const now = fingerprint(run.folder);
      if ((untouched.get(run.id) ?? now) !== now) broken.push(`${run.id} was finished, and has been touched`);
      untouched.set(run.id, now);
    }
    if (/^\s+at .*:\d+|This is a bug/m.test(all ?? '')) broken.push('the runner printed a stack');
    if (broken.length > 0) throw new Error(`${context}:\n${broken.join('\n')}\n${all}`);
    if (exitCode === 0) return finish(field, { all: all ?? '', tally });
    if (start > 20 + 4 * kills) throw new Error(`${context}: the sweep does not come to its end\n${all}`);
  }
}

const MOST_SEEDS = 6;

function finish(field: Battlefield, { all, tally }: { all: string; tally: Tally }): { field: Battlefield; printed: string } {
  for (const { id, folder } of readExperiment(field.results, 'sweep').runs) {
    const from = readAcknowledgements(field, id).flatMap(({ resume }) => (resume === undefined ? [] : [resume]));
    tally.resumptions += from.filter((step) => step > 0).length;
    tally.restarts += from.filter((step) => step === 0).length - 1;
    if (from.length === 0) throw new Error(`${metricsFile(folder)} was written by nobody`);
  }
  return { field, printed: all };
}

interface Shot {
  runner: number;
  ended: Promise<boolean>;
  random: Random;
  tally: Tally;
}

/** Waits for a moment and kills. 'killed': the runner goes on; 'missed': it was gone before. */
async function shoot(
  field: Battlefield,
  { runner, ended, random, tally }: Shot,
): Promise<'killed' | 'runner-killed' | 'terminated' | 'missed'> {
  const kind = random.uniform() < 0.12 ? 'term' : TARGETS[random.integer(TARGETS.length)]!;
  const isEarly = random.uniform() < 0.35;
  const moment = isEarly ? sleep(random.integer(900)) : untilAcknowledged(field, 1 + random.integer(600));
  if (await Promise.race([ended, moment.then(() => false)])) return 'missed';
  const delayMs = random.integer(12);
  if (kind === 'term') {
    await sleep(delayMs);
    if (!kill(runner, 'SIGTERM')) return 'missed';
    tally.terms++;
    return 'terminated';
  }
  let children = trainersOf(field, runner);
  if (kind === 'child') {
    while (children.length === 0 && !(await Promise.race([ended, sleep(3, false)]))) children = trainersOf(field, runner);
  }
  await sleep(delayMs);
  const when = children.length === 0 ? 'before training' : isEarly ? 'launching' : 'training';
  const child = children[random.integer(Math.max(1, children.length))]?.pid;
  const childFirst = random.uniform() < 0.5;
  const met = [
    kind !== 'runner' && childFirst && child !== undefined && kill(child, 'SIGKILL'),
    kind !== 'child' && kill(runner, 'SIGKILL'),
    kind !== 'runner' && !childFirst && child !== undefined && kill(child, 'SIGKILL'),
  ];
  if (!met.includes(true)) return 'missed';
  tally.kills[kind]++;
  tally.moments[when]++;
  return kind === 'child' ? 'killed' : 'runner-killed';
}

/** Training processes; a program that is still becoming one counts. */
function trainersOf(field: Battlefield, runner: number): MarkedProcess[] {
  return findMarked(field.mark).filter(({ pid, command }) => pid !== runner && / \S+\/results\/|^setpriv |results\/sweep\//.test(command));
}

/** Until the trainers have said so many bytes more: in the midst of a write, or right after it. */
async function untilAcknowledged(field: Battlefield, bytes: number): Promise<void> {
  const goal = field.acknowledgedBytes() + bytes;
  for (const deadline = performance.now() + 20_000; field.acknowledgedBytes() < goal && performance.now() < deadline; ) await sleep(1);
}

/**
 * Children may outlive a killed runner by 2 s; a loaded machine gets more. A process that is being ended by the kernel has
 * lost its environment, and with it our mark, some moments before it is gone: then only its lease still tells of it.
 */
async function untilNobodyIsLeft({ mark, results }: Battlefield, context: string): Promise<void> {
  const left = () => {
    const { runner, runs } = readExperiment(results, 'sweep');
    return [...findMarked(mark), ...(runner ? [runner] : []), ...runs.filter(({ state }) => state === 'running').map(({ id }) => id)];
  };
  for (const deadline = performance.now() + 60_000; left().length > 0; await sleep(2)) {
    if (performance.now() > deadline) throw new Error(`${context}: left over: ${JSON.stringify(left())}`);
  }
}
