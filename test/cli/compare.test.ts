// facet compare, as a process, over example results.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderComparison } from '../../src/cli/compare/render-comparison.ts';
import { comparePoints } from '../../src/results/compare/compare-points.ts';
import { readResults } from '../../src/results/compare/read-results.ts';
import { evaluationFile } from '../../src/results/paths.ts';
import { readEvaluation, readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let workplace: Workplace;
let ids: Record<string, string>;
beforeAll(async () => {
  workplace = createWorkplace();
  ids = await writeExampleResults(workplace.results, { epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32, hasOracle: true });
});
afterAll(() => workplace.remove());

const folderOf = (label: string): string => join(workplace.results, 'attr-sweep', ids[label]!);
const frechetOf = (label: string, end: 'last' | 'best'): number => readEvaluation(folderOf(label))![end].values.frechetDistance!;

describe('facet compare', () => {
  it('prints a row a sweep point, last and best, with mean and deviation, and which runs it leaves out', async () => {
    const { stdout, stderr, exitCode } = await workplace.facet('compare', 'attr-sweep');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^attributes +runs .* images\/s +time$/);
    expect(lines[1]).toMatch(/^two +2 of 3 +last .* \d+\.\d ± \d+\.\d /);
    expect(lines[2]).toMatch(/^ +best .* \d+\.\d ± \d+\.\d /);
    expect(lines[3]).toMatch(/^five +1 of 3 +last /);
    expect(lines[5]).toMatch(/^real pictures .* 1\.6 /);
    expect(stdout).toContain(`  1 diverged: ${ids['ten 1']}`);
    expect(stdout).toMatch(
      /^Judged on 10,000 generated pictures by an oracle whose own balanced accuracy is 0\.979, at worst 0\.850 \(Young\), on 4,000/m,
    );
  });

  it('gives programs JSON, and CSV with every metric, that say the same', async () => {
    const json = JSON.parse((await workplace.facet('compare', 'attr-sweep', '--json')).stdout);
    expect(json).toMatchObject({
      format: 1,
      experiments: ['attr-sweep'],
      by: null,
      fields: ['attributes'],
      averagedOver: ['training.seed'],
    });
    const [row] = json.rows;
    const [one, other] = [frechetOf('two 1', 'last'), frechetOf('two 2', 'last')];
    expect(row.runs).toEqual([1, 2].map((seed) => ({ experiment: 'attr-sweep', id: ids[`two ${seed}`], seed })));
    expect(row.last.frechetDistance.n).toBe(2);
    expect(row.last.frechetDistance.mean).toBeCloseTo((one + other) / 2, 10);
    expect(row.last.frechetDistance.deviation).toBeCloseTo(Math.abs(one - other) / Math.SQRT2, 10);
    expect(json.rows[1].best.frechetDistance).toEqual({ n: 1, mean: frechetOf('five 1', 'best'), deviation: null });
    expect(json.leftOut).toHaveLength(6);
    expect(json.judges).toMatchObject([{ oracle: 'oracle-1', pictures: 10_000, heldOut: 'other seed', floor: { frechetDistance: 1.6 } }]);

    const csv = parse<Record<string, string>>((await workplace.facet('compare', 'attr-sweep', '--csv')).stdout, { columns: true });
    expect(csv.map(({ attributes, runs, seeds, left_out }) => [attributes, runs, seeds, left_out])).toEqual([
      ['two', '2', '1 2', '1'],
      ['five', '1', '1', '2'],
    ]);
    for (const { name } of json.metrics) {
      for (const [i, { last, best }] of json.rows.entries()) {
        expect([`${name} ${csv[i]![`last.${name}.mean`]}`, csv[i]![`last.${name}.deviation`]]).toEqual([
          `${name} ${last[name]?.mean ?? ''}`,
          String(last[name]?.deviation ?? ''),
        ]);
        expect(csv[i]![`best.${name}.mean`] ?? '').toBe(String(best[name]?.mean ?? ''));
      }
    }
    expect(csv[0]!['floor.frechetDistance']).toBe('1.6');
  });

  it('facet status has last and best of each run, the best in brackets', async () => {
    const { stdout } = await workplace.facet('status', 'attr-sweep');
    const line = stdout.split('\n').find((each) => each.startsWith(ids['five 1']!))!;
    const [last, best] = [frechetOf('five 1', 'last'), frechetOf('five 1', 'best')];
    expect(line).toContain(` ${last.toFixed(3)} (${best.toFixed(3)}) `);
    expect(stdout).toContain('In brackets: at the best checkpoint, by Frechet distance in the oracle');
    const { runs } = JSON.parse((await workplace.facet('status', 'attr-sweep', '--json')).stdout);
    const run = runs.find(({ id }: { id: string }) => id === ids['five 1']);
    expect(run).toMatchObject({
      metrics: { frechetDistance: last },
      best: { by: 'frechetDistance', epoch: 3, metrics: { frechetDistance: best } },
    });
  });

  it('groups by one field', async () => {
    const { stdout } = await workplace.facet('compare', 'attr-sweep', '--by', 'seed');
    expect(stdout).toMatch(/^seed +runs/);
    expect(stdout).toMatch(/^1 +2 of 3 +last/m);
    expect(stdout).toContain('Averaged over attributes.');
  });

  it.each([
    [['compare', 'atr-sweep'], 'Expected an experiment in results (attr-sweep), got "atr-sweep"; did you mean "attr-sweep"?'],
    [
      ['compare', 'attr-sweep', '--by', 'model.widht'],
      '--by: expected a field of an experiment file, such as attributes or model.width, got "model.widht"; did you mean "model.width"?',
    ],
    [['compare', 'attr-sweep', '--json', '--csv'], 'expected one of --json and --csv, got both'],
  ])('says in one line what is wrong with %j', async (args, line) => {
    expect(await workplace.facet(...args)).toMatchObject({ exitCode: 2, stdout: '', stderr: line });
  });

  it('says in one line that nothing has come to its end', async () => {
    const other = createWorkplace();
    await writeExampleResults(other.results, { epochs: 1, stepsPerEpoch: 2, rows: 1, imageSize: 32 });
    for (const run of readExperiment(other.results, 'attr-sweep').runs) {
      if (run.state === 'succeeded') rmSync(join(run.folder, 'outcome.json'));
    }
    const { exitCode, stderr, stdout } = await other.facet('compare', 'attr-sweep');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^attr-sweep: expected runs that came to their end, found none to compare \(9 runs: [^\n]*\)$/);
    other.remove();
  });

  it.each([40, 60, 80, 120])('fits a terminal of %i columns, and loses no metric', (columns) => {
    const comparison = comparePoints(readResults(readExperiment(workplace.results, 'attr-sweep')));
    const lines = renderComparison(comparison, { columns, paint: (_colour, text) => text });
    const table = lines.slice(
      0,
      lines.findIndex((line) => line.startsWith('±')),
    );
    for (const line of table) expect(line.length).toBeLessThanOrEqual(columns);
    expect(table.join('\n')).not.toContain('…');
    const whole = renderComparison(comparison, { columns: Number.POSITIVE_INFINITY, paint: (_colour, text) => text });
    for (const figure of whole
      .slice(0, 6)
      .join(' ')
      .match(/\d+\.\d+/g)!)
      expect(table.join(' ')).toContain(figure);
  });

  it('leaves out a run that was not evaluated as the others were, and says what to do', async () => {
    rmSync(evaluationFile(folderOf('two 2')));
    const { stdout } = await workplace.facet('compare', 'attr-sweep');
    expect(stdout).toMatch(/^two +1 of 3 /m);
    expect(stdout).toContain(`  1 not evaluated at its end: ${ids['two 2']}`);
    expect(stdout).toContain('`facet evaluate RUN`');
  });
});
