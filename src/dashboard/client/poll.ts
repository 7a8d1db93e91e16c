// Room: dashboard, client. Asks the server for what changed: one question at a time, often while runs train, seldom
// otherwise, and not at all while nobody looks. Nothing is kept from one question to the next, so nothing grows.

export interface PollOptions<Reply> {
  /** The address to ask next. */
  url: () => string;
  onReply: (reply: Reply) => void;
  onStatus: (status: PollStatus) => void;
}

export type PollStatus = 'live' | 'idle' | 'lost' | 'gone';

const ACTIVE_MS = 2_000;
const IDLE_MS = 10_000;
const TIMEOUT_MS = 30_000;

/** Asks at once and then for ever, until the server says that the thing is gone. */
export function startPolling<Reply extends { isActive: boolean }>({ url, onReply, onStatus }: PollOptions<Reply>): void {
  let timer: number | undefined;
  let isAsking = false;

  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    window.clearTimeout(timer);
    const waitMs = await askOnce();
    isAsking = false;
    if (waitMs !== null && !document.hidden) timer = window.setTimeout(ask, waitMs);
  };

  const askOnce = async (): Promise<number | null> => {
    try {
      const response = await fetch(url(), { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
      if (response.status === 404) {
        onStatus('gone');
        return null;
      }
      if (!response.ok) throw new Error(`status ${response.status}`);
      const reply: Reply = await response.json();
      onReply(reply);
      onStatus(reply.isActive ? 'live' : 'idle');
      return reply.isActive ? ACTIVE_MS : IDLE_MS;
    } catch {
      onStatus('lost');
      return IDLE_MS;
    }
  };

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void ask();
  });
  void ask();
}

/** Says in the page's corner whether what it shows is current. */
export function showStatus(status: PollStatus): void {
  const element = document.getElementById('connection')!;
  const text = STATUS_TEXT[status];
  if (element.textContent !== text) element.textContent = text;
  element.dataset.status = status;
}

const STATUS_TEXT: Record<PollStatus, string> = {
  live: 'live',
  idle: 'up to date',
  lost: 'the dashboard does not answer; trying again',
  gone: 'this is no longer in the results folder',
};
