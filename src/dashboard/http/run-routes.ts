// The routes of one run's page besides the page: its whole log, a search in it, its configuration as a file, its note.

import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { UserError } from '../../experiment/user-error.ts';
import { describeSystemError, isSystemError, WriteFailure } from '../../results/errors.ts';
import { MOST_NOTE_CHARACTERS, writeNote } from '../../results/runs/notes.ts';
import { writeConfig } from '../data/config-yaml.ts';
import { searchLog } from '../data/log-search.ts';
import type { DashboardStore } from '../store.ts';
import type { NoteReply } from '../wire.ts';

/** As a guard names the paths of actions. */
export const NOTE_PATH = /^\/api\/experiments\/[^/]+\/runs\/[^/]+\/note$/;
/** Four bytes a character, escapes, and tags. */
const MOST_BODY_BYTES = 6 * MOST_NOTE_CHARACTERS + 8192;

export function addRunRoutes(app: Hono, store: DashboardStore): void {
  app.get('/experiments/:experiment/runs/:run/log.txt', (c) => {
    const { experiment, run } = c.req.param();
    const log = store.readWholeLog(experiment, run);
    return log ? sendText(c, log) : c.text('There is no such log.\n', 404);
  });

  app.get('/api/experiments/:experiment/runs/:run/log', (c) => {
    const { experiment, run } = c.req.param();
    const log = store.readWholeLog(experiment, run);
    return log ? c.json(searchLog(log.toString('utf8'), c.req.query('find') ?? '')) : c.json({ error: 'no such log' }, 404);
  });

  app.get('/experiments/:experiment/runs/:run/config.yaml', async (c) => {
    const live = await store.openExperiment(c.req.param('experiment'));
    const record = live?.runs.get(c.req.param('run'))?.run.record;
    return live && record ? sendText(c, Buffer.from(writeConfig(live.name, record))) : c.text('There is no such run.\n', 404);
  });

  const tooLong = (c: Context) => c.json({ error: 'the note is too long' } satisfies NoteReply, 413);
  app.post('/api/experiments/:experiment/runs/:run/note', bodyLimit({ maxSize: MOST_BODY_BYTES, onError: tooLong }), async (c) => {
    const folder = store.findRun(c.req.param('experiment'), c.req.param('run'));
    if (folder === null) return c.json({ error: 'there is no such run' } satisfies NoteReply, 404);
    const body: unknown = await c.req.json().catch(() => null);
    if (!isNote(body)) return c.json({ error: 'expected a text and tags' } satisfies NoteReply, 400);
    try {
      const { text, tags } = writeNote(folder, body);
      return c.json({ text, tags } satisfies NoteReply);
    } catch (error) {
      const refusal = explainRefusal(error);
      if (refusal === null) throw error;
      return c.json({ error: refusal } satisfies NoteReply, 409);
    }
  });
}

function isNote(body: unknown): body is { text: string; tags: string[] } {
  const { text, tags } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return typeof text === 'string' && Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
}

/** In words for the page, without a path; null for a bug. */
function explainRefusal(error: unknown): string | null {
  const cause = error instanceof WriteFailure ? error.cause : null;
  if (isSystemError(cause)) return `it could not be written: ${describeSystemError(cause)}`;
  return error instanceof UserError ? error.message : null;
}

/** As text, whatever it holds. */
function sendText(c: Context, content: Buffer): Response {
  return c.body(new Uint8Array(content), 200, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache' });
}
