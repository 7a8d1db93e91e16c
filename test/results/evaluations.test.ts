import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvaluationsWriter, readEvaluations, readLastEvaluation } from '../../src/results/lines/evaluations.ts';
import { evaluationsFile } from '../../src/results/paths.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-evaluations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const evaluation = (epoch: number, slicedWasserstein = 1 / epoch) => ({ step: epoch * 10, epoch, values: { slicedWasserstein } });
const line = (epoch: number) => `${JSON.stringify(evaluation(epoch))}\n`;

describe('evaluations', () => {
  it('come back as written, one that is no number included', () => {
    const writer = new EvaluationsWriter(evaluationsFile(folder), 0);
    const written = [evaluation(1), evaluation(2, Number.NaN), evaluation(3)];
    for (const record of written) writer.append([record]);
    writer.close();
    expect(readEvaluations(folder)).toEqual({ records: written, problems: [] });
  });

  it('past the step that a run goes on from are taken back, and a torn one too', () => {
    writeFileSync(evaluationsFile(folder), line(1) + line(2) + line(3).slice(0, 9));
    new EvaluationsWriter(evaluationsFile(folder), 25).close();
    expect(readFileSync(evaluationsFile(folder), 'utf8')).toBe(line(1) + line(2));
    new EvaluationsWriter(evaluationsFile(folder), 10).close();
    expect(readFileSync(evaluationsFile(folder), 'utf8')).toBe(line(1));
  });

  it('that are being written, or that a run has not, are no problem', () => {
    expect(readEvaluations(folder)).toEqual({ records: [], problems: [] });
    writeFileSync(evaluationsFile(folder), line(1) + line(2).slice(0, 9));
    expect(readEvaluations(folder)).toEqual({ records: [evaluation(1)], problems: [] });
  });

  it('that cannot be read are named by file and line, and the rest is kept', () => {
    writeFileSync(evaluationsFile(folder), `${line(1)}nonsense\n{"step":20,"epoch":"2"}\n`);
    appendFileSync(evaluationsFile(folder), line(3) + line(2));
    const { records, problems } = readEvaluations(folder);
    expect(records.map(({ epoch }) => epoch)).toEqual([1, 3]);
    expect(problems).toEqual([
      `${evaluationsFile(folder)}:2  expected an evaluation, got "nonsense"`,
      `${evaluationsFile(folder)}:3  expected an evaluation, got "{\\"step\\":20,\\"epoch\\":\\"2\\"}"`,
      `${evaluationsFile(folder)}:5  step 20 comes too late`,
    ]);
  });

  it('of format 1, and those of another trainer with metrics of its own, are lifted', () => {
    const lines = [
      '{"step":10,"epoch":1,"slicedWasserstein":0.5}',
      '{"step":20,"epoch":2,"slicedWasserstein":"NaN"}',
      '{"step":30,"epoch":3,"values":{"accuracy":0.75,"note":"none","slicedWasserstein":null}}',
      '{"step":40,"epoch":4,"accuracy":0.8}',
      '{"step":50,"epoch":5}',
    ];
    writeFileSync(evaluationsFile(folder), `${lines.join('\n')}\n`);
    const values = [{ slicedWasserstein: 0.5 }, { slicedWasserstein: Number.NaN }, { accuracy: 0.75 }, { accuracy: 0.8 }, {}];
    const records = values.map((each, i) => ({ step: 10 * (i + 1), epoch: i + 1, values: each }));
    expect(readEvaluations(folder)).toEqual({ records, problems: [] });
    expect(readLastEvaluation(folder)).toEqual(records.at(-1));
  });
});
