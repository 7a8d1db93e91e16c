// The dashboard's app over a results folder of its own, asked without a socket.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/dashboard/app.ts';
import type { FaceService } from '../../src/dashboard/faces.ts';
import type { Assets } from '../../src/dashboard/http/assets.ts';
import type { RunStarter } from '../../src/dashboard/run-starter.ts';
import { createStore, type StoreOptions } from '../../src/dashboard/store.ts';

export const TEST_ASSETS: Assets = {
  script: { url: '/assets/abc/client.js', type: 'text/javascript; charset=utf-8', content: Buffer.from('export {};') },
  style: { url: '/assets/abc/style.css', type: 'text/css; charset=utf-8', content: Buffer.from('body {}') },
};

export interface TestDashboard {
  resultsRoot: string;
  errors: unknown[];
  /** The patterns of all that it answers to GET, as `/experiments/:experiment`. */
  patterns: string[];
  /** The same of what it answers to POST. */
  actions: string[];
  /** Asks as a browser on this machine does. */
  get(path: string, init?: RequestInit): Promise<Response>;
  remove(): void;
}

/** Each request looks at the folder, and waits for all that is there. */
export function createTestDashboard(
  options: StoreOptions & { resultsRoot?: string; faces?: FaceService; starter?: RunStarter; canStop?: boolean } = {},
): TestDashboard {
  const resultsRoot = options.resultsRoot ?? mkdtempSync(join(tmpdir(), 'facet-dashboard-'));
  const errors: unknown[] = [];
  const app = createApp(createStore(resultsRoot, { restMs: 0, patienceMs: Number.POSITIVE_INFINITY, ...options }), {
    assets: TEST_ASSETS,
    faces: options.faces ?? null,
    starter: options.starter ?? null,
    canStop: options.canStop ?? true,
    onError: (error) => errors.push(error),
  });
  const patternsOf = (wanted: string) => [...new Set(app.routes.filter(({ method }) => method === wanted).map(({ path }) => path))];
  return {
    resultsRoot,
    errors,
    patterns: patternsOf('GET'),
    actions: patternsOf('POST'),
    get: async (path, init) => app.request(`http://127.0.0.1:7860${path}`, { headers: { host: '127.0.0.1:7860' }, ...init }),
    remove: () => rmSync(resultsRoot, { recursive: true, force: true }),
  };
}
