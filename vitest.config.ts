import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { buildWorkers } from './scripts/build.js';

const workers = join(import.meta.dirname, 'dist/workers');
await buildWorkers(workers);

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  define: { FACET_ROOT: JSON.stringify(import.meta.dirname), FACET_WORKERS: JSON.stringify(workers) },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { FACET_MACHINE_FOLDER: 'off', FACET_RESULTS: '' }, // tests do not wait for each other, nor for what else goes on here
    unstubEnvs: true,
    pool: 'forks',
    maxWorkers: 2,
  },
});
