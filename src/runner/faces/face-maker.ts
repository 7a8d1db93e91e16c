// Makes faces for whoever asks, one after another, by one process: it starts with the first order and is kept for a while after the last.

import type { GenerateOrder } from '../../results/generation.ts';
import { type FaceProcess, type Made, type RunOfFaces, startFaceProcess } from './face-process.ts';

export interface FaceMaker {
  /** `signal`: nobody waits for it any more. */
  make(run: RunOfFaces, order: GenerateOrder, signal: AbortSignal): Promise<Made>;
  /** Resolves when there is no process any more. */
  close(): Promise<void>;
}

export interface FaceMakerOptions {
  /** As of startFaceProcess. */
  maker: string;
  /** How long the process is kept after its last answer. */
  keptMs?: number;
  /** How long an order may take, with its wait for others. Shorter than a silent connection is kept. */
  patienceMs?: number;
  /** How long an order at work may go on for which nobody waits any more: who presses twice needs the process that is starting. */
  graceMs?: number;
  /** Orders that may wait. */
  mostWaiting?: number;
}

interface Limits {
  /** Nobody waits for the answer any more. */
  over: AbortSignal;
  /** The process may not go on either. */
  mustEnd: AbortSignal;
}

export function createFaceMaker(options: FaceMakerOptions): FaceMaker {
  const { maker, keptMs = 60_000, patienceMs = 50_000, graceMs = 5_000, mostWaiting = 8 } = options;
  const closing = new AbortController();
  let kept: FaceProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  let ending: Promise<void> = Promise.resolve();

  async function make(run: RunOfFaces, order: GenerateOrder, signal: AbortSignal): Promise<Made> {
    if (waiting >= mostWaiting) return { problem: `${mostWaiting} others wait already; ask again in a moment` };
    const late = AbortSignal.timeout(patienceMs);
    const mustEnd = AbortSignal.any([late, closing.signal]);
    const over = AbortSignal.any([signal, mustEnd]);
    const turn = last;
    let leave = () => {};
    last = new Promise((resolve) => {
      leave = resolve;
    });
    waiting += 1;
    const isTurn = await isDoneBefore(over, turn);
    waiting -= 1;
    try {
      const made = isTurn ? await makeNow(run, order, { over, mustEnd }) : null;
      if (made !== null) return made;
      const why = isTurn ? 'its process was ended, and the next order starts another' : 'others were before it all that time';
      return { problem: late.aborted ? `no answer within ${Math.round(patienceMs / 1000)} s: ${why}` : 'stopped' };
    } finally {
      turn.then(leave);
    }
  }

  /** null where the process was ended before it had answered. */
  async function makeNow(run: RunOfFaces, order: GenerateOrder, { over, mustEnd }: Limits): Promise<Made | null> {
    clearTimeout(timer);
    const givenUp = new AbortController();
    const work = ask(run, order, givenUp.signal);
    if (!(await isDoneBefore(over, work)) && !(await isDoneBefore(AbortSignal.any([mustEnd, AbortSignal.timeout(graceMs)]), work))) {
      givenUp.abort();
      await endProcess();
      return null;
    }
    timer = setTimeout(() => void endProcess(), keptMs).unref();
    return work;
  }

  async function ask(run: RunOfFaces, order: GenerateOrder, givenUp: AbortSignal): Promise<Made> {
    if (kept && (kept.isOver() || !(await kept.suits(run)))) void endProcess();
    await ending; // never two
    if (givenUp.aborted) return { problem: 'stopped' };
    kept ??= startFaceProcess(maker, run);
    return kept.make(run, order);
  }

  function endProcess(): Promise<void> {
    if (kept) ending = kept.end();
    kept = null;
    return ending;
  }

  return {
    make,
    async close() {
      closing.abort();
      clearTimeout(timer);
      await last;
      await endProcess();
    },
  };
}

/** Whether the work came to its end, however it did, before the signal. */
function isDoneBefore(signal: AbortSignal, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
    work.then(
      () => resolve(true),
      () => resolve(true),
    );
  });
}
