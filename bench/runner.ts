// What the runner adds to the runs themselves: npm run bench:runner [-- [--quick] [start] [planning] [children] [many]]
// Beside it in the same minute: `node -e 0`, and a plain `xargs -P` loop over the same children. Needs a C compiler.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { measureChildren, measureMany, measurePlanning, measureStart, type Row } from './runner/measurements.ts';
import { openWorkshop, runSweep, writeSweep } from './runner/workshop.ts';

const SECTIONS = ['start', 'planning', 'children', 'many'];
const quick = process.argv.includes('--quick');
const chosen = SECTIONS.filter((section) => process.argv.includes(section));
const wants = (section: string) => chosen.length === 0 || chosen.includes(section);
const workshop = await openWorkshop();
await runSweep(workshop, writeSweep(workshop, 'warm', 1, 1), { results: join(workshop.folder, 'warm'), trainerMs: 0 }); // packs the data

const rows: Row[] = [];
const add = (more: Row[]) => {
  for (const { what, facet, beside, figure, bound } of more) console.log(`${what}: ${facet} (${beside}) ${figure}, at most ${bound}`);
  rows.push(...more);
};
if (wants('start')) add(measureStart(workshop, quick ? 3 : 15));
if (wants('planning')) add(measurePlanning(workshop, { repetitions: quick ? 2 : 7, runs: 10_000 }));
if (wants('children')) add(await measureChildren(workshop, { repetitions: quick ? 1 : 5, runs: quick ? 20 : 100 }));
if (wants('many')) add(await measureMany(workshop, { repetitions: quick ? 1 : 3, runs: quick ? 500 : 5000 }));

console.table(rows.map(({ range, ...row }) => ({ ...row, range: range.join(' to ') })));
mkdirSync(join(FACET_ROOT, 'dist', 'bench'), { recursive: true });
writeFileSync(
  join(FACET_ROOT, 'dist', 'bench', 'runner.json'),
  `${JSON.stringify({ cores: availableParallelism(), load: loadavg()[0], quick, chosen, rows }, null, 2)}\n`,
);
