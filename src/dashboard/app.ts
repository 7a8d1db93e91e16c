// Every route of the dashboard. It never listens, so that tests need no socket.

import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { commandToGoOn } from '../results/commands.ts';
import { cropRows } from './data/crop.ts';
import { addDataRoutes } from './data/routes.ts';
import type { FaceService } from './faces.ts';
import { rootFrom } from './http/addresses.ts';
import type { Asset, Assets } from './http/assets.ts';
import { createCompression } from './http/compress.ts';
import { addFaceRoutes, FACES_PATH } from './http/face-routes.ts';
import { createGuard, isLoopback, LOOPBACK_NAMES } from './http/guard.ts';
import { addOneRunRoutes, ONE_RUN_PATH } from './http/one-run-routes.ts';
import { addRunRoutes, NOTE_PATH } from './http/run-routes.ts';
import { answerStop } from './http/stop-route.ts';
import { renderExperiment } from './pages/experiment.tsx';
import { renderMessage } from './pages/layout.tsx';
import { renderList, renderOverview } from './pages/overview.tsx';
import { renderRun, renderRunSummary } from './pages/run.tsx';
import { LOG_LINES } from './pages/run-parts/log.tsx';
import type { RunStarter } from './run-starter.ts';
import type { DashboardStore } from './store.ts';
import { changesAsText, runChanges } from './views/changes.ts';
import type { LiveExperiment } from './views/live-experiment.ts';
import { describeActions } from './views/run-actions.ts';
import { describeRun } from './views/run-facts.ts';
import type { OverviewChanges, RunPageChanges, StopReply } from './wire.ts';

export interface AppOptions {
  assets: Assets;
  /** The host names that a request may carry. Default: those of this machine itself, as localhost. */
  hostNames?: readonly string[];
  /** Whether its pages may act: stop sweeps and runs, go on with runs, write notes, make faces. Default: true. */
  canStop?: boolean;
  /** Makes faces for the page of a run. null: nobody does. */
  faces?: FaceService | null;
  /** Starts commands that go on with a run. null: nobody does. */
  starter?: RunStarter | null;
  /** Called with every error of the dashboard itself; the browser gets no details. */
  onError?: (error: unknown) => void;
  now?: () => number;
}

