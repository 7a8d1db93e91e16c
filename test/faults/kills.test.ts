// Kills at random moments. FACET_FAULTS=200 asks for so many; FACET_FAULTS_SEED=random for other moments, FACET_FAULTS_SEED=… for those
// that were printed.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../src/experiment/random.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { buildPrograms, type Programs, STEPS } from './battlefield.ts';
import { hashOf, newestCheckpoint, type Reference } from './promises.ts';
import { RUNS, runUndisturbed } from './reference.ts';
import { FAULTS_SEED } from './seed.ts';
import { besiege, createTally } from './siege.ts';

const KILLS = Number(process.env.FACET_FAULTS || 20);

let programs: Programs;
let reference: Reference;
let undisturbed: string;

beforeAll(async () => {
  programs = await buildPrograms();
  ({ reference, printed: undisturbed } = await runUndisturbed(programs));
});
afterAll(() => programs.remove());

describe.runIf(process.platform === 'linux')('a sweep whose processes are killed at random moments', () => {
  it(`loses nothing, repeats nothing and ends as one left alone, through ${KILLS} kills`, {
    timeout: 60_000 + KILLS * 15_000,
  }, async () => {
    expect(new Set([...reference.values()].map(({ weights }) => weights.toString('hex'))).size).toBe(RUNS);
    for (const { metrics } of reference.values()) expect(metrics.toString().split('\n')).toHaveLength(STEPS + 1);
    expect(rowsOf(undisturbed).size).toBe(RUNS);
    console.log(`FACET_FAULTS_SEED=${FAULTS_SEED}`);
    const tally = createTally();
    onTestFinished(() => console.log(JSON.stringify(tally)));
    const random = createRandom(FAULTS_SEED, 'sweeps');
    const killed = () => tally.kills.runner + tally.kills.child + tally.kills.both;
    while (killed() < KILLS) {
      const seed = random.integer(2 ** 31);
      const kills = Math.min(KILLS - killed(), 2 + random.integer(7));
      const { field, printed } = await besiege({ programs, reference, seed, kills, tally });
      const { runs } = readExperiment(field.results, 'sweep');
      for (const { id, folder, state, outcome } of runs) {
        const { metrics, weights } = reference.get(hashOf(id))!;
        const where = `${id}, sweep of seed ${seed}`;
        expect({ state, steps: outcome?.steps }, where).toEqual({ state: 'succeeded', steps: STEPS });
        expect(readFileSync(metricsFile(folder)).equals(metrics), where).toBe(true);
        expect(newestCheckpoint(folder).equals(weights), where).toBe(true);
        expect(rowsOf(printed).get(hashOf(id)), where).toBe(rowsOf(undisturbed).get(hashOf(id)));
      }
      field.remove();
    }
    expect(killed()).toBeGreaterThanOrEqual(KILLS);
  });
});

/** The rows of the printed table, by the hash of the run. */
function rowsOf(printed: string): Map<string, string> {
  const rows = printed.split('\n').filter((line) => /^\s*\S+-[0-9a-f]{6,}\s.*succeeded/.test(line));
  return new Map(rows.map((row) => [hashOf(row.trim().split(/\s+/)[0]!), row.trim().split(/\s+/).slice(1).join(' ')]));
}
