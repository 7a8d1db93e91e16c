// Faces made for several people by one process that is kept for a while: real processes, of a fixture in place of TensorFlow.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GenerateOrder } from '../../src/results/generation.ts';
import type { RunRecord } from '../../src/results/records.ts';
import { createFaceMaker, type FaceMaker, type FaceMakerOptions } from '../../src/runner/faces/face-maker.ts';

const NEVER = new AbortController().signal;

let folder: string;
let makers: FaceMaker[];

beforeEach(() => {
  vi.stubEnv('FACET_BACKEND', 'wasm');
  folder = mkdtempSync(join(tmpdir(), 'facet-face-maker-'));
  makers = [];
});

afterEach(async () => {
  await Promise.all(makers.map((maker) => maker.close()));
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function create(options: Partial<FaceMakerOptions> = {}): FaceMaker {
  const maker = createFaceMaker({ maker: fileURLToPath(new URL('../fixtures/face-maker.mjs', import.meta.url)), ...options });
  makers.push(maker);
  return maker;
}

/** `oneDnn`: what TensorFlow is told, for good, before its process starts. */
const run = (name = 'one', oneDnn = true) => ({
  folder: join(folder, name),
  record: { provenance: { threads: 1, oneDnn }, config: {} } as unknown as RunRecord,
});
const order = (description: string) => ({ step: 1, about: { description } }) as unknown as GenerateOrder;
const make = (maker: FaceMaker, description = 'fine', of = run(), signal = NEVER) => maker.make(of, order(description), signal);

/** The process that answered. */
async function pidOf(made: ReturnType<FaceMaker['make']>): Promise<number> {
  const answer = await made;
  if ('problem' in answer) throw new Error(answer.problem);
  return Number(answer.png);
}

/** What the processes wrote down, the starts apart. */
const notes = () => (existsSync(join(folder, 'notes.txt')) ? readFileSync(join(folder, 'notes.txt'), 'utf8').trim().split('\n') : []);
const heard = () => notes().filter((line) => !line.startsWith('start'));
const started = () => notes().flatMap((line) => (line.startsWith('start') ? [Number(line.slice(6))] : []));

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('keeps one process for all who ask, one after another, and for other runs that compute alike', async () => {
  const maker = create();
  const pids = await Promise.all([pidOf(make(maker)), pidOf(make(maker)), pidOf(make(maker, 'fine', run('two')))]);
  expect(new Set(pids).size).toBe(1);
  expect(started()).toEqual([pids[0]]);
  expect(isThere(pids[0]!)).toBe(true);
});

it('ends it for a run that computes otherwise before it starts another', async () => {
  const maker = create();
  const first = await pidOf(make(maker));
  const [other, back] = await Promise.all([pidOf(make(maker, 'fine', run('two', false))), pidOf(make(maker))]);
  expect(new Set([first, other, back]).size).toBe(3);
  expect([first, other, back].map(isThere)).toEqual([false, false, true]);
});

it('ends it when nobody has asked for a while', async () => {
  const maker = create({ keptMs: 20 });
  const pid = await pidOf(make(maker));
  await expect.poll(() => isThere(pid), { timeout: 30_000 }).toBe(false);
  expect(await pidOf(make(maker))).not.toBe(pid);
});

it('ends it with itself, and makes nothing afterwards', async () => {
  const maker = create();
  const pid = await pidOf(make(maker));
  const atWork = make(maker, 'hang');
  await expect.poll(heard).toContain('hang');
  const waiting = make(maker);
  await maker.close();
  expect(isThere(pid)).toBe(false);
  expect(await atWork).toEqual({ problem: 'stopped' });
  expect(await waiting).toEqual({ problem: 'stopped' });
  expect(await make(maker)).toEqual({ problem: 'stopped' });
  expect(started()).toEqual([pid]);
});

it('says in a line why a process has ended, or why it makes none, and starts another', async () => {
  const maker = create();
  expect(await make(maker, 'crash')).toEqual({ problem: 'the memory is gone' });
  expect(await make(maker, 'killed')).toEqual({ problem: 'its process ended with SIGKILL' });
  const pid = await pidOf(make(maker));
  expect(await make(maker, 'refuse')).toMatchObject({ problem: 'no such checkpoint' });
  expect(await pidOf(make(maker))).toBe(pid);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isThere(pid)).toBe(false);
  const next = await make(maker);
  if ('problem' in next) expect(next).toEqual({ problem: 'its process ended with SIGKILL' }); // its end was not seen yet
  expect(await pidOf(make(maker))).not.toBe(pid);
});

it('ends a process that does not answer, in a native call too, and lets nobody wait for ever behind it', async () => {
  const maker = create({ patienceMs: 1000 });
  const [hung, behind] = await Promise.all([make(maker, 'block'), make(maker)]);
  expect(hung).toEqual({ problem: 'no answer within 1 s: its process was ended, and the next order starts another' });
  expect(behind).toEqual({ problem: 'no answer within 1 s: others were before it all that time' });
  expect(started().filter(isThere)).toEqual([]);
});

it('forgets who has gone: an order that waits is not begun, one at work is given up', async () => {
  const maker = create({ graceMs: 0 });
  const [atWork, waiting] = [new AbortController(), new AbortController()];
  const first = make(maker, 'hang', run(), atWork.signal);
  const second = make(maker, 'never to be heard', run(), waiting.signal);
  const third = make(maker);
  await expect.poll(() => started().length > 0 && heard().length, { timeout: 30_000 }).toBe(1);
  waiting.abort();
  expect(await second).toEqual({ problem: 'stopped' });
  atWork.abort();
  expect(await first).toEqual({ problem: 'stopped' });
  await pidOf(third);
  expect(heard()).toEqual(['hang', 'fine']);
});

it('lets an order finish whose answer comes soon, though nobody waits for it, and keeps the process', async () => {
  const maker = create({ graceMs: 60_000 });
  const gone = new AbortController();
  const first = make(maker, 'fine', run(), gone.signal);
  const second = pidOf(make(maker));
  gone.abort();
  await first;
  await second;
  expect(started()).toHaveLength(1);
});

it('lets so many wait, and no more', async () => {
  const maker = create({ mostWaiting: 2, graceMs: 0 });
  const gone = new AbortController();
  const first = make(maker, 'hang', run(), gone.signal);
  await expect.poll(() => started().length > 0 && heard().length, { timeout: 30_000 }).toBe(1);
  const behind = [pidOf(make(maker)), pidOf(make(maker))];
  expect(await make(maker)).toEqual({ problem: '2 others wait already; ask again in a moment' });
  gone.abort();
  await first;
  await Promise.all(behind);
  await pidOf(make(maker));
});
