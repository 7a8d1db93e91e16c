// An experiment of many runs that differ in their seed, most of them without anything but their configuration.

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { experimentRecordFile, runFile } from '../../src/results/paths.ts';
import { writeExampleGrid } from './example-grids.ts';
import { exampleRun } from './example-results.ts';

/** The first 30 have a grid. */
export async function writeManyRuns(folder: string, count: number): Promise<void> {
  const name = basename(folder);
  const attributes = ['Male', 'Young'];
  const runs = Array.from({ length: count }, (_, i) => ({
    id: `seed${i + 1}-${(i + 0xa00000).toString(16)}`,
    axes: { 'training.seed': String(i + 1) },
  }));
  for (const [i, { id, axes }] of runs.entries()) {
    const own = join(folder, id);
    mkdirSync(own, { recursive: true });
    writeJsonAtomic(runFile(own), exampleRun({ id, experiment: name, axes, attributes, seed: i + 1, imageSize: 32 }));
    if (i < 30) await writeExampleGrid(own, { epoch: 1, step: 10, attributes, rows: 1, imageSize: 32, blur: 0 });
  }
  const startedAt = '2026-01-10T09:00:00.000Z';
  writeJsonAtomic(experimentRecordFile(folder), { format: 1, name, file: `${name}.yaml`, startedAt, runs });
}
