import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  acquireLease,
  acquireLeaseInTime,
  createLease,
  keepOwnLease,
  readLease,
  readLiveLease,
  releaseLease,
} from '../../src/results/leases/lease.ts';
import { judgeProcess } from '../../src/results/leases/liveness.ts';
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

  it('is refused to a second caller in the process that holds it, until the first gives it up', () => {
    const first = acquireLease(path);
    expect(acquireLease(path)).toEqual({ acquired: false, holder: first.acquired && first.lease });
    if (first.acquired) releaseLease(path, first.lease);
    expect(acquireLease(path).acquired).toBe(true);
  });

  it("that cannot be read is nobody's for a reader, so that a page is still served, and can be taken by nobody", () => {
    mkdirSync(path);
    expect([readLiveLease(path), readLease(path)]).toEqual([null, null]);
    expect(() => acquireLease(path)).toThrow(`${path}: expected a plain file, found a folder`);
    expect(() => releaseLease(path, createLease())).not.toThrow();
  });

  it('of a dead process is taken over, and leaves no other files behind', () => {
    acquireLease(path, dead());
    expect(readLiveLease(path)).toBeNull();
    expect(acquireLease(path).acquired).toBe(true);
    expect(readLiveLease(path)?.pid).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(['runner.json']);
  });

  it('of a former version is judged by the process on this machine, and believed on another one', async () => {
    const { pidNamespace: _namespace, heartbeatMs: _heartbeat, ...former } = createLease();
    writeFileSync(path, JSON.stringify({ ...former, startTime: 1 }));
    expect(readLiveLease(path)).toBeNull();
    writeFileSync(path, JSON.stringify(former));
    expect(readLiveLease(path)?.token).toBe(former.token);
    writeFileSync(path, JSON.stringify({ ...former, startTime: 1, bootId: 'another', host: `not-${hostname()}` }));
    expect((await acquireLeaseInTime(path)).acquired).toBe(false);
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
    await expect.poll(() => judgeProcess(lease, 0), { timeout: 30_000 }).toBe(process.platform === 'linux' ? 'dead' : 'alive');
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

/** The silence after which its holder counts as dead is twelve times as long. */
const HEARTBEAT_MS = 50;
const elsewhere = { host: `not-${hostname()}`, bootId: 'of another machine', heartbeatMs: HEARTBEAT_MS };

/** Looks at a lease that nobody renews, after which its holder must long have been judged. */
const MOST_SILENT_LOOKS = 400;

/** As acquireLeaseInTime; rejects where a holder that is silent for ever is never judged. */
async function judgeHolder(path: string, options: Parameters<typeof acquireLeaseInTime>[1] = {}): ReturnType<typeof acquireLeaseInTime> {
  const judging = new AbortController();
  let seen = 0;
  let silentLooks = 0;
  const looking = setInterval(() => {
    const renewed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    silentLooks = renewed === seen ? silentLooks + 1 : 0;
    seen = renewed;
    if (silentLooks > MOST_SILENT_LOOKS)
      judging.abort(
        new Error(`the holder has not been judged, though it was silent in ${MOST_SILENT_LOOKS} looks, each a heartbeat after the other`),
      );
  }, HEARTBEAT_MS);
  try {
    return await acquireLeaseInTime(path, { ...options, signal: judging.signal });
  } catch (error) {
    throw judging.signal.aborted ? judging.signal.reason : error;
  } finally {
    clearInterval(looking);
  }
}

describe('a holder whose process cannot be seen', () => {
  let program: string;
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    program = await bundle('test/fixtures/lease-holder.ts');
  });
  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
  });
  afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));

  /** Starts a holder; `prefix` are words before the command. Resolves once it has the lease. */
  async function startHolder(fields: object, prefix: string[] = []): Promise<{ child: ChildProcess; said: () => string; pid: number }> {
    const [file, ...args] = [...prefix, process.execPath, program, path, JSON.stringify(fields)];
    const child = spawn(file!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    let said = '';
    child.stdout!.on('data', (data) => {
      said += String(data);
    });
    await once(child.stdout!, 'data');
    return { child, said: () => said, pid: Number(said) };
  }

  it('on another machine is named while it lives, and succeeded once it is dead', async () => {
    const { child, pid } = await startHolder(elsewhere);
    expect(pid).toBeGreaterThan(0);
    for (let round = 0; round < 3; round++) expect(await judgeHolder(path)).toMatchObject({ acquired: false, holder: { pid } });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const waits: number[] = [];
    const result = await judgeHolder(path, { onWait: (holder) => waits.push(holder.pid) });
    expect(result).toMatchObject({ acquired: true, lease: { pid: process.pid } });
    expect(readdirSync(folder)).toEqual(['runner.json']);
  });

  it('is not taken for dead by a reader who looks for the first time', () => {
    writeFileSync(path, JSON.stringify({ ...createLease(), ...elsewhere }));
    expect(readLiveLease(path)?.host).toBe(elsewhere.host);
    expect(acquireLease(path).acquired).toBe(false);
  });

  it('on another machine of the same name is not taken for a former boot of this one', async () => {
    const { child, pid } = await startHolder({ ...elsewhere, host: hostname() });
    expect(await judgeHolder(path)).toMatchObject({ acquired: false, holder: { pid } });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await judgeHolder(path)).acquired).toBe(true);
  });

  it('of a former boot of this machine is succeeded at once', () => {
    writeFileSync(path, JSON.stringify({ ...createLease(), ...elsewhere, host: hostname() }));
    const beforeBoot = new Date(Date.now() - uptime() * 1000 - 60_000);
    utimesSync(path, beforeBoot, beforeBoot);
    expect(readLiveLease(path)).toBeNull();
    expect(acquireLease(path).acquired).toBe(true);
  });

  it('is waited for with a word, as long as nothing tells whether it lives', async () => {
    writeFileSync(path, JSON.stringify({ ...createLease(), ...elsewhere, pid: 4711 }));
    const waits: number[] = [];
    expect((await judgeHolder(path, { onWait: ({ pid }) => waits.push(pid) })).acquired).toBe(true);
    expect(waits).toEqual([4711]);
  });

  it('that had been suspended notices that it was succeeded, and leaves', async () => {
    const { child, said } = await startHolder(elsewhere);
    child.kill('SIGSTOP');
    const result = await judgeHolder(path);
    expect(result.acquired).toBe(true);
    const exit = once(child, 'exit');
    child.kill('SIGCONT');
    expect((await exit)[0]).toBe(7);
    expect(said()).toMatch(/lost\n$/);
    expect(readLiveLease(path)?.pid).toBe(process.pid);
  });

  const unshare = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']), '--pid', '--fork', '--kill-child'];
  const mayUnshare = process.platform === 'linux' && spawnSync(unshare[0]!, [...unshare.slice(1), 'true']).status === 0;

  it.runIf(mayUnshare)('in another PID namespace of this machine is named while it lives, and succeeded once it is dead', async () => {
    const { child, pid } = await startHolder({ heartbeatMs: HEARTBEAT_MS }, unshare);
    expect(pid).toBeLessThan(5); // here that number belongs to init, or to a thread of the kernel
    expect(readLease(path)!.pidNamespace).not.toBe(createLease().pidNamespace);
    expect(readLease(path)).toMatchObject({ host: hostname(), bootId: createLease().bootId });
    for (let round = 0; round < 3; round++) expect(await judgeHolder(path)).toMatchObject({ acquired: false, holder: { pid } });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await judgeHolder(path)).acquired).toBe(true);
  });

  it('of a PID namespace by another number is judged by its heartbeat, whatever its process number means here', async () => {
    writeFileSync(path, JSON.stringify({ ...createLease(), pidNamespace: 'pid:[1]', startTime: 1, heartbeatMs: HEARTBEAT_MS }));
    expect(acquireLease(path).acquired).toBe(false);
    expect((await judgeHolder(path)).acquired).toBe(true);
  });

  it('of this machine under another name is judged by its process', () => {
    writeFileSync(path, JSON.stringify({ ...createLease(), host: 'former-name', startTime: 1 }));
    expect(acquireLease(path).acquired).toBe(process.platform === 'linux');
  });

  it('gives way to one alone of two that wait for it', async () => {
    writeFileSync(path, JSON.stringify({ ...createLease(), ...elsewhere }));
    const first = startHolderInTime();
    const second = startHolderInTime();
    expect([await first, await second].sort()).toEqual(['held', 'won']);
  });

  /** "won" or "held", as another process that waits for the lease says. */
  async function startHolderInTime(): Promise<string> {
    const child = spawn(process.execPath, [program, path, '{}', 'in time'], { stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    return String((await once(child.stdout!, 'data'))[0]).trim() === 'held' ? 'held' : 'won';
  }
});

it('that somebody has deleted is written again by its holder, as long as its folder is there', async () => {
  const lease = { ...createLease(), heartbeatMs: HEARTBEAT_MS };
  acquireLease(path, lease);
  rmSync(path);
  await expect.poll(() => readLease(path)?.token, { timeout: 30_000 }).toBe(lease.token);
  releaseLease(path, lease);
  expect(existsSync(path)).toBe(false);
});

it('is renewed by the process that it names as well, which notices when another takes its place', async () => {
  const lease = { ...createLease(), heartbeatMs: HEARTBEAT_MS };
  let isLost = false;
  const own = keepOwnLease(path, () => {
    isLost = true;
  });
  expect(own.isHeld()).toBe(true); // not written yet
  writeFileSync(path, JSON.stringify(lease));
  utimesSync(path, 1, 1);
  await expect.poll(() => statSync(path).mtimeMs, { timeout: 30_000 }).toBeGreaterThan(1000);
  writeFileSync(path, JSON.stringify({ ...lease, token: 'of a successor' }));
  await expect.poll(() => isLost, { timeout: 30_000 }).toBe(true);
  expect(own.isHeld()).toBe(false);
});
