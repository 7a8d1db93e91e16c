// What each further attribute costs, from the results of experiments/attribute-count.yaml:
// npm run -s bench:attribute-count [-- RESULTS EXPERIMENT PICTURE] > docs/attribute-count.md
// Prints Markdown: how it was done, a table of the last and of the best checkpoints, and the attributes that are lost first. Writes one
// picture: curves with deviations, and cut-outs of the sample grids of the first seed. Trains and judges nothing.

import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { comparePoints } from '../src/results/compare/compare-points.ts';
import { readResults } from '../src/results/compare/read-results.ts';
import { readExperiment } from '../src/results/read.ts';
import { findExperiment } from '../src/results/runs/find.ts';
import { drawPicture } from './attribute-count/draw-picture.ts';
import { listPoints } from './attribute-count/points.ts';
import { writeReport } from './attribute-count/write-report.ts';

const [results = 'results', experiment = 'attribute-count', picture = 'docs/attribute-count.jpg'] = process.argv.slice(2);

const { name } = findExperiment(results, experiment);
const read = readExperiment(results, name);
const runs = readResults(read);
const comparison = comparePoints(runs);
const folders = new Map(read.runs.map(({ id, folder }) => [id, folder]));
const points = listPoints(comparison, { runs, folderOf: (id) => folders.get(id)! });
if (!comparison.metrics.some(({ name }) => name === 'relativeAccuracy')) {
  throw new Error(`${name}: expected runs that came to their end and were judged by an oracle, found none`);
}
const jpeg = await drawPicture(points, comparison.judges.length === 1 ? comparison.judges[0]!.floor : {});
writeFileSync(picture, jpeg);
console.log(writeReport(comparison, points, { experiment: name, picture: relative('docs', picture) }).join('\n'));
