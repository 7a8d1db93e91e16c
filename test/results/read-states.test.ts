import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLease } from '../../src/results/leases/lease.ts';
import { leaseFile, logFile, outcomeFile } from '../../src/results/paths.ts';
import { createStateReader, readEnding, readRun } from '../../src/results/read.ts';
import { FAILURES } from '../../src/results/records.ts';

let experiment: string;
beforeEach(() => {
  experiment = mkdtempSync(join(tmpdir(), 'facet-states-'));
});
afterEach(() => rmSync(experiment, { recursive: true, force: true }));

function makeRun(id: string, status?: string): string {
  const folder = join(experiment, id);
  mkdirSync(folder);
  if (status) writeFileSync(outcomeFile(folder), JSON.stringify({ status, message: 'Ended.', imagesPerSecond: 'NaN' }));
  return folder;
}

it('tells of each run what its whole folder tells', () => {
  for (const status of ['succeeded', 'cancelled', 'stopped-early', ...FAILURES]) makeRun(status, status);
  makeRun('queued');
  writeFileSync(logFile(makeRun('interrupted')), 'a line\n');
  acquireLease(leaseFile(makeRun('running')));
  writeFileSync(outcomeFile(makeRun('torn')), '{"status": "succ');
  const stateOf = createStateReader(experiment);
  for (const id of ['succeeded', 'cancelled', 'stopped-early', ...FAILURES, 'queued', 'interrupted', 'running'])
    expect(stateOf(id)).toBe(id);
  for (const id of ['succeeded', 'running', 'torn', 'queued']) expect(stateOf(id)).toBe(readRun(join(experiment, id)).state);
});

it('takes a run without a folder, or an experiment without one, for queued', () => {
  expect(createStateReader(experiment)('nothing')).toBe('queued');
  expect(createStateReader(join(experiment, 'nowhere'))('nothing')).toBe('queued');
});

it('follows a link to a run that was moved to another disk', () => {
  renameSync(makeRun('seed1', 'succeeded'), `${experiment}-elsewhere`);
  symlinkSync(`${experiment}-elsewhere`, join(experiment, 'seed1'));
  expect(createStateReader(experiment)('seed1')).toBe('succeeded');
  rmSync(`${experiment}-elsewhere`, { recursive: true });
});

it('reads a speed that is no number as one that is not finite', () => {
  expect(readEnding(makeRun('seed1', 'succeeded')).outcome?.imagesPerSecond).toBeNaN();
});
