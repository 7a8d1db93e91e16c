// The button that stops the sweep while a runner is at work on it.

import type { StopReply } from '../wire.ts';
import { make } from './elements.ts';

type Stage = 'offered' | 'graceful' | 'forced';

const TEXTS: Record<Stage, string> = {
  offered: '',
  graceful: 'Stopping: each run finishes its step and saves.',
  forced: 'Ending the runs at once.',
};
const BUTTONS: Partial<Record<Stage, { label: string; title: string; kind: 'graceful' | 'forced' }>> = {
  offered: {
    label: 'Stop the sweep',
    title: 'Each run finishes its step and saves, as after Ctrl-C in the terminal. The same command goes on later.',
    kind: 'graceful',
  },
  graceful: { label: 'End at once', title: 'What was trained since the last checkpoints is trained again later.', kind: 'forced' },
};

export interface StopControl {
  /** Which runner is at work; null: nobody, or this dashboard may not stop it. */
  update(runner: string | null): void;
}

export function createStopControl(container: HTMLElement, url: string): StopControl {
  const text = make('span', { role: 'status' });
  const button = make('button', { type: 'button' });
  container.append(button, text);
  let runner: string | null = null;
  let stage: Stage = 'offered';

  button.addEventListener('click', () => void ask(BUTTONS[stage]!.kind));

  async function ask(kind: 'graceful' | 'forced'): Promise<void> {
    button.disabled = true;
    const reply = await post(url, { runner, kind });
    if (reply.asked) stage = reply.asked;
    show(reply.error === undefined ? null : `Not stopped: ${reply.error}.`);
  }

  function show(problem: string | null = null): void {
    const action = BUTTONS[stage];
    container.hidden = runner === null;
    button.hidden = action === undefined;
    button.disabled = false;
    button.textContent = action?.label ?? '';
    button.title = action?.title ?? '';
    text.textContent = problem ?? TEXTS[stage];
  }

  return {
    update(now) {
      if (now === runner) return;
      runner = now;
      stage = 'offered';
      show();
    },
  };
}

async function post(url: string, request: unknown): Promise<StopReply> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request), signal: AbortSignal.timeout(30_000) });
    return (await response.json()) as StopReply;
  } catch {
    return { error: 'the dashboard does not answer' };
  }
}
