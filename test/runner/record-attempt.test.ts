import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { readRun } from '../../src/results/read.ts';
import type { Provenance } from '../../src/results/records.ts';
import { recordAttempt } from '../../src/runner/attempt/record-attempt.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-record-attempt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const provenance = {} as Provenance;
const { stopDiverged: _, ...before } = runConfigSchema.parse({ attributes: ['Male'] }).training;

function record(training: object) {
  const config = { ...runConfigSchema.parse({ attributes: ['Male'] }), training: training as typeof before & { stopDiverged: boolean } };
  const run = { id: 'run', experiment: 'sweep', axes: {}, config, dataIdentity: 'none' };
  recordAttempt(folder, { run, former: readRun(folder).record, provenance, patch: null });
  return readRun(folder).record!.config.training.stopDiverged;
}

it('a run of before there was a look at losses goes on without it, whatever the file says now', () => {
  expect(record(before)).toBe(false);
  expect(record({ ...before, stopDiverged: true })).toBe(false);
});

it('a run that diverged goes on without that look once the file turns it off', () => {
  expect(record({ ...before, stopDiverged: true })).toBe(true);
  expect(record({ ...before, stopDiverged: false })).toBe(false);
});
