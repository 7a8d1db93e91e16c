// What the runner adds to the runs themselves: npm run bench:runner [-- --quick]
// Beside it in the same minute: `node -e 0`, and a plain `xargs -P` loop over the same children. Needs a C compiler.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { measureChildren, measureMany, measurePlanning, measureStart, type Row } from './runner/measurements.ts';
import { openWorkshop, runSweep, writeSweep } from './runner/workshop.ts';

const quick = process.argv.includes('--quick');
const workshop = await openWorkshop();
await runSweep(workshop, writeSweep(workshop, 'warm', 1, 1), { results: join(workshop.folder, 'warm'), trainerMs: 0 }); // packs the data

const rows: Row[] = [];
const add = (more: Row[]) => {
  for (const { what, facet, beside, figure, bound } of more) console.log(`${what}: ${facet} (${beside}) ${figure}, at most ${bound}`);
  rows.push(...more);
};
add(measureStart(workshop, quick ? 3 : 15));
add(measurePlanning(workshop, { repetitions: quick ? 2 : 7, runs: 10_000 }));
add(await measureChildren(workshop, { repetitions: quick ? 1 : 5, runs: quick ? 20 : 100 }));
add(await measureMany(workshop, { repetitions: quick ? 1 : 3, runs: quick ? 500 : 5000 }));

console.table(rows.map(({ range, ...row }) => ({ ...row, range: range.join(' to ') })));
mkdirSync(join(FACET_ROOT, 'dist', 'bench'), { recursive: true });
writeFileSync(
  join(FACET_ROOT, 'dist', 'bench', 'runner.json'),
  `${JSON.stringify({ cores: availableParallelism(), load: loadavg()[0], quick, rows }, null, 2)}\n`,
);
