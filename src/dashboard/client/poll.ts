// Asks the server for what changed: one question at a time, often while runs train, seldom otherwise, and not at all while the
// page is hidden. Nothing is kept from one question to the next, so nothing grows.

export interface PollOptions<Reply> {
  /** The address to ask next. */
  url: () => string;
  /** Shows the reply. If it throws, the status is 'broken' and the console has the error. */
  onReply: (reply: Reply) => void;
  onStatus: (status: PollStatus) => void;
}

/** filling: a part is shown, and the server reads the rest. live, idle: a reply is shown. lost: no reply came. broken: a reply came that could not be shown. gone: there is nothing left to show. */
export type PollStatus = 'filling' | 'live' | 'idle' | 'lost' | 'broken' | 'gone';

const FILLING_MS = 150;
/** A page of a thousand runs takes a while to show: it is not shown so often that the server cannot read. */
const RESTS_WHILE_FILLING = 0.5;
const ACTIVE_MS = 700;
const IDLE_MS = 3_000;
const TIMEOUT_MS = 30_000;

/** Asks at once and then for ever, until the server answers 404. */
export function startPolling<Reply extends { isActive: boolean; reading?: { done: number; of: number } }>({
  url,
  onReply,
  onStatus,
}: PollOptions<Reply>): void {
  let timer: number | undefined;
  let isAsking = false;

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    window.clearTimeout(timer);
    const startMs = performance.now();
    const status = await askOnce();
    const tookMs = performance.now() - startMs;
    isAsking = false;
    onStatus(status);
    if (status !== 'gone' && !document.hidden) {
      const restMs = status === 'filling' ? Math.max(FILLING_MS, RESTS_WHILE_FILLING * tookMs) : status === 'live' ? ACTIVE_MS : IDLE_MS;
      timer = window.setTimeout(ask, restMs);
    }
  }

  async function askOnce(): Promise<PollStatus> {
    const reply = await request<Reply>(url());
    if (typeof reply === 'string') return reply;
    try {
      onReply(reply);
    } catch (error) {
      console.error('The page could not show what the dashboard sent.', error);
      return 'broken';
    }
    if (reply.reading && reply.reading.done < reply.reading.of) return 'filling';
    return reply.isActive ? 'live' : 'idle';
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void ask();
  });
  void ask();
}

async function request<Reply>(url: string): Promise<Reply | 'gone' | 'lost'> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
    if (response.status === 404) return 'gone';
    return response.ok ? await response.json() : 'lost';
  } catch {
    return 'lost';
  }
}

/** Says in the page's corner whether what it shows is current. */
export function showStatus(status: PollStatus): void {
  const element = document.getElementById('connection')!;
  const text = STATUS_TEXT[status];
  if (element.textContent !== text) element.textContent = text;
  element.dataset.status = status;
}

const STATUS_TEXT: Record<PollStatus, string> = {
  filling: 'reading the curves',
  live: 'live',
  idle: 'up to date',
  lost: 'the dashboard does not answer; trying again',
  broken: 'this page has an error and may be out of date; the browser console names it',
  gone: 'this is no longer in the results folder',
};
