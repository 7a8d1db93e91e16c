// A real Firefox, as a distribution ships it, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi): playwright-core drives none but
// its own build.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';

export interface Firefox {
  /** Opens the address in the one tab, and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page and gives its value as JSON has it; waits for a promise. */
  evaluate<T>(expression: string): Promise<T>;
  /** Evaluates it again and again until it is true. Throws after 30 s. */
  until(expression: string): Promise<void>;
  /** Presses and releases keys, one after another; of more than a character as WebDriver has them (`\uE007`: Enter). */
  press(...keys: string[]): Promise<void>;
  screenshot(): Promise<Buffer>;
  /** Errors and warnings of scripts, what the policy of the page refused, answers of 400 and above, requests that failed. */
  faults: string[];
  close(): Promise<void>;
}

/** Where Firefox is: FIREFOX_PATH, or Debian's firefox-esr; null where there is none. */
export function findFirefox(): string | null {
  const path = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr';
  if (process.env.FIREFOX_PATH !== undefined && !existsSync(path)) throw new Error(`FIREFOX_PATH: there is no ${path}`);
  return existsSync(path) ? path : null;
}

export async function launchFirefox(path: string): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'facet-firefox-'));
  const browser = spawn(path, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile },
  });
  const ended = new Promise<void>((done) => {
    browser.on('close', () => done());
  });
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    browser.stderr.on('data', (bytes) => {
      text += bytes;
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(text);
      if (found) resolve(found[1]!);
    });
    browser.on('close', () => reject(new Error(`Firefox ended before it listened: ${text}`)));
  });
  const faults: string[] = [];
  const { send, socket } = await connect(`${address}/session`, (method, params) => {
    const fault = describeFault(method, params);
    if (fault !== null) faults.push(fault);
  });
  await send('session.new', { capabilities: {} });
  await send('session.subscribe', { events: ['log.entryAdded', 'network.responseCompleted', 'network.fetchError'] });
  await send('script.addPreloadScript', { functionDeclaration: TELL_REFUSALS });
  const { contexts } = await send<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
  const { context } = contexts[0]!;
  await send('browsingContext.setViewport', { context, viewport: { width: 1280, height: 800 } });

  async function evaluate<T>(expression: string): Promise<T> {
    const { type, result, exceptionDetails } = await send<Evaluated>('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
      target: { context },
      awaitPromise: true,
    });
    if (type === 'exception') throw new Error(`${expression}: ${exceptionDetails!.text}`);
    return JSON.parse(result!.value) as T;
  }

  return {
    faults,
    evaluate,
    open: async (url) => void (await send('browsingContext.navigate', { context, url, wait: 'complete' })),
    async until(expression) {
      for (let i = 0; i < 300; i++) {
        if (await evaluate<boolean>(`Boolean(${expression})`)) return;
        await new Promise((done) => setTimeout(done, 100));
      }
      throw new Error(`this did not become true: ${expression}`);
    },
    press: async (...keys) => {
      const actions = keys.flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await send('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] });
    },
    screenshot: async () => Buffer.from((await send<{ data: string }>('browsingContext.captureScreenshot', { context })).data, 'base64'),
    async close() {
      socket.close();
      browser.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Runs before the scripts of each page: what its policy refuses is an error too. */
const TELL_REFUSALS = `() => window.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('refused by ' + violatedDirective + ': ' + blockedURI))`;

interface Evaluated {
  type: 'success' | 'exception';
  result?: { value: string };
  exceptionDetails?: { text: string };
}

interface Event {
  level?: string;
  text?: string;
  errorText?: string;
  request?: { url: string };
  response?: { status: number };
}

function describeFault(method: string, { level, text, errorText, request, response }: Event): string | null {
  if (method === 'log.entryAdded') return level === 'error' || level === 'warn' ? `${level}: ${text}` : null;
  if (method === 'network.responseCompleted') return response!.status >= 400 ? `${response!.status}: ${request!.url}` : null;
  const isLeft = errorText === 'NS_BINDING_ABORTED'; // the page that asked is gone
  return method === 'network.fetchError' && !isLeft ? `${errorText}: ${request!.url}` : null;
}

type Send = <T>(method: string, params: object) => Promise<T>;

async function connect(address: string, onEvent: (method: string, params: Event) => void): Promise<{ send: Send; socket: WebSocket }> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  socket.on('message', (data) => {
    const { type, id, method, params, result, error, message } = JSON.parse(String(data));
    if (type === 'event') return onEvent(method, params);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (type === 'error') asked?.reject(new Error(`${error}: ${message}`));
    else asked?.resolve(result as never);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox is gone'));
  });
  let last = 0;
  const send: Send = (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { send, socket };
}
