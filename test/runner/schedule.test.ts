import { describe, expect, it, vi } from 'vitest';
import type { OutcomeRecord } from '../../src/results/records.ts';
import type { RetryPolicy } from '../../src/runner/schedule/policy.ts';
import { inOrder, type RunEnd, type ScheduleEvent, type ScheduleHands, schedule } from '../../src/runner/schedule/schedule.ts';

type Status = OutcomeRecord['status'];

const finished = (status: Status): RunEnd => ({
  kind: 'finished',
  outcome: { status, message: '', finishedAt: '', steps: 0, epochs: 0, seconds: 0, imagesPerSecond: null },
});
const statusesOf = <Run>(ends: Map<Run, RunEnd>) =>
  [...ends.values()].map((end) => (end.kind === 'finished' ? end.outcome.status : end.kind));
const tick = () => new Promise((resolve) => setImmediate(resolve));
const retry = (retries: number, retryOn: Status[] = ['crashed'], backoffMs = 0): RetryPolicy => ({
  retries,
  retryOn: new Set(retryOn),
  backoffMs,
});

describe('the schedule', () => {
  it('starts runs in order, never more at once than there are slots', async () => {
    const started: string[] = [];
    const busy = new Set<number>();
    await schedule({
      source: inOrder(['a', 'b', 'c', 'd', 'e']),
      slots: [1, 2],
      async launch({ run, slot }) {
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
    const { ends } = await schedule({
      source: inOrder(['a', 'b', 'c']),
      slots: [1],
      launch: async ({ run }) => finished(run === 'b' ? 'failed' : 'succeeded'),
    });
    expect(statusesOf(ends)).toEqual(['succeeded', 'failed', 'succeeded']);
  });

  it('lets go of a run that waits for another attempt, and starts one again that has ended', async () => {
    const launched: string[] = [];
    let hands: ScheduleHands<string>;
    const { ends } = await schedule({
      source: inOrder(['a', 'b', 'c']),
      slots: [1],
      retry: retry(5, ['crashed'], 60_000),
      wait: () => new Promise(() => {}), // the time of another attempt never comes
      connect(given) {
        hands = given;
      },
      async launch({ run, attempt }) {
        launched.push(`${run}${attempt}`);
        if (run === 'c' && attempt === 1) {
          expect(hands.hasEnded('b')).toBe(true);
          expect(hands.withdraw('b', { kind: 'stopped', outcome: null })).toBe(false); // it waits for nothing
          expect(hands.withdraw('a', { kind: 'stopped', outcome: null })).toBe(true);
          expect(hands.takeUp('b')).toBe(true);
        }
        return finished(run === 'a' ? 'crashed' : 'succeeded');
      },
    });
    expect(launched).toEqual(['a1', 'b1', 'c1', 'b2']);
    expect([...ends].map(([run, end]) => `${run} ${end.kind}`).sort()).toEqual(['a stopped', 'b finished', 'c finished']);
    expect(hands!.takeUp('a')).toBe(false); // it is over
  });

  it('starts nothing more once it is told to stop, and waits for what is under way', async () => {
    const stop = new AbortController();
    const { ends } = await schedule({
      source: inOrder(['a', 'b', 'c']),
      slots: [1],
      retry: retry(5),
      signal: stop.signal,
      async launch({ run }) {
        if (run === 'b') stop.abort();
        await tick();
        return run === 'b' ? finished('crashed') : finished('succeeded');
      },
    });
    expect([...ends.keys()]).toEqual(['a', 'b']);
  });

  it('has nothing to do without runs, or when it is stopped before it begins', async () => {
    const launch = async () => finished('succeeded');
    expect((await schedule({ source: inOrder([]), slots: [1], launch })).ends.size).toBe(0);
    const signal = AbortSignal.abort();
    expect((await schedule({ source: inOrder(['a']), slots: [1], launch, signal })).ends.size).toBe(0);
  });

  it('reports a bug in a launch, after the other runs under way have ended', async () => {
    let others = 0;
    const result = schedule({
      source: inOrder(['bug', 'b', 'c', 'd']),
      slots: [1, 2],
      async launch({ run }) {
        if (run === 'bug') throw new TypeError('a bug');
        await tick();
        others++;
        return finished('succeeded');
      },
    });
    await expect(result).rejects.toThrow('a bug');
    expect(others).toBe(1);
  });

  it('asks for the next run no more than twice a run, also of 10,000', async () => {
    const runs = Array.from({ length: 10_000 }, (_, index) => index);
    const source = inOrder(runs);
    const take = vi.spyOn(source, 'take');
    const { ends } = await schedule({ source, slots: [1, 2, 3, 4], launch: async () => finished('succeeded') });
    expect(ends.size).toBe(10_000);
    expect(take.mock.calls.length).toBeLessThanOrEqual(20_000);
  });
});

describe('a failed run', () => {
  /** Runs named after how each attempt ends: "crashed crashed succeeded". */
  async function attempt(runs: string[], policy: RetryPolicy, slots = 1) {
    const waits: number[] = [];
    const order: string[] = [];
    const events: ScheduleEvent<string, number>[] = [];
    const { ends } = await schedule({
      source: inOrder(runs),
      slots: Array.from({ length: slots }, (_, index) => index),
      retry: policy,
      onEvent: (event) => events.push(event),
      async wait(ms) {
        waits.push(ms);
        await tick();
      },
      async launch({ run, attempt }) {
        order.push(`${runs.indexOf(run)}.${attempt}`);
        await tick();
        return finished((run.split(' ')[attempt - 1] ?? run.split(' ').at(-1)) as Status);
      },
    });
    return { waits, order, events, statuses: statusesOf(ends) };
  }

  it('is started again as often as allowed, after the failures that are named, and after others never', async () => {
    const { order, statuses, events } = await attempt(['crashed', 'diverged'], retry(2));
    expect(order).toEqual(['0.1', '0.2', '0.3', '1.1']);
    expect(statuses).toEqual(['crashed', 'diverged']);
    expect(events.filter(({ type }) => type === 'retrying')).toHaveLength(2);
    expect((await attempt(['timed-out'], retry(1, ['timed-out']))).order).toEqual(['0.1', '0.2']);
    expect((await attempt(['crashed'], retry(1, ['timed-out']))).order).toEqual(['0.1']);
  });

  it('waits before each retry, twice as long each time, up to five minutes', async () => {
    const { waits } = await attempt(['crashed'], retry(8, ['crashed'], 10_000));
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it('leaves its slot to another run while it waits', async () => {
    const { order, statuses } = await attempt(['crashed succeeded', 'succeeded'], retry(1, ['crashed'], 1000));
    expect(order).toEqual(['0.1', '1.1', '0.2']);
    expect(statuses).toHaveLength(2);
  });

  it('is not waited for once the sweep is stopped: it goes on another time', async () => {
    const stop = new AbortController();
    const waiting = schedule({
      source: inOrder(['a', 'b']),
      slots: [1],
      retry: retry(1, ['crashed'], 1000),
      signal: stop.signal,
      wait: (_ms, signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
      async launch({ run }) {
        if (run === 'b') stop.abort();
        return finished(run === 'a' ? 'crashed' : 'succeeded');
      },
    });
    const { ends } = await waiting;
    expect(ends.get('a')).toEqual({ kind: 'stopped', outcome: null });
    expect(statusesOf(ends).sort()).toEqual(['stopped', 'succeeded']);
  });
});

describe('a GPU on which runs keep failing', () => {
  /** `broken`: what a run meets on a GPU, by its name; any other GPU is sound. A slot is its list of GPUs. */
  async function sweep(runs: string[], slots: string[], broken: Record<string, Status | ((run: string) => Status)>, retries = 0) {
    const events: ScheduleEvent<string, string>[] = [];
    const started: string[] = [];
    const result = await schedule({
      source: inOrder(runs),
      slots,
      retry: retry(retries, ['crashed', 'stalled', 'out-of-gpu-memory', 'timed-out']),
      gpusOf: (slot) => (slot === 'cpu' ? [] : slot.split('+')),
      onEvent: (event) => events.push(event),
      async launch({ run, slot }) {
        started.push(`${run} ${slot}`);
        await tick();
        if (!broken[slot]) await tick(); // the broken one is the first to be free again
        const fate = broken[slot];
        return finished(typeof fate === 'function' ? fate(run) : (fate ?? 'succeeded'));
      },
    });
    return { ...result, started, setAside: events.filter((event) => event.type === 'gpu-set-aside') };
  }

  it('is set aside and named after three attempts, and every run that it failed succeeds elsewhere', async () => {
    const { ends, gpusSetAside, started, setAside, isOutOfGpus } = await sweep(['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['bad', 'good'], {
      bad: 'out-of-gpu-memory',
    });
    expect(setAside).toMatchObject([{ gpu: 'bad', reason: '3 attempts in a row at 3 runs failed on it (out of GPU memory)' }]);
    expect([...gpusSetAside.keys()]).toEqual(['bad']);
    expect(started.filter((start) => start.endsWith('bad'))).toHaveLength(3);
    expect(new Set(statusesOf(ends))).toEqual(new Set(['succeeded']));
    expect(ends.size).toBe(7);
    expect(isOutOfGpus).toBe(false);
  });

  it('gets no run a second time while another GPU is left', async () => {
    const { started, ends } = await sweep(['a', 'b', 'c', 'd'], ['bad', 'good'], { bad: 'crashed' }, 1);
    const onBad = started.filter((start) => start.endsWith('bad'));
    expect(onBad).toHaveLength(3);
    expect(new Set(onBad).size).toBe(3);
    expect(new Set(statusesOf(ends))).toEqual(new Set(['succeeded']));
  });

  it('costs no retry: with none allowed its runs are started elsewhere all the same', async () => {
    const { started } = await sweep(['a', 'b', 'c', 'd'], ['bad', 'good'], { bad: 'crashed' }, 0);
    expect(started.filter((start) => start.endsWith('good'))).toHaveLength(4);
  });

  it('gives back the retries that it had cost before it was blamed', async () => {
    // Each run fails on the bad card, and then once more elsewhere for a reason of its own: its one retry is still there.
    const failed = new Set<string>();
    const onceElsewhere = (run: string): Status => {
      if (failed.has(run)) return 'succeeded';
      failed.add(run);
      return 'timed-out';
    };
    const { ends, started } = await sweep(['a', 'b', 'c', 'd'], ['bad', 'good'], { bad: 'crashed', good: onceElsewhere }, 1);
    expect(started.filter((start) => start.endsWith('bad'))).toHaveLength(3);
    expect(new Set(statusesOf(ends))).toEqual(new Set(['succeeded']));
  });

  it('is not blamed for runs of which no process was ever started', async () => {
    const { gpusSetAside } = await schedule({
      source: inOrder(['a', 'b', 'c', 'd']),
      slots: ['gpu'],
      gpusOf: (slot) => [slot],
      launch: async () => ({ ...(finished('crashed') as RunEnd & { kind: 'finished' }), isUnstarted: true }),
    });
    expect(gpusSetAside.size).toBe(0);
  });

  it('is not blamed for a single run that fails again and again', async () => {
    const { setAside, ends } = await sweep(['a'], ['gpu'], { gpu: 'crashed' }, 5);
    expect(setAside).toEqual([]);
    expect(statusesOf(ends)).toEqual(['crashed']);
  });

  it('is not blamed when a run succeeds on it in between, nor for failures that no card causes', async () => {
    const sometimes = (run: string): Status => (run === 'c' ? 'succeeded' : 'crashed');
    expect((await sweep(['a', 'b', 'c', 'd', 'e'], ['gpu'], { gpu: sometimes })).setAside).toEqual([]);
    for (const status of ['failed', 'bad-data', 'no-space', 'out-of-memory', 'diverged'] as const) {
      expect((await sweep(['a', 'b', 'c', 'd'], ['gpu'], { gpu: status })).setAside).toEqual([]);
    }
    expect((await sweep(['a', 'b', 'c', 'd'], ['cpu'], { cpu: 'crashed' })).setAside).toEqual([]);
  });

  it('takes every slot with it that uses it', async () => {
    const { started } = await sweep(['a', 'b', 'c', 'd', 'e', 'f'], ['x+bad', 'bad', 'good'], { 'x+bad': 'crashed', bad: 'crashed' });
    expect(started.filter((start) => start.includes('bad')).length).toBeLessThanOrEqual(4); // two may be under way at the third
  });

  it('being the last, leaves the rest of the runs in the queue', async () => {
    const { ends, isOutOfGpus, started } = await sweep(['a', 'b', 'c', 'd', 'e'], ['one'], { one: 'stalled' });
    expect(started).toHaveLength(3);
    expect([...ends.keys()]).toEqual(['a', 'b', 'c']);
    expect(isOutOfGpus).toBe(true);
  });
});
