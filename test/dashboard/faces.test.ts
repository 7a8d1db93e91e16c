// The routes and the form by which the page of a run makes faces, with a service that only says what it was asked for.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaceService, FaceWish, RunPlace } from '../../src/dashboard/faces.ts';
import { UserError } from '../../src/experiment/user-error.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let id: string;
let problem: string | null;
const asked: { place: RunPlace; wish: FaceWish }[] = [];
const signals: AbortSignal[] = [];

const faces: FaceService = {
  look: () => ({ conditions: ['Male', 'Wearing_Hat', 'rotate_90'], problem }),
  read: () => ({ bits: { Male: 1 } }),
  async make(place, wish, signal) {
    asked.push({ place, wish });
    signals.push(signal);
    if (wish.text === 'wrong') throw new UserError('--set: expected an attribute of this run, got "Nose"');
    return wish.text === 'crash' ? { error: 'its process ended with SIGSEGV' } : {};
  },
};

beforeAll(async () => {
  dashboard = createTestDashboard({ faces });
  const ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 1, stepsPerEpoch: 2, rows: 1, imageSize: 32 });
  id = ids['two 1']!;
});
beforeEach(() => {
  problem = null;
  asked.length = 0;
});
afterAll(() => dashboard.remove());

const page = async (from = dashboard, host = 'localhost'): Promise<string> =>
  (await from.get(`/experiments/attr-sweep/runs/${id}`, { headers: { host } })).text();
const WISH = { text: 'a man', fixed: { Male: 1 }, change: {}, count: 4, seed: 3 };

async function post(body: unknown, { run = id, route = 'faces' } = {}) {
  const response = await dashboard.get(`/api/experiments/attr-sweep/runs/${run}/${route}`, {
    method: 'POST',
    headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, reply: await response.json() };
}

describe('the form', () => {
  it('has a switch for each attribute and rotation, any at first', async () => {
    const html = await page();
    expect([...html.matchAll(/data-name="([^"]+)"/g)].map(([, name]) => name)).toEqual(['Male', 'Wearing_Hat', 'rotate_90']);
    expect(html).toContain('<legend>Wearing Hat</legend>');
    expect([...html.matchAll(/type="radio"[^>]*\bchecked/g)].length).toBe(3);
  });

  it('is absent where others are served, under another name, and where nobody makes faces', async () => {
    const { resultsRoot } = dashboard;
    expect(await page(createTestDashboard({ resultsRoot, faces, canStop: false }))).not.toContain('face-text');
    expect(await page(createTestDashboard({ resultsRoot }))).not.toContain('face-text');
    expect(await page(dashboard, '[::1]:7860')).toContain('face-text');
  });

  it('gives way to the reason where there can be no faces', async () => {
    problem = 'it keeps no checkpoint';
    const html = await page();
    expect(html).toContain('No faces can be made: it keeps no checkpoint');
    expect(html).not.toContain('face-text');
  });
});

describe('a request', () => {
  it('reaches the service with the run that was meant, and a signal that ends when nobody waits', async () => {
    expect(await post(WISH)).toEqual({ status: 200, reply: {} });
    expect(asked).toEqual([
      { place: { experiment: 'attr-sweep', id, folder: expect.stringMatching(new RegExp(`attr-sweep/${id}$`)) }, wish: WISH },
    ]);
    expect(signals.at(-1)).toBeInstanceOf(AbortSignal);
    expect(await post({ text: 'a man' }, { route: 'description' })).toEqual({ status: 200, reply: { bits: { Male: 1 } } });
  });

  it.each([
    ['', 'text'],
    ['null', 'text'],
    [[], 'text'],
    [{ ...WISH, text: 7 }, 'text'],
    [{ ...WISH, text: 'x'.repeat(2001) }, 'expected a text of at most 2000 characters'],
    [{ ...WISH, fixed: null }, 'fixed: expected 0 or 1 for each attribute'],
    [{ ...WISH, fixed: ['Male'] }, 'fixed'],
    [{ ...WISH, fixed: { Male: 2 } }, 'fixed'],
    [{ ...WISH, change: { Male: '1' } }, 'change: expected 0 or 1 for each attribute'],
    [{ ...WISH, change: undefined }, 'change'],
    [{ ...WISH, count: 0 }, 'count: expected a whole number from 1 to 64'],
    [{ ...WISH, count: 65 }, 'count'],
    [{ ...WISH, count: 1.5 }, 'count'],
    [{ ...WISH, count: null }, 'count'],
    [{ ...WISH, seed: -1 }, 'seed: expected a whole number from 0 to 999999999'],
    [{ ...WISH, seed: 1e9 }, 'seed'],
    [{ ...WISH, seed: '1' }, 'seed'],
  ])('is not understood as %j', async (body, says) => {
    const { status, reply } = await post(body);
    expect([status, reply.error]).toEqual([400, expect.stringContaining(says)]);
    expect(asked).toEqual([]);
  });

  it('is answered in a line where it cannot be done', async () => {
    expect(await post({ ...WISH, text: 'wrong' })).toEqual({
      status: 409,
      reply: { error: '--set: expected an attribute of this run, got "Nose"' },
    });
    expect(await post({ ...WISH, text: 'crash' })).toEqual({ status: 409, reply: { error: 'its process ended with SIGSEGV' } });
    expect(await post(WISH, { run: 'gone' })).toEqual({ status: 404, reply: { error: 'there is no such run' } });
    expect(dashboard.errors).toEqual([]);
  });
});
