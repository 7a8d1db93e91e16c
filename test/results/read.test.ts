import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { createLease } from '../../src/results/leases/lease.ts';
import { START } from '../../src/results/lines/jsonl.ts';
import { readLogTail } from '../../src/results/lines/log.ts';
import { MetricsWriter, readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, metricsFile, outcomeFile, runFile } from '../../src/results/paths.ts';
import { listExperiments, readExperiment, readRun } from '../../src/results/read.ts';
import type { MetricsRecord, OutcomeRecord } from '../../src/results/records.ts';
import { listSamples } from '../../src/results/samples.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-read-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const metrics = (step: number, lossD = 1): MetricsRecord => ({
  step,
  epoch: 1,
  seconds: step,
  imagesPerSecond: 100,
  lossD,
  lossG: 2,
  dReal: 0.5,
  dFake: 0.5,
});
const outcome = (status: OutcomeRecord['status']): OutcomeRecord => ({
  status,
  message: 'done',
  finishedAt: '2026-01-01T00:00:00Z',
  steps: 1,
  epochs: 1,
  seconds: 1,
  imagesPerSecond: 100,
});
const runRecord = (id: string) => ({
  format: 1,
  id,
  experiment: 'e',
  axes: { attributes: 'two' },
  config: { attributes: ['Male'], training: {}, model: {}, dataset: {} },
  dataIdentity: 'd',
  provenance: {},
});

describe('the state of a run', () => {
  const folder = () => join(root, 'e', 'r');
  beforeEach(() => writeJsonAtomic(runFile(folder()), runRecord('r')));

  it('is queued when only run.json is there', () => {
    expect(readRun(folder())).toMatchObject({ id: 'r', state: 'queued', axes: { attributes: 'two' }, problems: [] });
  });

  it('is running while a live process holds the folder', () => {
    writeJsonAtomic(leaseFile(folder()), createLease());
    expect(readRun(folder()).state).toBe('running');
  });

  it('is interrupted, not running, when the number of the holder was given to another process', () => {
    writeJsonAtomic(leaseFile(folder()), { ...createLease(), startTime: 1 });
    expect(readRun(folder()).state).toBe('interrupted');
  });

  it('is interrupted after a reboot, although a process with the same number and start time lives', () => {
    writeJsonAtomic(leaseFile(folder()), { ...createLease(), bootId: 'another boot' });
    const beforeBoot = new Date(Date.now() - uptime() * 1000 - 60_000);
    utimesSync(leaseFile(folder()), beforeBoot, beforeBoot);
    expect(readRun(folder()).state).toBe('interrupted');
  });

  it('is interrupted when metrics were written and nobody holds the folder', () => {
    writeFileSync(metricsFile(folder()), `${JSON.stringify(metrics(1))}\n`);
    expect(readRun(folder()).state).toBe('interrupted');
  });

  it('is what the outcome says, even while the child has not left yet', () => {
    writeJsonAtomic(leaseFile(folder()), createLease());
    writeJsonAtomic(outcomeFile(folder()), outcome('diverged'));
    expect(readRun(folder()).state).toBe('diverged');
  });

  it('names an outcome that cannot be read and does not believe it', () => {
    writeFileSync(outcomeFile(folder()), '{"status":"succ');
    const run = readRun(folder());
    expect(run.state).toBe('queued');
    expect(run.problems).toEqual([`${outcomeFile(folder())}: expected an outcome, found text that is no JSON object`]);
  });
});

