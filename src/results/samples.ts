// samples/ of a run: the grids of pictures and what their columns ask for.

import { join } from 'node:path';
import { isSampleGrid } from './check-records.ts';
import { listNames, readJson } from './files/read.ts';
import { samplesFolder } from './paths.ts';
import type { SampleGridRecord } from './records.ts';

export interface SampleFiles {
  epoch: number;
  /** samples/000005.png and samples/000005.json, absolute if the run folder is. */
  image: string;
  grid: string;
}

/** The sample grids that are complete (picture and description), by epoch. */
export function listSamples(folder: string): SampleFiles[] {
  const samples = samplesFolder(folder);
  const names = new Set(listNames(samples));
  return [...names]
    .map((name) => /^(\d{6,})\.png$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined && names.has(`${digits}.json`))
    .map((digits) => ({ epoch: Number(digits), image: join(samples, `${digits}.png`), grid: join(samples, `${digits}.json`) }))
    .sort((a, b) => a.epoch - b.epoch);
}

/** What the columns of a sample grid ask for; null where the file is missing or not readable. */
export function readSampleGrid(path: string): SampleGridRecord | null {
  return readJson<SampleGridRecord>(path, isSampleGrid, 'a sample grid').value;
}
