import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease, createLease, readLiveLease, releaseLease } from '../../src/results/leases/lease.ts';
import { isAlive } from '../../src/results/leases/process-identity.ts';
import { bundle } from '../helpers/bundle.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-lease-'));
  path = join(folder, 'runner.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dead = () => ({ ...createLease(), startTime: 1 });
const otherProcess = () => ({ ...createLease(1), startTime: null });

describe('a lease', () => {
  it('is taken, refused to others, given up, and taken again', () => {
    const first = acquireLease(path);
    expect(first.acquired).toBe(true);
    expect(acquireLease(path, otherProcess())).toEqual({ acquired: false, holder: first.acquired && first.lease });
    if (first.acquired) releaseLease(path, first.lease);
    expect(existsSync(path)).toBe(false);
    expect(acquireLease(path, otherProcess()).acquired).toBe(true);
  });

  it("that cannot be read is nobody's for a reader, so that a page is still served", () => {
    mkdirSync(path);
    expect(readLiveLease(path)).toBeNull();
  });

  it('of a dead process is taken over, and leaves no other files behind', () => {
    acquireLease(path, dead());
    expect(readLiveLease(path)).toBeNull();
    expect(acquireLease(path).acquired).toBe(true);
    expect(readLiveLease(path)?.pid).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(['runner.json']);
  });

  it('of a process on another machine is respected: nobody here can know that it is dead', () => {
    acquireLease(path, { ...dead(), host: `not-${hostname()}` });
    expect(acquireLease(path).acquired).toBe(false);
  });

  it('that cannot be read belongs to nobody', () => {
    writeFileSync(path, '{"pid":');
    expect(readLiveLease(path)).toBeNull();
    expect(acquireLease(path).acquired).toBe(true);
  });

  it('is not given up by somebody who does not hold it', () => {
    acquireLease(path);
    releaseLease(path, otherProcess());
    expect(existsSync(path)).toBe(true);
  });

  it('counts a process that has ended, but was not waited for, as dead', async () => {
    // The shell becomes a sleep, which never collects the child that the shell had started.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 5'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    const lease = { ...createLease(pid), startTime: null };
    await expect.poll(() => isAlive(lease), { timeout: 30_000 }).toBe(process.platform !== 'linux');
    parent.kill('SIGKILL');
  });
});

describe('many processes at the same instant', () => {
  let contender: string;
  beforeAll(async () => {
    contender = await bundle('test/fixtures/lease-contender.ts');
  });
  afterAll(() => rmSync(dirname(contender), { recursive: true, force: true }));

  /** What each of so many processes says, all of them alive until the last has spoken. */
  async function contend(count: number): Promise<string[]> {
    const at = String(Date.now() + 250);
    const processes = Array.from({ length: count }, () => spawn('node', [contender, path, at], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const exits = processes.map((child) => once(child, 'exit'));
    const words = await Promise.all(processes.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
    for (const { stdin } of processes) stdin.end();
    await Promise.all(exits);
    return words.sort();
  }
  const oneWins = ['held', 'held', 'held', 'held', 'held', 'won'];

  it('take it exactly once when nobody holds it', async () => {
    for (let round = 0; round < 4; round++) {
      rmSync(path, { force: true });
      expect(await contend(6)).toEqual(oneWins);
    }
  });

  it('take it exactly once from a dead process; each winner ends, and the next round begins with its lease', async () => {
    acquireLease(path, dead());
    for (let round = 0; round < 6; round++) expect(await contend(6)).toEqual(oneWins);
    expect(readdirSync(folder)).toEqual(['runner.json']);
  });

  it('take it exactly once when a process died half-way through taking it over', async () => {
    for (let round = 0; round < 4; round++) {
      const text = JSON.stringify(dead());
      writeFileSync(path, text);
      writeFileSync(`${path}.after-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`, JSON.stringify(dead()));
      expect(await contend(6)).toEqual(oneWins);
      expect(readdirSync(folder)).toEqual(['runner.json']);
    }
  });
});
