import { describe, expect, it } from 'vitest';
import type { OutcomeRecord } from '../../src/results/records.ts';
import { type RunEnd, schedule } from '../../src/runner/schedule.ts';

const finished = (status: OutcomeRecord['status']): RunEnd => ({
  kind: 'finished',
  outcome: { status, message: '', finishedAt: '', steps: 0, epochs: 0, seconds: 0, imagesPerSecond: null },
});
const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('the schedule', () => {
  it('starts runs in order, never more at once than there are slots', async () => {
    const started: string[] = [];
    const busy = new Set<number>();
    await schedule({
      runs: ['a', 'b', 'c', 'd', 'e'],
      slots: [1, 2],
      retries: 0,
      async launch(run, slot) {
        expect(busy.has(slot)).toBe(false);
        busy.add(slot);
        started.push(run);
        await tick();
        busy.delete(slot);
        return finished('succeeded');
      },
    });
    expect(started).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on with the others when a run fails', async () => {
    const ends = await schedule({
      runs: ['a', 'b', 'c'],
      slots: [1],
      retries: 0,
      launch: async (run) => finished(run === 'b' ? 'failed' : 'succeeded'),
    });
    expect([...ends.values()].map((end) => end.kind === 'finished' && end.outcome.status)).toEqual(['succeeded', 'failed', 'succeeded']);
  });

  it('starts a crashed run again as often as allowed, and other failures never', async () => {
    const attempts: string[] = [];
    const events: string[] = [];
    await schedule({
      runs: ['crashed', 'diverged'] as const,
      slots: [1],
      retries: 2,
      onEvent: (event) => events.push(event.type),
      async launch(run, _slot, attempt) {
        attempts.push(`${run} ${attempt}`);
        return finished(run);
      },
    });
    expect(attempts).toEqual(['crashed 1', 'crashed 2', 'crashed 3', 'diverged 1']);
    expect(events.filter((type) => type === 'retrying')).toHaveLength(2);
  });

  it('starts nothing more once it is told to stop, and waits for what is under way', async () => {
    const stop = new AbortController();
    const ends = await schedule({
      runs: ['a', 'b', 'c'],
      slots: [1],
      retries: 5,
      signal: stop.signal,
      async launch(run) {
        if (run === 'b') stop.abort();
        await tick();
        return run === 'b' ? finished('crashed') : finished('succeeded');
      },
    });
    expect([...ends.keys()]).toEqual(['a', 'b']);
  });

  it('reports a bug in a launch, after the other runs under way have ended', async () => {
    let others = 0;
    const result = schedule({
      runs: ['bug', 'b', 'c', 'd'],
      slots: [1, 2],
      retries: 0,
      async launch(run) {
        if (run === 'bug') throw new TypeError('a bug');
        await tick();
        others++;
        return finished('succeeded');
      },
    });
    await expect(result).rejects.toThrow('a bug');
    expect(others).toBe(1);
  });

  it('gives 10,000 runs to 4 slots in well under a second', async () => {
    const runs = Array.from({ length: 10_000 }, (_, index) => index);
    const start = performance.now();
    const ends = await schedule({ runs, slots: [1, 2, 3, 4], retries: 0, launch: async () => finished('succeeded') });
    expect(ends.size).toBe(10_000);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
