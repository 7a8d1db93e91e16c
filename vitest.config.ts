import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { buildThreads } from './scripts/build.js';

const threads = join(import.meta.dirname, 'dist/threads');
await buildThreads(threads);

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  define: { FACET_ROOT: JSON.stringify(import.meta.dirname), FACET_THREADS: JSON.stringify(threads) },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
