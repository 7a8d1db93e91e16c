// A sweep in which calls of the system fail, in the runner or in a trainer. Ordinarily some of them, drawn by
// FACET_FAULTS_SEED; each of them where FACET_FAULTS is 200 or more, with a kind of fault that depends on the seed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, shuffle } from '../../src/experiment/random.ts';
import { buildPrograms, type Programs } from './battlefield.ts';
import { countCalls, describeInjection, type Injection, inject, KINDS, PLACES, type Scene } from './injections.ts';
import { runUndisturbed } from './reference.ts';
import { FAULTS_SEED } from './seed.ts';
import { buildShim, type Shim } from './shim.ts';

const isThorough = Number(process.env.FACET_FAULTS || 20) >= 200;
const SAMPLE = 4;
/** About so many calls each place makes: enough to draw some of them. */
const USUAL = { runner: 60, 'runner in a run': 20, trainer: 110 };
const isLinux = process.platform === 'linux';

let programs: Programs;
let shim: Shim;
let scene: Scene;
beforeAll(async () => {
  if (!isLinux) return;
  [programs, shim] = await Promise.all([buildPrograms(), buildShim()]);
  const { reference, ids } = await runUndisturbed(programs);
  scene = { programs, reference, shim: shim.environment, target: ids[0]! };
});
afterAll(() => {
  programs?.remove();
  shim?.remove();
});

describe.runIf(isLinux)('a sweep that meets a full, a broken or a read-only disk at one of its writes', () => {
  it('says so in a line without a stack, does not hurt its other runs, and ends as one left alone when it is run again', {
    timeout: isThorough ? 3_600_000 : 240_000,
  }, async () => {
    console.log(`FACET_FAULTS_SEED=${FAULTS_SEED}`);
    const counts = isThorough ? await countCalls(scene) : USUAL;
    const injections = select(PLACES.flatMap((place) => listInjections(place, counts[place])));
    const broken: string[] = [];
    const met: Record<string, number> = {};
    for (const injection of injections) {
      const faults = await inject(scene, injection);
      if (faults !== null) met[injection.place] = (met[injection.place] ?? 0) + 1;
      if (faults && faults.length > 0) broken.push(`${describeInjection(injection)}:\n${faults.join('\n')}`);
    }
    console.log(`calls: ${JSON.stringify(counts)}; faults met: ${JSON.stringify(met)}`);
    expect(broken.join('\n\n')).toBe('');
    expect(Object.values(met).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(isThorough ? injections.length / 2 : 0);
  });
});

/** Each call, another kind of fault from call to call. */
function listInjections(place: Injection['place'], calls: number): Injection[] {
  return Array.from({ length: calls }, (_, index) => ({ place, at: index + 1, kind: KINDS[(index + FAULTS_SEED) % KINDS.length]! }));
}

function select(all: Injection[]): Injection[] {
  if (isThorough) return all;
  const order = shuffle(Uint32Array.from(all.keys()), createRandom(FAULTS_SEED, 'injections'));
  return [...order.subarray(0, SAMPLE)].map((index) => all[index]!);
}
