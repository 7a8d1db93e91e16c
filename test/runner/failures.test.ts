// What becomes of children that fail, each in its own way.

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFolder } from '../../src/results/paths.ts';
import { readExperiment, readRun } from '../../src/results/read.ts';
import type { RunnerEvent } from '../../src/runner/run-experiment.ts';
import { canMount } from '../helpers/mount.ts';
import { createPoints, runSweep, type SweepOptions } from '../helpers/sweep.ts';

let resultsRoot: string;
beforeEach(() => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-failures-'));
});
afterEach(() => {
  rmSync(resultsRoot, { recursive: true, force: true });
});

const states = () => readExperiment(resultsRoot, 'sweep').runs.map((run) => run.state);

/** Runs each of the trainers once, and returns their outcomes. */
async function outcomesOf(trainers: string[], options: Partial<SweepOptions> = {}) {
  vi.stubEnv('TRAINERS', trainers.join(','));
  const points = createPoints(trainers.length);
  await runSweep({ resultsRoot, points, ...options });
  return points.map(({ id }) => readRun(runFolder(resultsRoot, 'sweep', id)).outcome);
}

describe('a child that dies', () => {
  it.each([
    ["terminate called after throwing an instance of 'std::bad_alloc'", 'out-of-memory'],
    ['node: Cannot allocate memory', 'out-of-memory'],
    ['OOM when allocating tensor with shape[128,512,8,8] on /job:localhost/device:CPU:0 by allocator cpu', 'out-of-memory'],
    ['OOM when allocating tensor with shape[128,512,8,8] on /job:localhost/device:GPU:0 by allocator GPU_0_bfc', 'out-of-gpu-memory'],
    ['failed to allocate 2.00GiB from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory', 'out-of-gpu-memory'],
    ['Error: ENOSPC: no space left on device, write', 'no-space'],
    ['OSError: [Errno 28] No space left on device', 'no-space'],
    ['Error: picture 17 is no picture', 'crashed'],
  ])('saying "%s" is found to be %s', async (words, status) => {
    vi.stubEnv('TRAINER_WORDS', words);
    const [outcome] = await outcomesOf(['say']);
    expect(outcome).toMatchObject({ status, exitCode: 1, steps: 1, message: expect.stringContaining(words) });
  });

  it('of a full heap of V8 is out of memory, and the line of its log that says so is quoted', async () => {
    const [outcome] = await outcomesOf(['out-of-heap']);
    expect(outcome).toMatchObject({ status: 'out-of-memory', message: expect.stringContaining('JavaScript heap out of memory') });
  });

  it('by a SIGKILL that the kernel did not count is not called out of memory', async () => {
    const [outcome] = await outcomesOf(['killed']);
    expect(outcome?.status).toBe('crashed');
    if (existsSync('/proc/vmstat')) expect(outcome?.message).toContain('not for want of memory as far as the kernel counts');
  });

  it('did not die of what an earlier attempt has said', async () => {
    vi.stubEnv('TRAINER_WORDS', 'std::bad_alloc');
    await outcomesOf(['say']);
    const [outcome] = await outcomesOf(['fail'], { retryFailed: true });
    expect(outcome?.status).toBe('crashed');
  });
});

describe('a child without progress', () => {
  it('is stopped, and where it then saves goes on from there when it is tried again', async () => {
    const [outcome] = await outcomesOf(['stall'], { execution: { stallTimeout: 0.5 } });
    expect(outcome).toMatchObject({ status: 'stalled', exitCode: 75, steps: 2 });
    expect(outcome?.message).toBe('Stopped because no metric had come for 0.5 s (execution.stallTimeout), after step 2 (epoch 2).');
    expect((await outcomesOf(['succeed'], { retryFailed: true }))[0]).toMatchObject({ status: 'succeeded', steps: 5 });
  });

  it('is also noticed where it hangs in a native call', async () => {
    expect((await outcomesOf(['hang'], { execution: { stallTimeout: 0.5 } }))[0]).toMatchObject({ status: 'stalled', signal: 'SIGKILL' });
  });

  it('is left alone as long as its metrics grow', async () => {
    expect((await outcomesOf(['silent'], { execution: { stallTimeout: 0.9 } }))[0]?.status).toBe('succeeded');
  });
});

it('a child that is at work on something else than steps is left alone as long as it shows that it lives', async () => {
  expect((await outcomesOf(['measure'], { execution: { stallTimeout: 0.9 } }))[0]?.status).toBe('succeeded');
});

it('a GPU on which children keep crashing gets no more of them, and the others finish all runs', async () => {
  vi.stubEnv('BROKEN_GPU', 'GPU-bad');
  const events: string[] = [];
  const outcomes = await outcomesOf(Array(6).fill('broken-gpu'), {
    gpus: ['GPU-bad', 'GPU-good'],
    onEvent: (event) => events.push(event.type === 'gpu-set-aside' ? `${event.gpu}: ${event.reason}` : event.type),
  });
  expect(outcomes.map((outcome) => outcome?.status)).toEqual(Array(6).fill('succeeded'));
  expect(events).toContain('GPU-bad: 3 attempts in a row at 3 runs failed on it (crashed)');
});

describe.runIf(canMount())('on a full disk', () => {
  it('the failure of a run is still written down, and its successor with room succeeds', async () => {
    const mounted = join(resultsRoot, 'sweep');
    mkdirSync(mounted);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted]);
    try {
      const [first] = await outcomesOf(['fill-disk'], { slots: 1 });
      expect(first).toMatchObject({
        status: 'no-space',
        steps: 1,
        message: expect.stringMatching(/^Ended with code 1 .* the disk of its folder is full/),
      });
      const folder = readExperiment(resultsRoot, 'sweep').runs[0]!.folder;
      expect(readdirSync(folder)).not.toContain('.reserve');
      rmSync(join(folder, 'filler'));
      await outcomesOf(['succeed'], { retryFailed: true });
      expect(states()).toEqual(['succeeded']);
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  it('the runs that find no room to start fail with that reason, also where it cannot be written down, and the sweep comes to its end', async () => {
    const mounted = join(resultsRoot, 'sweep');
    mkdirSync(mounted);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted]);
    try {
      vi.stubEnv('TRAINERS', 'succeed,succeed,succeed');
      const points = createPoints(3);
      const fill = (event: RunnerEvent) => event.type === 'ended' && fillDisk(join(mounted, 'filler'));
      const ends = await runSweep({ resultsRoot, points, slots: 1, onEvent: fill });
      expect([...ends.values()].map((end) => end.outcome?.status)).toEqual(['succeeded', 'no-space', 'no-space']);
      const problem = expect.stringContaining('its outcome could not be written');
      expect(ends.get(points[2]!.id)).toMatchObject({
        problem,
        outcome: { message: expect.stringMatching(/^Could not be started: .*ENOSPC/) },
      });
      expect(states()).toEqual(['succeeded', 'queued', 'queued']);
      rmSync(join(mounted, 'filler'));
      await runSweep({ resultsRoot, points });
      expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
    } finally {
      execFileSync('umount', [mounted]);
    }
  });
});

/** To the last byte. */
function fillDisk(path: string): void {
  const file = openSync(path, 'a');
  for (let size = 2 ** 16; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size, 1));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
}
