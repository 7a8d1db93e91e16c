// The button that stops a run, starts it, goes on with it or tries it again.

import type { RunActionReply, RunActions } from '../../wire.ts';
import { find, make } from '../elements.ts';
import { ask } from '../generate/ask.ts';

type Stage = 'offered' | 'stop' | 'end' | 'go-on';

interface Button {
  label: string;
  title: string;
  address: 'stop' | 'go-on';
  request: object;
}

const STOP: Partial<Record<Stage, Button>> = {
  offered: {
    label: 'Stop this run',
    title: 'It finishes its step and saves; the others go on. It can be continued later.',
    address: 'stop',
    request: { kind: 'graceful' },
  },
  stop: {
    label: 'End at once',
    title: 'What was trained since its last checkpoint is trained again later.',
    address: 'stop',
    request: { kind: 'forced' },
  },
};
const START = {
  start: { label: 'Start this run', title: 'In a process of its own, or by the one that is at work on the experiment.' },
  continue: {
    label: 'Continue',
    title: 'From its newest checkpoint, in a process of its own, or by the one that is at work on the experiment.',
  },
  retry: { label: 'Retry', title: 'From its newest checkpoint, as facet run --retry-failed does, for this run alone.' },
} as const;

const TEXTS: Record<Stage, string> = {
  offered: '',
  stop: 'Stopping: it finishes its step and saves.',
  end: 'Ending it at once.',
  'go-on': 'Asked for; it starts in a moment.',
};

export interface RunActionControl {
  /** What can be done now; null: nothing by this page. `state`: of the run. */
  update(actions: RunActions | null, state: string): void;
}

/** `api`: the run's address among the data routes. */
export function createRunActions(api: string): RunActionControl {
  const container = find('run-actions');
  const text = make('span', { role: 'status' });
  const button = make('button', { type: 'button' });
  container.append(button, text);
  let actions: RunActions | null = null;
  let seen = '';
  let stage: Stage = 'offered';
  let isTraining = false;
  let pressed: RunActions['offer'] = null;
  let hasStarted = false;

  button.addEventListener('click', () => void press());

  function offered(): Button | undefined {
    const offer = actions?.offer ?? null;
    if (offer === null) return undefined;
    if (offer === 'stop') return STOP[stage];
    return stage === 'offered' ? { ...START[offer], address: 'go-on', request: { offer } } : undefined;
  }

  async function press(): Promise<void> {
    const action = offered();
    if (!action) return;
    button.disabled = true;
    const before = seen;
    pressed = actions?.offer ?? null;
    hasStarted = false;
    const reply = await ask<RunActionReply>(`${api}/${action.address}`, action.request, AbortSignal.timeout(30_000)).catch(
      (): RunActionReply => ({ error: 'the dashboard does not answer' }),
    );
    if (before === seen && reply.asked) stage = reply.asked;
    show(reply.error === undefined ? null : `Not done: ${reply.error}.`);
  }

  function textOf(now: Stage): string {
    return now === 'stop' && !isTraining ? 'Stopping: it does not begin.' : TEXTS[now];
  }

  function show(problem: string | null = null): void {
    const action = offered();
    const said = problem ?? (textOf(stage) || actions?.said || '');
    container.hidden = action === undefined && said === '';
    button.hidden = action === undefined;
    button.disabled = false;
    button.textContent = action?.label ?? '';
    button.title = action?.title ?? '';
    if (text.textContent !== said) text.textContent = said;
  }

  return {
    update(now, state) {
      const key = JSON.stringify([now?.offer, now?.runner, now?.said, now?.isStarting, state]);
      if (key === seen) return;
      seen = key;
      actions = now;
      isTraining = state === 'running';
      hasStarted ||= now?.isStarting === true;
      stage = stage === 'offered' || isOver(now) ? 'offered' : stage;
      show();
    },
  };

  /** Whether what was asked for last has happened, or has come to nothing. */
  function isOver(now: RunActions | null): boolean {
    if (now === null || now.offer !== pressed) return true;
    return stage === 'go-on' && !now.isStarting && (hasStarted || now.said !== '');
  }
}
