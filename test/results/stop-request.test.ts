import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLease, createLease } from '../../src/results/leases/lease.ts';
import { isStopRequested, requestStop, takeStopRequest, watchStopRequests } from '../../src/results/leases/stop-request.ts';
import { runnerLeaseFile, stopRequestFile } from '../../src/results/paths.ts';
import type { StopRequest } from '../../src/results/records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-stop-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hold = (lease = createLease()) => {
  acquireLease(runnerLeaseFile(folder), lease);
  return lease.token;
};

it('reaches the holder of the lease once, and nobody else', () => {
  const token = hold();
  requestStop(folder, { kind: 'graceful', by: 'a test' });
  expect(isStopRequested(folder, token)).toBe(true);
  expect(takeStopRequest(folder, token)).toMatchObject({ token, kind: 'graceful', by: 'a test' });
  expect(takeStopRequest(folder, token)).toBeNull();

  requestStop(folder, { kind: 'graceful', by: 'a test' });
  expect(takeStopRequest(folder, 'of another')).toBeNull();
  expect(readdirSync(folder)).toEqual(['runner.json']);
});

it('is never made weaker by a later one before it is taken up, and can be made stronger', () => {
  const token = hold();
  for (const kind of ['graceful', 'forced', 'graceful'] as const) requestStop(folder, { kind, by: 'a test' });
  expect(readdirSync(folder).sort()).toEqual(['runner.json', 'stop.json']);
  expect(takeStopRequest(folder, token)).toMatchObject({ kind: 'forced' });

  writeFileSync(stopRequestFile(folder), JSON.stringify({ token: 'of another', kind: 'forced', requestedAt: '', by: 'x' }));
  requestStop(folder, { kind: 'graceful', by: 'a test' });
  expect(takeStopRequest(folder, token)).toMatchObject({ token, kind: 'graceful' });
});

it('is not written for a dead holder', () => {
  hold({ ...createLease(), startTime: 1 });
  expect(requestStop(folder, { kind: 'graceful', by: 'a test' })).toBeNull();
  expect(existsSync(stopRequestFile(folder))).toBe(false);
});

it.each(['', '{"token":', '[]', '{"token":"TOKEN","kind":"slowly","by":"x"}', '{"token":"TOKEN","kind":"forced"}'])(
  'is cleared away and not followed where the file holds %j',
  (text) => {
    const token = hold();
    writeFileSync(stopRequestFile(folder), text.replace('TOKEN', token));
    expect(takeStopRequest(folder, token)).toBeNull();
    expect(existsSync(stopRequestFile(folder))).toBe(false);
  },
);

it('is noticed where the system tells of changes, without waiting for the next look', async () => {
  const token = hold();
  const seen: StopRequest[] = [];
  const end = watchStopRequests(folder, { token, onRequest: (request) => seen.push(request), lookEveryMs: 3_600_000 });
  for (const kind of ['graceful', 'forced'] as const) {
    requestStop(folder, { kind, by: 'a test' });
    await expect.poll(() => seen.at(-1)?.kind, { timeout: 10_000 }).toBe(kind);
  }
  end();
  expect(seen).toHaveLength(2);
});

it('is noticed where the system tells of no changes, by looking', async () => {
  const token = hold();
  const late = join(folder, 'late'); // cannot be watched: it is not there yet
  const seen: StopRequest[] = [];
  const end = watchStopRequests(late, { token, onRequest: (request) => seen.push(request), lookEveryMs: 20 });
  mkdirSync(late);
  writeFileSync(stopRequestFile(late), JSON.stringify({ token, kind: 'graceful', requestedAt: '', by: 'a test' }));
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1);
  end();
});
