// facet status, as a process, over results in every state and beside a facet run.

import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeExperiment } from '../../src/cli/text/describe-status.ts';
import type { Paint } from '../../src/cli/text/paint.ts';
import { renderRuns } from '../../src/cli/text/render-status.ts';
import { outcomeFile, runnerLeaseFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createProgressReader } from '../../src/results/read-progress.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { readSweep, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

const example = () => writeExampleResults(workplace.results, { epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32 });

describe('facet status', () => {
  it('tells of each experiment in a line, and of nothing where there is none', async () => {
    expect(await workplace.facet('status')).toMatchObject({ exitCode: 0, stdout: 'There are no experiments in results.' });
    await example();
    await writeExampleResults(workplace.results, { name: 'other', epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32 });
    rmSync(runnerLeaseFile(join(workplace.results, 'other')));
    const { stdout, stderr, exitCode } = await workplace.facet('status');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const counts = '9 runs: 1 running, 3 succeeded, 1 waiting, 1 interrupted, 1 diverged, 1 crashed, 1 timed out';
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^attr-sweep  ${counts}  \\d+s left  \\S+ [KM]B  run by process ${process.pid} on \\S+ since \\S+$`),
      ),
      expect.stringMatching(new RegExp(`^other  ${counts}  \\S+ [KM]B$`)),
    ]);
  });

  it('tells of each run its state, epoch, losses, speed, time left, tries, and how it failed', async () => {
    const ids = await example();
    const { stdout } = await workplace.facet('status', 'attr-sweep');
    const [, head, ...lines] = stdout.split('\n');
    expect(head).toMatch(/^run +state +epoch +loss D +loss G +distance +images\/s +left +size +tries$/);
    expect(lines).toHaveLength(9);
    const line = (label: string) => lines.find((each) => each.startsWith(ids[label]!))!;
    expect(line('two 1')).toMatch(/ succeeded +4\/4 +\d\.\d{3} +\d\.\d{3} +\d\.\d{3}(?: \(\d\.\d{3}\))? +1020 +- +\S+ [KM]B +1$/);
    expect(line('five 2')).toMatch(/ running +3\/4 +\d\.\d{3} +\d\.\d{3} +\d\.\d{3}(?: \(\d\.\d{3}\))? +\d+ +2s +\S+ [KM]B +1$/);
    const interrupted = lines.filter((each) => / interrupted /.test(each));
    expect(interrupted).toEqual([expect.stringMatching(/ +1 +last written \d+[smhd].* ago$/)]);
    expect(line('ten 1')).toMatch(/ diverged +2\/4 +NaN +NaN +\S+(?: \(\S+\))? +1020 +- +\S+ [KM]B +1 +lossG became NaN at step 14$/);
    expect(line('ten 3')).toMatch(/ waiting +- +- +- +- +- +- +0 B +-$/);
  });

  it('says how good the oracle is that judged the runs, in text and JSON', async () => {
    await writeExampleResults(workplace.results, { epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32, hasOracle: true });
    const { stdout } = await workplace.facet('status', 'attr-sweep');
    const sentences = stdout.split('\n').filter((line) => line.startsWith('Judged on'));
    expect(sentences).toEqual([
      'Judged on 10,000 generated pictures by an oracle whose own balanced accuracy is 0.979, at worst 0.850 (Young), on 4,000 held-out pictures, drawn with another seed.',
    ]);
    const { runs } = JSON.parse((await workplace.facet('status', 'attr-sweep', '--json')).stdout);
    expect(runs[0].judge).toMatchObject({
      oracle: 'oracle-1',
      pictures: 10_000,
      accuracy: { worst: { label: 'Young', balanced: 0.85 }, pictures: 4000 },
    });
  });

  it.each([30, 45, 60, 80, 100])('fits into %i columns, whatever the colours, and still says how runs failed', async (columns) => {
    await example();
    const status = describeExperiment(readExperiment(workplace.results, 'attr-sweep'), createProgressReader());
    const plain: Paint = (_colour, text) => text;
    const lines = renderRuns(status, { columns, mostRuns: 100, paint: plain });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('run by process');
    expect(lines.filter((line) => line.startsWith('ten-seed1')).join()).toMatch(columns < 45 ? /ten-seed1/ : /lossG/);
    const painter: Paint = (colour, text) => (colour === undefined ? text : `\u001b[31m${text}\u001b[39m`);
    const painted = renderRuns(status, { columns, mostRuns: 100, paint: painter });
    expect(painted.map(stripVTControlCharacters)).toEqual(lines);
    const few = renderRuns(status, { columns, mostRuns: 4, paint: plain });
    expect(few.join('\n')).toContain('… and 6 more runs');
    expect(few.join('\n')).toContain('running');
  });

  it('tells what a person should know of a run that succeeded', async () => {
    const ids = await example();
    const path = outcomeFile(join(workplace.results, 'attr-sweep', ids['two 1']!));
    const outcome = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...outcome, note: 'metrics.jsonl has no record of steps 5 to 10.' }));
    const { stdout } = await workplace.facet('status', 'attr-sweep');
    expect(stdout).toMatch(new RegExp(`^${ids['two 1']}:? .*metrics\\.jsonl has no record of steps 5`, 'm'));
  });

  it('gives programs the same as JSON, every field always there', async () => {
    const ids = await example();
    const { experiments } = JSON.parse((await workplace.facet('status', '--json')).stdout);
    expect(experiments).toHaveLength(1);
    const one = JSON.parse((await workplace.facet('status', 'attr-sweep', '--json')).stdout);
    const { runs, format, secondsLeft, ...rest } = one;
    expect(format).toBe(1);
    expect(secondsLeft).toBeGreaterThan(0);
    expect(experiments[0]).toEqual({ ...rest, secondsLeft: expect.any(Number) });
    expect(rest).toEqual({
      name: 'attr-sweep',
      file: 'experiments/attr-sweep.yaml',
      startedAt: '2026-01-10T09:00:00.000Z',
      runner: { pid: process.pid, host: expect.any(String), since: expect.any(String), lastSignMs: null, log: null, waitsBehind: null },
      counts: { running: 1, succeeded: 3, queued: 1, interrupted: 1, diverged: 1, crashed: 1, 'timed-out': 1 },
      total: 9,
      bytes: { total: expect.any(Number), trash: 0, reproductions: 0 },
      problems: [],
    });
    const of = (label: string) => runs.find(({ id }: { id: string }) => id === ids[label]);
    expect(of('ten 1')).toMatchObject({ state: 'diverged', lossD: 'NaN', lossG: 'NaN', message: 'lossG became NaN at step 14', steps: 40 });
    expect(of('ten 3')).toEqual({
      id: ids['ten 3'],
      state: 'queued',
      axes: { attributes: 'ten', 'training.seed': '3' },
      current: true,
      message: null,
      lastWrittenMs: null,
      note: null,
      ownNote: '',
      tags: [],
      step: 0,
      steps: null,
      epoch: 0,
      epochs: null,
      metrics: {},
      lossD: null,
      lossG: null,
      imagesPerSecond: null,
      seconds: null,
      secondsLeft: null,
      attempts: 0,
      folder: `results/attr-sweep/${ids['ten 3']}`,
      bytes: 0,
      best: null,
      declared: {},
      judge: { when: 'never', oracle: null, pictures: null, heldOut: null, accuracy: null },
      problems: [],
    });
    const { best, metrics } = of('two 1');
    expect(best).toMatchObject({ by: 'slicedWasserstein', epoch: expect.any(Number), step: 10 * best.epoch });
    expect(best.metrics.slicedWasserstein).toBeLessThanOrEqual(metrics.slicedWasserstein);
    for (const run of runs) expect(Object.keys(run)).toEqual(Object.keys(of('ten 3')));
  });

  it('--watch prints what changes until nobody is at work any more', async () => {
    workplace.trainers = ['succeed', 'fail'];
    workplace.env.TRAINER_STEP_MS = '300';
    workplace.writeSweep(2, 'execution: {parallel: 1}');
    const runner = workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=12');
    await untilTraining(workplace, 1);
    const watch = await workplace.facet('status', 'sweep', '--watch');
    await runner;
    expect(watch).toMatchObject({ exitCode: 0, stderr: '' });
    const [first, second] = readSweep(workplace).runs.map(({ id }) => id);
    const lines = watch.stdout.split('\n');
    expect(lines[0]).toMatch(/^sweep {2}2 runs: 1 running, 1 waiting {2}run by process \d+ on /);
    expect(lines.filter((line) => line.startsWith(`  ${first}  running`)).length).toBeGreaterThan(1);
    expect(lines).toContain(`  ${first}  succeeded  12/12`);
    expect(lines.find((line) => line.startsWith(`  ${second}  crashed`))).toContain('picture 17 is no picture');
    expect(lines.findLast((line) => line.startsWith('sweep'))).toBe('sweep  2 runs: 1 succeeded, 1 crashed');
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('--watch ends at Ctrl-C and leaves the runner alone', async () => {
    await example(); // this process holds it
    const watch = workplace.facet('status', 'attr-sweep', '--watch', '--json');
    const [line] = await watch.stdout.take(1).toArray();
    expect(JSON.parse(String(line).split('\n')[0]!).runs).toHaveLength(9);
    watch.kill('SIGINT');
    expect((await watch).exitCode).toBe(130);
  });

  it('finds nothing through a link, and says in one line what there is', async () => {
    await example();
    symlinkSync(join(workplace.results, 'attr-sweep'), join(workplace.results, 'linked'));
    const { stdout, stderr, exitCode } = await workplace.facet('status', 'linked');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    const why = 'a link, which is not followed; to keep results on another disk, let the results folder itself be a link';
    expect(stderr).toBe(`results/linked is ${why}`);
    expect((await workplace.facet('status')).stdout).toContain(`linked: not shown: ${why}`);
    expect((await workplace.facet('logs', 'linked/some-run')).stderr).toBe(`results/linked is ${why}`);
    writeFileSync(
      join(workplace.folder, 'linked.yaml'),
      'name: linked\ndataset: {source: synthetic, images: 8}\nattributes: [Male]\ntraining: {batchSize: 4}\n',
    );
    for (const command of ['plan', 'run']) {
      const refused = await workplace.facet(command, 'linked.yaml');
      expect({ exitCode: refused.exitCode, stderr: refused.stderr }).toEqual({
        exitCode: 2,
        stderr: `results/linked is ${why}`,
      });
    }
  });
});
