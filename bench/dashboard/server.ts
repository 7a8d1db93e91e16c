// `facet dashboard` as a process, and how it answers many tabs.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';

export interface Served {
  origin: string;
  process: ChildProcess;
  startMs: number;
  stop(): Promise<void>;
}

/** `checkout`: of the version to be measured. `cache`: FACET_CACHE. */
export async function serve(checkout: string, results: string, cache: string): Promise<Served> {
  const start = performance.now();
  const child = spawn(process.execPath, [join(checkout, 'bin/facet.js'), 'dashboard', '--results', results, '--port', '0'], {
    env: { ...process.env, FACET_CACHE: cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise<string>((done, fail) => {
    child.stdout!.on('data', (bytes) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(bytes));
      if (url) done(url[0]);
    });
    child.once('exit', () => fail(new Error('facet dashboard ended')));
  });
  return {
    origin,
    process: child,
    startMs: performance.now() - start,
    stop: () =>
      new Promise((done) => {
        child.once('exit', () => done());
        child.kill('SIGINT');
      }),
  };
}

export function residentMiB({ process: { pid } }: Served): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** Of all threads of the server since its start. */
export function cpuSeconds({ process: { pid } }: Served): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Time of one answer, and its bytes. */
export function ask(url: string): Promise<{ ms: number; bytes: number; text: string }> {
  const start = performance.now();
  return new Promise((done, fail) => {
    get(url, { headers: { 'Accept-Encoding': 'identity' }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        done({ ms: performance.now() - start, bytes: body.length, text: body.toString() });
      });
    }).on('error', fail);
  });
}

/** Tabs that ask as the page does, each so often. */
export async function measureTabs(
  served: Served,
  path: string,
  { tabs, intervalMs, seconds }: { tabs: number; intervalMs: number; seconds: number },
) {
  const times: number[] = [];
  const url = (cursor: string): string => `${served.origin}${path}?cursor=${encodeURIComponent(cursor)}`;
  const first: string = JSON.parse((await ask(url(''))).text).cursor;
  const cpu = cpuSeconds(served);
  const start = performance.now();
  const end = start + seconds * 1000;
  const tab = async (): Promise<void> => {
    let cursor = first;
    await new Promise((done) => setTimeout(done, Math.random() * intervalMs));
    while (performance.now() < end) {
      const { ms, text } = await ask(url(cursor));
      times.push(ms);
      cursor = JSON.parse(text).cursor;
      await new Promise((done) => setTimeout(done, intervalMs));
    }
  };
  await Promise.all(Array.from({ length: tabs }, tab));
  const sorted = times.toSorted((a, b) => a - b);
  const share = (cpuSeconds(served) - cpu) / ((performance.now() - start) / 1000);
  return { share, medianMs: sorted[Math.floor(sorted.length / 2)]!, p95Ms: sorted[Math.floor(sorted.length * 0.95)]! };
}
