// The dashboard beside TensorBoard on the same made-up results: npm run bench:dashboard [-- FOLDER]

import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeSweep, SWEEPS } from './dashboard/make-results.ts';

const folder = resolve(process.argv[2] ?? join(tmpdir(), 'facet-bench-dashboard'));
mkdirSync(folder, { recursive: true });
for (const size of SWEEPS) {
  if (existsSync(join(folder, 'results', size.name, 'experiment.json'))) continue;
  console.log(`making ${size.name}`);
  await makeSweep(join(folder, 'results'), size);
}
