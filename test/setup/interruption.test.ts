import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Checkout, createCheckout, createWorld, type World } from './checkout.ts';

let world: World;
let checkout: Checkout;
beforeEach(() => {
  world = createWorld();
  checkout = createCheckout(world);
});
afterEach(() => world.remove());

const stall = (name: string) => ({ FAKE_PIP: JSON.stringify({ stall: name }) });
const lockFolder = () => join(world.cache, 'tensorflow/lock');
const isRunning = (pid: number) => existsSync(`/proc/${pid}`);

/** Starts a set-up and waits until its download hangs in the middle. */
async function startAndStall(name: string, env: Record<string, string> = {}) {
  const run = checkout.start({ env: { ...env, ...stall(name) } });
  const pid = await vi.waitUntil(() => /stalled (\d+)/.exec(checkout.log().join('\n'))?.[1], { timeout: 20_000 });
  return { ...run, pipPid: Number(pid) };
}

test('killed in the middle of a download: pip ends with it, and the next set-up starts clean', async () => {
  const { child, result, pipPid } = await startAndStall('tensorflow-cpu');
  child.kill('SIGKILL');
  expect((await result).signal).toBe('SIGKILL');
  await vi.waitUntil(() => !isRunning(pipPid), { timeout: 30_000 });
  expect(readdirSync(lockFolder())).toHaveLength(1); // a dead process's, taken over below
  expect(checkout.manifest()).toBeNull();

  const again = await checkout.setUp();
  expect(again).toMatchObject({ exitCode: 0, stderr: '' });
  expect(again.stdout).not.toContain('waiting');
  expect(readdirSync(join(world.cache, 'tensorflow')).sort()).toEqual(['2.21.0-cpu', 'addons', 'lock']);
  expect(readdirSync(lockFolder())).toEqual([]);
});

test('killed in the middle of the CUDA libraries: the next set-up downloads only the rest', async () => {
  const env = { FAKE_DRIVER: '570.86.15', FAKE_GPU: 'found' };
  const { child, result } = await startAndStall('nvidia-cudnn-cu12', env);
  child.kill('SIGKILL');
  await result;
  const before = checkout.log().length;
  expect((await checkout.setUp({ env })).exitCode).toBe(0);
  expect(checkout.log().slice(before)).toEqual(['download nvidia-cudnn-cu12==9.13.0.50', 'compile']);
  expect(checkout.manifest()).toMatchObject({ kind: 'cuda', gpu: true });
});

test('Ctrl-C: ends at once with a line, gives the lock back and leaves no child', async () => {
  const { child, result, pipPid } = await startAndStall('tensorflow-cpu');
  child.kill('SIGINT');
  const { exitCode, stderr } = await result;
  expect(exitCode).toBe(130);
  expect(stderr).toBe('Interrupted. `npm run setup` goes on from here.\n');
  expect(readdirSync(lockFolder())).toEqual([]);
  await vi.waitUntil(() => !isRunning(pipPid), { timeout: 30_000 });
});

test('two at once: the second says that it waits, downloads nothing and is ready too', async () => {
  const neighbour = createCheckout(world, 'neighbour');
  const first = checkout.start({ env: { FAKE_PIP: '{"delayMs":1000}' } });
  await vi.waitUntil(() => checkout.log().length > 0, { timeout: 20_000 });
  const second = await neighbour.setUp();
  expect(second.exitCode).toBe(0);
  expect(second.stdout).toContain(`Another set-up (process ${first.child.pid} on ${hostname()}, since `);
  expect((await first.result).exitCode).toBe(0);
  expect([...checkout.log(), ...neighbour.log()]).toEqual(['download tensorflow-cpu==2.21.0', 'compile']);
  expect(neighbour.manifest()).toEqual(checkout.manifest());
});

test('five started in the same instant, two of them in one checkout: one download, all ready', async () => {
  const checkouts = [checkout, checkout, ...['a', 'b', 'c'].map((name) => createCheckout(world, name))];
  const results = await Promise.all(checkouts.map((each) => each.setUp()));
  expect(results.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(checkouts.map(() => ({ exitCode: 0, stderr: '' })));
  expect([...new Set(checkouts)].flatMap((each) => each.log())).toEqual(['download tensorflow-cpu==2.21.0', 'compile']);
  for (const each of checkouts) expect(each.manifest()).toMatchObject({ kind: 'cpu' });
});

test('a lock of a process that is gone, or whose number was given away, holds nobody up', async () => {
  mkdirSync(lockFolder(), { recursive: true });
  const host = encodeURIComponent(hostname());
  const beforeBoot = new Date(Date.now() - uptime() * 1000 - 60_000);
  for (const owner of [`4194304,123,${'unknown'},${host},0`, `${process.pid},1,former-boot,${host},0`, `${process.pid},1,,${host},0`]) {
    writeFileSync(join(lockFolder(), owner), '');
    utimesSync(join(lockFolder(), owner), beforeBoot, beforeBoot);
  }
  const { exitCode, stdout } = await checkout.setUp();
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('waiting');
  expect(readdirSync(lockFolder())).toEqual([]);
});