/** The dashboard over a store of results. It answers under the allowed host names only. Its actions: ACTIONS. */
export function createApp(store: DashboardStore, options: AppOptions): Hono {
  const { assets, hostNames = LOOPBACK_NAMES, canStop = true, faces = null, starter = null } = options;
  const { onError, now = Date.now } = options;
  const app = new Hono();
  app.use(createCompression());
  app.use(createGuard(hostNames, canStop ? ACTIONS : NO_PATH));

  app.get('/', async (c) =>
    c.html(renderOverview(await store.listExperiments(), { assets, nowMs: now(), resultsRoot: store.resultsRoot })),
  );

  app.get('/api/experiments', async (c) => {
    const list = await store.listExperiments();
    const html = renderList(list, { nowMs: now(), resultsRoot: store.resultsRoot });
    const cursor = createHash('sha256').update(html).digest('hex').slice(0, 16);
    const isActive = list.cards.some(({ states }) => states.some(([state]) => state === 'running'));
    return c.json({ cursor, isActive, ...(c.req.query('cursor') === cursor ? {} : { html }) } satisfies OverviewChanges);
  });

  app.get('/experiments/:experiment', async (c) => {
    const live = await store.openExperiment(c.req.param('experiment'));
    return live ? c.html(renderExperiment(live, assets)) : missing(c, `There is no experiment of this name in the results folder.`);
  });

  app.get('/api/experiments/:experiment/changes', async (c) => {
    const live = await store.openExperiment(c.req.param('experiment'));
    if (!live) return c.json({ error: 'no such experiment' }, 404);
    const withCurves = c.req.query('curves') !== 'none';
    await live.fill(live.versionOf(c.req.query('cursor')) === 0);
    const options = { cursor: c.req.query('cursor'), canStop: canStop && isLoopback(c.req.header('host')), withCurves };
    return c.body(changesAsText(live, options), 200, { 'Content-Type': 'application/json' });
  });

  app.post('/api/experiments/:experiment/stop', bodyLimit({ maxSize: MAX_STOP_BYTES, onError: tooLong }), async (c) => {
    const live = await store.openExperiment(c.req.param('experiment'));
    if (!live) return c.json({ error: 'there is no such experiment' } satisfies StopReply, 404);
    const { reply, status } = answerStop(live, await c.req.json().catch(() => null));
    return c.json(reply, status);
  });

  app.get('/experiments/:experiment/runs/:run', async (c) => {
    const live = await store.openExperiment(c.req.param('experiment'));
    const run = live?.runs.get(c.req.param('run'));
    if (!live || !run) return missing(c, 'There is no run of this name in this experiment.');
    await live.readFirst(run);
    const canWrite = canStop && isLoopback(c.req.header('host'));
    const { id, folder, record } = run.run;
    const generate = canWrite && faces && record ? faces.look({ experiment: live.name, id, folder }) : null;
    return c.html(renderRun({ live, run, log: store.readLog(folder, LOG_LINES), assets, canWrite, generate, goOn: goOnWith(live) }));
  });

  app.get('/api/experiments/:experiment/runs/:run/changes', async (c) => {
    const live = await store.openExperiment(c.req.param('experiment'));
    const run = live?.runs.get(c.req.param('run'));
    if (!live || !run) return c.json({ error: 'no such run' }, 404);
    const log = store.readLog(run.run.folder, LOG_LINES);
    const actions = canStop && isLoopback(c.req.header('host')) ? describeActions(live, run, starter) : null;
    const changes = runChanges(live, run, { cursor: c.req.query('cursor'), withCurves: c.req.query('curves') !== 'none' });
    return c.json({
      ...changes,
      isActive: changes.isActive || actions?.isStarting === true,
      summary: renderRunSummary(describeRun(live.name, run), goOnWith(live)),
      actions,
      ...(log.version === c.req.query('log') ? {} : { log: { version: log.version, text: log.lines.join('\n') } }),
    } satisfies RunPageChanges);
  });

  app.get('/experiments/:experiment/runs/:run/samples/:file{\\d{1,9}\\.png}', async (c) => {
    const { experiment, run, file } = c.req.param();
    const sample = store.readSample(experiment, run, Number.parseInt(file, 10));
    if (!sample) return c.text('There is no such picture.\n', 404);
    const cache = c.req.query('v') === sample.version ? FOR_EVER : 'no-cache';
    const rows = Number(c.req.query('rows') ?? Number.NaN);
    const cropped = sample.grid && rows >= 1 ? await cropRows(sample.png, sample.grid, Math.floor(rows)) : null;
    return cropped ? send(c, { content: cropped, type: 'image/webp', cache }) : send(c, { content: sample.png, type: 'image/png', cache });
  });

  app.get('/experiments/:experiment/runs/:run/:file{code-[0-9a-f]{8}\\.patch}', (c) => {
    const { experiment, run, file } = c.req.param();
    const content = store.readPatch(experiment, run, file);
    if (!content) return c.text('There is no such patch.\n', 404);
    return send(c, { content, type: 'text/plain; charset=utf-8', cache: 'no-cache' }); // as text, whatever it holds
  });

  addDataRoutes(app, store);
  addRunRoutes(app, store);
  addFaceRoutes(app, store, faces);
  addOneRunRoutes(app, store, starter);
  for (const asset of [assets.script, assets.style]) app.get(asset.url, (c) => sendAsset(c, asset));

  app.notFound((c) => missing(c, 'There is no page at this address.'));
  app.onError((error, c) => {
    onError?.(error);
    const text = 'The results could not be read. The terminal in which the dashboard runs says more.';
    return c.html(renderMessage(assets, { title: 'Something went wrong', text, root: rootFrom(c.req.path) }), 500);
  });
  return app;

  function goOnWith(live: LiveExperiment): string | null {
    return live.results.record ? commandToGoOn(store.resultsRoot, live.results) : null;
  }

  function missing(c: Context, text: string): Response | Promise<Response> {
    return c.html(renderMessage(assets, { title: 'Not found', text, root: rootFrom(c.req.path) }), 404);
  }
}

const STOP_PATH = /^\/api\/experiments\/[^/]+\/stop$/;
const ACTIONS = new RegExp([STOP_PATH, NOTE_PATH, FACES_PATH, ONE_RUN_PATH].map(({ source }) => source).join('|'));
const NO_PATH = /(?!)/;
const MAX_STOP_BYTES = 1024;
const FOR_EVER = 'public, max-age=31536000, immutable';

function tooLong(c: Context): Response {
  return c.json({ error: 'the request is too long' } satisfies StopReply, 413);
}

function sendAsset(c: Context, { content, type }: Asset): Response {
  return send(c, { content, type, cache: FOR_EVER });
}

function send(c: Context, { content, type, cache }: { content: Buffer; type: string; cache: string }): Response {
  return c.body(new Uint8Array(content), 200, { 'Content-Type': type, 'Cache-Control': cache });
}
