// The routes that give data instead of pages: api.ts names them and what they answer.

import type { Context, Hono } from 'hono';
import type { Comparison } from '../../results/compare/compare-points.ts';
import { formatCsv } from '../../results/compare/comparison-csv.ts';
import { describeJson } from '../../results/compare/comparison-json.ts';
import { storeNonFinite } from '../../results/files/write.ts';
import type { DashboardStore } from '../store.ts';
import { compareLive } from '../views/comparison.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { BandsReply, ComparisonReply, ExperimentData, GridsReply, SeriesReply } from './api.ts';
import { BY_COUNT, groupBands } from './bands.ts';
import { describeComparison } from './comparison.ts';
import { describeExperiment, describeGrids } from './runs.ts';
import { readSeries, type SeriesRange } from './series.ts';

export function addDataRoutes(app: Hono, store: DashboardStore): void {
  const answer = (path: string, reply: (live: LiveExperiment, c: Context) => object | Promise<object>): void => {
    app.get(`/api/experiments/:experiment/${path}`, async (c) => {
      const live = await store.openExperiment(c.req.param('experiment'));
      if (!live) return c.json({ error: 'no such experiment' }, 404);
      if (path === 'series' || path === 'bands') await live.fill(); // both take long to make, and longer to draw
      const make = async (): Promise<string> => JSON.stringify(await reply(live, c));
      const text = path === 'runs' ? await make() : await shareText(live, c.req.url, make); // estimates in `runs` change with time
      return c.body(text, 200, { 'Content-Type': 'application/json' });
    });
  };

  answer('runs', (live, c) => describeExperiment(live, live.versionOf(c.req.query('since'))) satisfies ExperimentData);

  answer('series', async (live, c) => {
    const since = live.versionOf(c.req.query('since'));
    const ids = c.req.queries('run') ?? [];
    const chosen = [...live.runs.values()].filter(({ run }) => ids.length === 0 || ids.includes(run.id));
    const range = rangeOf(c, 400);
    const runs = chosen.filter(({ series }) => series.changedIn > since).map((run) => readSeries(run, range, MOST_BYTES / chosen.length));
    return { cursor: live.cursor, reading: live.reading, runs } satisfies SeriesReply;
  });

  answer('bands', (live, c) => {
    const by = (c.req.queries('by') ?? [BY_COUNT]).slice(0, MOST_FIELDS).filter((field) => field !== '');
    return {
      cursor: live.cursor,
      reading: live.reading,
      by: by.join(),
      groups: groupBands(live, by, rangeOf(c, 200)),
    } satisfies BandsReply;
  });

  answer('comparison', (live, c) => describeComparison(live, c.req.query('x')) satisfies ComparisonReply);

  const save = (file: string, type: string, write: (comparison: Comparison) => string): void => {
    app.get(`/api/experiments/:experiment/${file}`, async (c) => {
      const live = await store.openExperiment(c.req.param('experiment'));
      const comparison = live && compareLive(live);
      if (!comparison) return c.text('There is no such comparison.\n', 404);
      if (live.reading.done < live.reading.of) return c.text('The runs are still being read.\n', 503, { 'Retry-After': '1' });
      return c.body(write(comparison), 200, { 'Content-Type': `${type}; charset=utf-8` });
    });
  };

  save('comparison.csv', 'text/csv', formatCsv);
  save('comparison.json', 'application/json', (comparison) => `${JSON.stringify(describeJson(comparison), storeNonFinite, 2)}\n`);

  answer('grids', (live, c) => describeGrids(live, c.req.queries('run') ?? []) satisfies GridsReply);
}

/** An answer as JSON, made once for all that ask for the same while nothing has changed. */
async function shareText(live: LiveExperiment, url: string, make: () => Promise<string>): Promise<string> {
  const { version, reading } = live;
  const state = JSON.stringify([version, reading, live.isActive, live.results.problems]);
  const known = texts.get(live);
  const entry = known?.state === state ? known : { state, byUrl: new Map<string, string>() };
  texts.set(live, entry);
  const text = entry.byUrl.get(url) ?? (await make());
  if (entry.byUrl.size < MOST_TEXTS && text.length < MOST_KEPT_CHARACTERS) entry.byUrl.set(url, text);
  return text;
}

const MOST_TEXTS = 8;
const MOST_KEPT_CHARACTERS = 2 * 1024 * 1024;
const texts = new WeakMap<LiveExperiment, { state: string; byUrl: Map<string, string> }>();

/** What is no number counts as not given; what is too much is cut. */
function rangeOf(c: Context, usualPoints: number): SeriesRange {
  const number = (name: string, fallback: number): number => {
    const text = c.req.query(name) ?? '';
    return /^\d{1,10}$/.test(text) ? Number(text) : fallback;
  };
  return {
    metrics: (c.req.queries('metric') ?? []).slice(0, MOST_METRICS),
    from: Math.max(1, number('from', 1)),
    to: number('to', MOST_STEPS),
    points: Math.min(MOST_POINTS, Math.max(1, number('points', usualPoints))),
  };
}

/** Read from files for one answer, shared by its runs: some 100 ms. */
const MOST_BYTES = 24 * 1024 * 1024;
const MOST_METRICS = 32;
const MOST_FIELDS = 8;
const MOST_POINTS = 4000;
const MOST_STEPS = 2 ** 32;
