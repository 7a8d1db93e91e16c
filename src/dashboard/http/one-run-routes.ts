// The actions on one run: it is asked to stop, or a command is started that goes on with it.

import { hostname } from 'node:os';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { requestOfRun } from '../../results/leases/run-requests.ts';
import type { RunStarter } from '../run-starter.ts';
import type { DashboardStore } from '../store.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import { describeActions } from '../views/run-actions.ts';
import type { RunActionReply, RunActions } from '../wire.ts';

/** As a guard names the paths of actions. */
export const ONE_RUN_PATH = /^\/api\/experiments\/[^/]+\/runs\/[^/]+\/(stop|go-on)$/;
const MOST_BODY_BYTES = 1024;

export function addOneRunRoutes(app: Hono, store: DashboardStore, starter: RunStarter | null): void {
  const tooLong = (c: Context) => c.json({ error: 'the request is too long' } satisfies RunActionReply, 413);
  const limit = bodyLimit({ maxSize: MOST_BODY_BYTES, onError: tooLong });

  app.post('/api/experiments/:experiment/runs/:run/stop', limit, (c) =>
    answer(c, (body) => {
      const { kind } = body;
      if (kind !== 'graceful' && kind !== 'forced') return null;
      return ({ live, run, actions }) => {
        if (actions.offer !== 'stop') return { error: 'it does not wait or train any more' };
        const wish = kind === 'forced' ? 'end' : 'stop';
        const by = `the dashboard (process ${process.pid} on ${hostname()})`;
        const place = { run: run.run.id, wish, by } as const;
        if (actions.runner === null || requestOfRun(live.results.folder, place) === null) {
          if (starter === null) return { error: 'nobody is at work that could be asked' };
          starter.start({ experiment: live.name, id: run.run.id }, wish);
        }
        return { asked: wish };
      };
    }),
  );

  app.post('/api/experiments/:experiment/runs/:run/go-on', limit, (c) =>
    answer(c, ({ offer }) => {
      if (offer !== 'start' && offer !== 'continue' && offer !== 'retry') return null;
      return ({ live, run, actions }) => {
        if (actions.isStarting) return { error: 'that was asked for already' };
        if (actions.offer !== offer || starter === null) return { error: 'that is not possible any more' };
        starter.start({ experiment: live.name, id: run.run.id }, 'go-on');
        return { asked: 'go-on' };
      };
    }),
  );

  /** `understand`: null where the request says nothing that makes sense. */
  async function answer(c: Context, understand: (body: Record<string, unknown>) => Act | null): Promise<Response> {
    const { experiment, run: id } = c.req.param() as { experiment: string; run: string };
    const live = await store.openExperiment(experiment);
    const run = live?.runs.get(id);
    if (!live || !run) return c.json({ error: 'there is no such run' } satisfies RunActionReply, 404);
    const body: unknown = await c.req.json().catch(() => null);
    const act = understand((typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>);
    if (act === null) return c.json({ error: 'expected what to do' } satisfies RunActionReply, 400);
    const reply = act({ live, run, actions: describeActions(live, run, starter) });
    return c.json(reply, reply.error === undefined ? 200 : 409);
  }
}

type Act = (its: { live: LiveExperiment; run: LiveRun; actions: RunActions }) => RunActionReply;
