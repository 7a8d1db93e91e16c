// The process that makes an oracle, as `facet run` starts it, on a folder of small pictures.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureBuilt } from '../../../scripts/build.js';
import type { MakeOracle, OracleMessage } from '../../../src/model/evaluation/oracle/oracle.ts';
import { STOPPED_EXIT_CODE } from '../../../src/results/child-messages.ts';
import { bitsOf, codedPicture, writeFiles } from '../data/coded-pictures.ts';

let maker: string;
let root: string;
beforeAll(async () => {
  maker = join(await ensureBuilt(), 'model/oracle.js');
  root = mkdtempSync(join(tmpdir(), 'facet-oracle-pictures-'));
  const numbers = Array.from({ length: 400 }, (_, i) => i);
  for (const i of numbers) writeFiles(root, { [`${i}.jpg`]: await codedPicture(i % 64, { width: 32, height: 32 }) });
  writeFiles(root, { 'labels.csv': ['file,A,B', ...numbers.map((i) => `${i}.jpg,${bitsOf(i, 2)}`), ''].join('\n') });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let cacheRoot: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  cacheRoot = mkdtempSync(join(tmpdir(), 'facet-oracle-makers-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(cacheRoot, { recursive: true, force: true });
});

/** `limit`: pictures. `steps` as they are told, with how many there are; none is told of one that is in the cache. */
function startMaker(limit: number) {
  const order: MakeOracle = { dataset: { source: 'folder', root, limit, imageSize: 32 }, rotations: [] };
  const child = fork(maker, [JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, FACET_CACHE: cacheRoot, FACET_BACKEND: 'wasm' },
  });
  children.push(child);
  const steps: number[] = [];
  child.on('message', (message: OracleMessage) => {
    if (message.type === 'progress') steps.push(message.done);
  });
  let errors = '';
  child.stderr!.on('data', (text) => {
    errors += text;
  });
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, errors }));
  return { child, steps, ended };
}

const inCache = () => readdirSync(join(cacheRoot, 'oracles'));
/** Steps, as who trains leaves them for who waits. */
function doneInCache(): number {
  const folder = join(cacheRoot, 'oracles');
  const name = existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith('.progress.json')) : undefined;
  return name ? JSON.parse(readFileSync(join(folder, name), 'utf8')).done : 0;
}
/** Whoever trains tells each step once, whoever waits tells several times how far the other one is. */
const hasTrained = ({ steps }: { steps: number[] }) => steps.length > 0 && new Set(steps).size === steps.length;

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(10);
}

it('four at once train it once: the others show the progress of the first and read its file', async () => {
  const makers = Array.from({ length: 4 }, () => startMaker(90)); // 50 steps, of some seconds
  expect(await Promise.all(makers.map(({ ended }) => ended))).toEqual(Array(4).fill({ code: 0, errors: '' }));
  expect(makers.filter(hasTrained)).toHaveLength(1);
  const waited = makers.filter((one) => !hasTrained(one)).map(({ steps }) => steps);
  expect(waited.some((steps) => steps.some((step) => step > 0))).toBe(true);
  for (const steps of waited) expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(inCache()).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.safetensors$/)]);
  const late = startMaker(90);
  expect(await late.ended).toEqual({ code: 0, errors: '' });
  expect(late.steps).toEqual([]);
});

it('one that is killed leaves nothing in the way: who waits trains it; one that is stopped leaves nothing at all', async () => {
  const first = startMaker(400);
  await until(() => doneInCache() >= 8); // who waits reads this file, which stands behind the steps by half a second
  const second = startMaker(400);
  await until(() => second.steps.some((step) => step > 0));
  expect(second.steps.filter((step) => step > 0 && step < 8)).toEqual([]);
  first.child.kill('SIGKILL');
  await until(() => second.steps.includes(1)); // from the beginning
  second.child.kill('SIGTERM');
  expect(await second.ended).toEqual({ code: STOPPED_EXIT_CODE, errors: '' });
  expect(inCache()).toEqual([]);
});

it('it ends with the process that started it', async () => {
  const { child, steps, ended } = startMaker(400);
  await until(() => steps.length > 2);
  child.disconnect();
  expect((await ended).code).toBe(1);
});
