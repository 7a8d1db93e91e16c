import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from '../../helpers/bundle.ts';

let packer: string;
beforeAll(async () => {
  packer = await bundle(join(FACET_ROOT, 'test/fixtures/data/packer.ts'));
});
afterAll(() => rmSync(dirname(packer), { recursive: true, force: true }));

let cacheRoot: string;
let log: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  cacheRoot = mkdtempSync(join(tmpdir(), 'facet-packers-'));
  log = join(cacheRoot, 'log.txt');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(cacheRoot, { recursive: true, force: true });
});

interface Packer {
  child: ChildProcess;
  lines: () => string[];
  ended: Promise<number | null>;
}

function startPacker(chunkMs: number, shell?: string): Packer {
  const command = [process.execPath, packer, cacheRoot, log, String(chunkMs)];
  const child = shell ? spawn('bash', ['-c', `${shell} exec "$@"`, 'bash', ...command]) : spawn(command[0]!, command.slice(1));
  children.push(child);
  let output = '';
  child.stdout!.on('data', (data) => {
    output += data;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, lines: () => output.trim().split('\n'), ended };
}

const reads = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0);
const inCache = () => readdirSync(join(cacheRoot, 'data'));
const progressOf = (line: string) => Number(/^(\d+) of 40$/.exec(line)?.[1]);

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(10);
}

describe('two runners packing at once', () => {
  it('do it once: the second shows the progress of the first and reads its result', async () => {
    const packers = [startPacker(80), startPacker(80)];
    expect(await Promise.all(packers.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(reads()).toBe(1);
    const results = packers.map(({ lines }) => lines().at(-1));
    expect(results[0]).toMatch(/^packed 40 [0-9a-f]{64}$/);
    expect(results[1]).toBe(results[0]);
    for (const { lines } of packers) {
      const between = lines()
        .map(progressOf)
        .filter((done) => done > 0 && done < 40);
      expect(between.length).toBeGreaterThan(2);
      expect(between).toEqual(between.toSorted((a, b) => a - b));
    }
    expect(inCache()).toEqual(['folder-fake']);
  });

  it('survive that the first is killed in the middle: the second starts over and leaves nothing of it', async () => {
    const first = startPacker(200);
    await until(() =>
      first
        .lines()
        .map(progressOf)
        .some((done) => done >= 8),
    );
    const second = startPacker(5);
    await until(() =>
      second
        .lines()
        .map(progressOf)
        .some((done) => done >= 8),
    );
    expect(reads()).toBe(1);
    first.child.kill('SIGKILL');
    expect(await second.ended).toBe(0);
    expect(second.lines().at(-1)).toMatch(/^packed 40 /);
    expect(reads()).toBe(2);
    expect(inCache()).toEqual(['folder-fake']);
  });
});

it('a packer that is killed alone leaves nothing that looks whole, and the next one makes it again', async () => {
  const first = startPacker(50);
  await until(() =>
    first
      .lines()
      .map(progressOf)
      .some((done) => done >= 8),
  );
  first.child.kill('SIGKILL');
  await first.ended;
  expect(inCache()).not.toContain('folder-fake');
  expect(inCache()).not.toEqual([]);
  expect(await startPacker(0).ended).toBe(0);
  expect(inCache()).toEqual(['folder-fake']);
});

it.runIf(process.platform === 'linux')('a disk that takes no more ends the packing in one line, with nothing left behind', async () => {
  const limited = startPacker(0, 'ulimit -f 64;'); // kilobytes
  expect(await limited.ended).toBe(1);
  expect(limited.lines().at(-1)).toMatch(
    /data: the file grew over the size that is allowed here \(EFBIG\) while packing, which needs 123 KB; free some, or set FACET_CACHE/,
  );
  expect(inCache()).toEqual([]);
});
