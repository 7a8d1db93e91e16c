// The sweep that nobody disturbs, to compare with: every run that the tests' sweeps are made of.

import { readFileSync } from 'node:fs';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createBattlefield, type Programs } from './battlefield.ts';
import { hashOf, newestCheckpoint, type Reference } from './promises.ts';

export const RUNS = 6;

export async function runUndisturbed(programs: Programs): Promise<{ reference: Reference; ids: string[]; printed: string }> {
  const field = createBattlefield(programs);
  field.env.FAULTS_STEP_MS = '0';
  field.writeSweep(RUNS, { parallel: 3 });
  const { exitCode, all = '' } = await field.facet('run', 'sweep.yaml');
  if (exitCode !== 0) throw new Error(`The undisturbed sweep ended with ${exitCode}: ${all}`);
  const { runs } = readExperiment(field.results, 'sweep');
  const reference = new Map(
    runs.map(({ id, folder }) => [hashOf(id), { metrics: readFileSync(metricsFile(folder)), weights: newestCheckpoint(folder) }]),
  );
  field.remove();
  return { reference, ids: runs.map(({ id }) => id), printed: all };
}
