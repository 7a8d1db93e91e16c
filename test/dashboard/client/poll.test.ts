import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PollStatus, showStatus, startPolling } from '../../../src/dashboard/client/poll.ts';
import { type FakePage, openFakePage } from '../../helpers/fake-page.ts';

interface Reply {
  reading?: { done: number; of: number };
  isActive: boolean;
  text: string;
}

let page: FakePage;
let statuses: PollStatus[];
let shown: string[];
let answer: () => Promise<Response>;
let asked: number;
const consoleError = vi.spyOn(console, 'error');

beforeEach(() => {
  vi.useFakeTimers();
  consoleError.mockReset().mockImplementation(() => {});
  page = openFakePage();
  statuses = [];
  shown = [];
  asked = 0;
  vi.stubGlobal('fetch', () => {
    asked++;
    return answer();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function start(onReply: (reply: Reply) => void = ({ text }) => shown.push(text)): void {
  startPolling<Reply>({ url: () => 'http://127.0.0.1/changes', onReply, onStatus: (status) => statuses.push(status) });
}

const reply = (value: Reply): Promise<Response> => Promise.resolve(Response.json(value));
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('asking for what changed', () => {
  it('asks at once while curves are still being read, within a second while a run trains, every three seconds otherwise', async () => {
    answer = () => reply({ isActive: false, text: 'a', reading: { done: 1, of: 3 } });
    start();
    await pass(400);
    expect([asked, statuses.at(-1)]).toEqual([3, 'filling']);
    answer = () => reply({ isActive: true, text: 'a', reading: { done: 3, of: 3 } });
    await pass(60); // the fourth
    await pass(1500);
    expect([asked, statuses.at(-1)]).toEqual([6, 'live']);
    answer = () => reply({ isActive: false, text: 'b' });
    await pass(700);
    expect([asked, statuses.at(-1)]).toEqual([7, 'idle']);
    await pass(2200);
    expect(asked).toBe(7);
    await pass(800);
    expect(asked).toBe(8);
  });

  it('tells an error of the page from a server that does not answer, and writes it to the console', async () => {
    answer = () => reply({ isActive: true, text: 'a' });
    const fault = new TypeError('cannot read properties of undefined');
    start(() => {
      throw fault;
    });
    await pass(1);
    expect(statuses).toEqual(['broken']);
    expect(consoleError.mock.calls.map((call) => call.at(-1))).toEqual([fault]);
    showStatus('broken');
    const text = page.find('connection').textContent;
    showStatus('lost');
    expect(text).not.toBe(page.find('connection').textContent);
    expect(text).not.toContain('not answer');
  });

  it('goes on after an error of the page, and is live again once a reply can be shown', async () => {
    answer = () => reply({ isActive: true, text: 'a' });
    let isBroken = true;
    start(({ text }) => {
      if (isBroken) throw new Error('cannot be drawn');
      shown.push(text);
    });
    await pass(1);
    isBroken = false;
    await pass(3_000);
    expect(shown).toEqual(['a']);
    expect(statuses).toEqual(['broken', 'live']);
  });

  it.each([
    ['there is no connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['the server has an error', () => Promise.resolve(new Response('', { status: 500 }))],
    ['the answer is cut off', () => Promise.resolve(new Response('{"isActive":'))],
  ])('is lost where %s, without a line in the console, and asks again', async (_case, failing) => {
    answer = failing;
    start();
    await pass(1);
    expect(statuses).toEqual(['lost']);
    expect(consoleError).not.toHaveBeenCalled();
    answer = () => reply({ isActive: true, text: 'back' });
    await pass(3_000);
    expect(shown).toEqual(['back']);
  });

  it('stops where the thing is gone', async () => {
    answer = () => Promise.resolve(new Response('', { status: 404 }));
    start();
    await pass(60_000);
    expect([asked, statuses]).toEqual([1, ['gone']]);
  });

  it('does not ask while nobody looks, and at once when somebody looks again', async () => {
    answer = () => reply({ isActive: true, text: 'a' });
    start();
    await pass(1);
    page.document.hidden = true;
    await pass(60_000);
    expect(asked).toBe(2);
    page.document.hidden = false;
    page.document.dispatchEvent(new Event('visibilitychange'));
    await pass(1);
    expect(asked).toBe(3);
  });
});