describe('an experiment', () => {
  it('lists its runs in the order of the file, waiting ones too, then those of earlier forms of the file', () => {
    for (const id of ['b', 'old']) writeJsonAtomic(runFile(join(root, 'e', id)), runRecord(id));
    mkdirSync(join(root, 'e', '.trash', 'x'), { recursive: true });
    const runs = [
      { id: 'c', axes: { attributes: 'five' } },
      { id: 'b', axes: { attributes: 'two' } },
    ];
    writeJsonAtomic(join(root, 'e', 'experiment.json'), { format: 1, name: 'e', description: null, file: 'e.yaml', startedAt: '', runs });
    const read = readExperiment(root, 'e');
    expect(read.runs.map((run) => [run.id, run.state, run.current])).toEqual([
      ['c', 'queued', true],
      ['b', 'queued', true],
      ['old', 'queued', false],
    ]);
    expect(read.runs[0]!.axes).toEqual({ attributes: 'five' });
    expect(read.runner).toBeNull();
    expect(listExperiments(root).map((e) => e.name)).toEqual(['e']);
  });

  it('that does not exist has no runs, and a results folder that does not exist no experiments', () => {
    expect(readExperiment(root, 'nothing').runs).toEqual([]);
    expect(listExperiments(join(root, 'nowhere'))).toEqual([]);
  });
});

describe('metrics', () => {
  const path = () => join(root, 'metrics.jsonl');

  it('come back as written, numbers that are not finite included', () => {
    const writer = new MetricsWriter(path(), 0);
    const written = [metrics(1, Number.NaN), metrics(2, Number.POSITIVE_INFINITY), metrics(3)];
    writer.append(written);
    writer.close();
    expect(readMetrics(path()).records).toEqual(written);
  });

  it('are read on from where the last reading ended, without a torn last line until it is whole', () => {
    const line = JSON.stringify(metrics(2));
    writeFileSync(path(), `${JSON.stringify(metrics(1))}\n${line.slice(0, 9)}`);
    const first = readMetrics(path());
    expect(first.records.map((r) => r.step)).toEqual([1]);
    appendFileSync(path(), `${line.slice(9)}\n`);
    const second = readMetrics(path(), { from: first.next });
    expect(second).toMatchObject({ records: [{ step: 2 }], restarted: false, problems: [] });
    expect(readMetrics(path(), { from: second.next })).toMatchObject({ records: [], next: second.next });
  });

  it('are read from the start again when the file was cut back', () => {
    writeFileSync(path(), `${JSON.stringify(metrics(1))}\n${JSON.stringify(metrics(2))}\n`);
    const { next } = readMetrics(path());
    truncateSync(path(), JSON.stringify(metrics(1)).length + 1);
    expect(readMetrics(path(), { from: next })).toMatchObject({ records: [{ step: 1 }], restarted: true });
  });

  it('name a broken line by file and number and keep the rest', () => {
    const good = `${JSON.stringify(metrics(1))}\n`;
    writeFileSync(path(), `${good}nonsense\n${JSON.stringify(metrics(3))}\n`);
    const whole = readMetrics(path());
    expect(whole.records.map((r) => r.step)).toEqual([1, 3]);
    expect(whole.problems).toEqual([`${path()}:2  expected a metrics record, got "nonsense"`]);
    expect(readMetrics(path(), { from: { offset: good.length, lines: 1 } }).problems).toEqual(whole.problems);
  });

  it('of a run that has not begun are empty', () => {
    expect(readMetrics(join(root, 'none.jsonl'))).toEqual({ records: [], restarted: false, next: START, problems: [] });
  });
});

it('lists only the sample grids that have both picture and description, by epoch', () => {
  mkdirSync(join(root, 'samples'));
  for (const name of ['000010.png', '000010.json', '000002.png', '000002.json', '000003.png', '000004.json', 'x.png']) {
    writeFileSync(join(root, 'samples', name), '');
  }
  expect(listSamples(root).map((sample) => sample.epoch)).toEqual([2, 10]);
  expect(listSamples(join(root, 'none'))).toEqual([]);
});

it('shows the last lines of a log, of a progress bar only its last form', () => {
  writeFileSync(join(root, 'log.txt'), 'a\nb\r\n1 %\r50 %\r100 %\nlast\n');
  expect(readLogTail(root, 3)).toEqual(['b', '100 %', 'last']);
  expect(readLogTail(join(root, 'none'), 3)).toEqual([]);
});

it('reads a folder in the place of the metrics as no metrics', () => {
  mkdirSync(metricsFile(root));
  expect(readMetrics(metricsFile(root)).records).toEqual([]);
});
