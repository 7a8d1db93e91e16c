// Kills at random moments. FACET_FAULTS=200 asks for so many; FACET_FAULTS_SEED=… repeats a failure.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/experiment/random.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { buildPrograms, createBattlefield, type Programs, STEPS } from './battlefield.ts';
import { hashOf, newestCheckpoint, type Reference } from './promises.ts';
import { besiege, createTally } from './siege.ts';

const KILLS = Number(process.env.FACET_FAULTS || 20);
const SEED = Number(process.env.FACET_FAULTS_SEED || Date.now() % 2 ** 31);
const RUNS = 6;

let programs: Programs;
const reference: Map<string, { metrics: Buffer; weights: Buffer }> = new Map();
let table: Map<string, string>;

beforeAll(async () => {
  programs = await buildPrograms();
  const field = createBattlefield(programs);
  field.env.FAULTS_STEP_MS = '0';
  field.writeSweep(RUNS, { parallel: 3 });
  const { exitCode, all } = await field.facet('run', 'sweep.yaml');
  expect(exitCode, all).toBe(0);
  for (const { id, folder } of readExperiment(field.results, 'sweep').runs) {
    reference.set(hashOf(id), { metrics: readFileSync(metricsFile(folder)), weights: newestCheckpoint(folder) });
  }
  table = rowsOf(all!);
  field.remove();
});
afterAll(() => programs.remove());

describe.runIf(process.platform === 'linux')('a sweep whose processes are killed at random moments', () => {
  it(`loses nothing, repeats nothing and ends as one left alone, through ${KILLS} kills`, {
    timeout: 60_000 + KILLS * 15_000,
  }, async () => {
    expect(new Set([...reference.values()].map(({ weights }) => weights.toString('hex'))).size).toBe(RUNS);
    for (const { metrics } of reference.values()) expect(metrics.toString().split('\n')).toHaveLength(STEPS + 1);
    console.log(`FACET_FAULTS_SEED=${SEED}`);
    const tally = createTally();
    const random = createRandom(SEED, 'sweeps');
    const killed = () => tally.kills.runner + tally.kills.child + tally.kills.both;
    while (killed() < KILLS) {
      const seed = random.integer(2 ** 31);
      const kills = Math.min(KILLS - killed(), 2 + random.integer(7));
      const { field, printed } = await besiege({ programs, reference: reference as Reference, seed, kills, tally });
      const { runs } = readExperiment(field.results, 'sweep');
      for (const { id, folder, state, outcome } of runs) {
        const undisturbed = reference.get(hashOf(id))!;
        const where = `${id}, sweep of seed ${seed}`;
        expect({ state, steps: outcome?.steps }, where).toEqual({ state: 'succeeded', steps: STEPS });
        expect(readFileSync(metricsFile(folder)).equals(undisturbed.metrics), where).toBe(true);
        expect(newestCheckpoint(folder).equals(undisturbed.weights), where).toBe(true);
        expect(rowsOf(printed).get(hashOf(id)), where).toBe(table.get(hashOf(id)));
      }
      field.remove();
    }
    console.log(JSON.stringify(tally));
    expect(killed()).toBeGreaterThanOrEqual(KILLS);
  });
});

/** The rows of the printed table, by the hash of the run. */
function rowsOf(printed: string): Map<string, string> {
  const rows = printed.split('\n').filter((line) => /^\s*\S+-[0-9a-f]{6,}\s.*succeeded/.test(line));
  return new Map(rows.map((row) => [hashOf(row.trim().split(/\s+/)[0]!), row.trim().split(/\s+/).slice(1).join(' ')]));
}
