// Requests to a runner about single runs, in its experiment's folder.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease, createLease, releaseLease } from '../../src/results/leases/lease.ts';
import {
  isRunRequested,
  openRunRequests,
  type RunRequests,
  removeRunRequest,
  requestOfRun,
} from '../../src/results/leases/run-requests.ts';
import { runnerLeaseFile, runRequestFile, runRequestsFolder } from '../../src/results/paths.ts';

let folder: string;
let requests: RunRequests | null;
const lease = createLease();
const taken: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-requests-'));
  acquireLease(runnerLeaseFile(folder), lease);
  requests = null;
  taken.length = 0;
});
afterEach(() => {
  requests?.close();
  releaseLease(runnerLeaseFile(folder), lease);
  rmSync(folder, { recursive: true });
});

const ask = (run: string, wish: 'stop' | 'end' | 'go-on') => requestOfRun(folder, { run, wish, by: 'a test' });
const listen = () => requests!.listen((run, { wish }) => taken.push(`${run} ${wish}`));
const left = () => readdirSync(runRequestsFolder(folder));

describe('a request about a run', () => {
  it('is handed over once, whether it came before or after the runner listens', async () => {
    ask('a', 'stop');
    requests = openRunRequests(folder, lease.token);
    ask('b', 'go-on');
    await expect.poll(left, { timeout: 30_000 }).toEqual([]);
    listen();
    expect(taken.sort()).toEqual(['a stop', 'b go-on']);
    ask('c', 'end');
    await expect.poll(() => taken.length, { timeout: 30_000 }).toBe(3);
    expect(left()).toEqual([]);
  });

  it('is the last one of each run, but a stop at once is not made weaker', () => {
    for (const wish of ['end', 'stop'] as const) ask('a', wish);
    for (const wish of ['stop', 'go-on'] as const) ask('b', wish);
    requests = openRunRequests(folder, lease.token);
    listen();
    expect(taken.sort()).toEqual(['a end', 'b go-on']);
  });

  it('is removed and counts for nothing where it was meant for another runner, or is none', () => {
    mkdirSync(runRequestsFolder(folder));
    writeFileSync(runRequestFile(folder, 'former'), JSON.stringify({ token: 'another', wish: 'stop', requestedAt: '', by: 'x' }));
    writeFileSync(runRequestFile(folder, 'torn'), '{"token":');
    symlinkSync('/etc/hostname', runRequestFile(folder, 'linked'));
    mkdirSync(runRequestFile(folder, 'folder'));
    requests = openRunRequests(folder, lease.token);
    listen();
    expect(taken).toEqual([]);
    expect(left().filter((name) => name.endsWith('.json'))).toEqual([]);
  });

  it('stays where it is once the runner has closed, and can be taken back', async () => {
    requests = openRunRequests(folder, lease.token);
    listen();
    requests.close();
    ask('a', 'go-on');
    expect(isRunRequested(folder, { run: 'a', token: lease.token })).toBe(true);
    removeRunRequest(folder, { run: 'a', token: 'another' });
    expect(left()).toEqual(['a.json']);
    removeRunRequest(folder, { run: 'a', token: lease.token });
    expect(left()).toEqual([]);
  });

  it('is not written where nobody is at work', () => {
    releaseLease(runnerLeaseFile(folder), lease);
    expect(ask('a', 'stop')).toBeNull();
    expect(existsSync(runRequestsFolder(folder))).toBe(false);
  });
});
