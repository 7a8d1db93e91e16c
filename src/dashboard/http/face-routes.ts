// The routes by which the page of a run gets faces from its checkpoint. POST only: they start work.

import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { UserError } from '../../experiment/user-error.ts';
import { LONGEST_TEXT } from '../../results/generation.ts';
import {
  type Bits,
  type FaceService,
  type FacesReply,
  type FaceWish,
  LARGEST_SEED,
  MOST_FACES,
  type RunPlace,
  type TextReply,
} from '../faces.ts';
import type { DashboardStore } from '../store.ts';

/** As a guard names the paths of actions. */
export const FACES_PATH = /^\/api\/experiments\/[^/]+\/runs\/[^/]+\/(faces|description)$/;
/** A text of four bytes a character, and two settings of each of some hundred attributes. */
const MOST_BODY_BYTES = 64 * 1024;

export function addFaceRoutes(app: Hono, store: DashboardStore, service: FaceService | null): void {
  const tooLong = (c: Context) => c.json({ error: 'the request is too long' } satisfies FacesReply, 413);
  const limit = bodyLimit({ maxSize: MOST_BODY_BYTES, onError: tooLong });

  app.post('/api/experiments/:experiment/runs/:run/faces', limit, (c) =>
    answer(c, (faces, run, body) => faces.make(run, readWish(body), c.req.raw.signal)),
  );

  app.post('/api/experiments/:experiment/runs/:run/description', limit, (c) =>
    answer(c, (faces, run, body) => faces.read(run, readText(body))),
  );

  /** 409: it was understood, and cannot be done. */
  async function answer(
    c: Context,
    work: (faces: FaceService, run: RunPlace, body: Record<string, unknown>) => FacesReply | TextReply | Promise<FacesReply>,
  ): Promise<Response> {
    const { experiment, run: id } = c.req.param() as { experiment: string; run: string };
    const folder = store.findRun(experiment, id);
    if (folder === null) return c.json({ error: 'there is no such run' } satisfies FacesReply, 404);
    if (service === null) return c.json({ error: 'this dashboard makes no faces' } satisfies FacesReply, 404);
    const body: unknown = await c.req.json().catch(() => null);
    try {
      const reply = await work(service, { experiment, id, folder }, isObject(body) ? body : {});
      return c.json(reply, reply.error === undefined ? 200 : 409);
    } catch (error) {
      if (error instanceof NotUnderstood) return c.json({ error: error.message } satisfies FacesReply, 400);
      if (error instanceof UserError) return c.json({ error: error.message } satisfies FacesReply, 409);
      throw error;
    }
  }
}

class NotUnderstood extends Error {}

function readWish(body: Record<string, unknown>): FaceWish {
  return {
    text: readText(body),
    fixed: readBits(body, 'fixed'),
    change: readBits(body, 'change'),
    count: readWhole(body, 'count', [1, MOST_FACES]),
    seed: readWhole(body, 'seed', [0, LARGEST_SEED]),
  };
}

function readText({ text }: Record<string, unknown>): string {
  if (typeof text === 'string' && text.length <= LONGEST_TEXT) return text;
  throw new NotUnderstood(`expected a text of at most ${LONGEST_TEXT} characters`);
}

function readBits(body: Record<string, unknown>, name: string): Bits {
  const bits = body[name];
  if (isObject(bits) && Object.values(bits).every((bit) => bit === 0 || bit === 1)) return bits as Bits;
  throw new NotUnderstood(`${name}: expected 0 or 1 for each attribute`);
}

function readWhole(body: Record<string, unknown>, name: string, [least, most]: [number, number]): number {
  const value = body[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new NotUnderstood(`${name}: expected a whole number from ${least} to ${most}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
