// An equal run of another experiment is reused instead of trained again, with real processes.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointFile, noteFile, outcomeFile, runFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { reuseRun } from '../../src/results/runs/reuse-run.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { trainer } from '../helpers/sweep.ts';

let workplace: Workplace;
beforeEach(async () => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'diverge', 'succeed'];
  workplace.writeSweep(2);
  await workplace.facet('run', 'sweep.yaml');
  writeFileSync(noteFile(runsOf('sweep')[0]!.folder), '{"text": "mine", "tags": []}');
  writeFileSync(join(runsOf('sweep')[0]!.folder, '.reserve'), '');
});
afterEach(() => workplace.remove());

const runsOf = (name: string) => readExperiment(workplace.results, name).runs;
const runOther = (...args: string[]) => workplace.facet('run', 'sweep.yaml', '--set', 'name=other', ...args);
const attemptsOf = (name: string) => runsOf(name).map(({ record }) => record?.reused?.experiment ?? record?.provenance.command.join(' '));

describe('an equal run of another experiment', () => {
  it('is reused where it has succeeded; plan and run say so, and the provenance tells from where', async () => {
    const plan = await workplace.facet('plan', 'sweep.yaml', '--set', 'name=other');
    const [source] = runsOf('sweep');
    expect(plan.stdout).toMatch(/^seed1-\w+ +1 +reuse +reused from sweep\/seed1-\w+, which is the same$/m);
    expect(plan.stdout).toMatch(/^seed2-\w+ +2 +start +new$/m);
    const json = JSON.parse((await workplace.facet('plan', 'sweep.yaml', '--set', 'name=other', '--json')).stdout);
    expect(json.runs.map(({ reused }: { reused?: string }) => reused)).toEqual([`sweep/${source!.id}`, undefined]);
    const { stdout } = await runOther();
    expect(stdout).toContain('1 run is not trained again: equal runs of other experiments are reused (1 of sweep). --no-reuse trains it.');
    const [reused, trained] = runsOf('other');
    expect(reused).toMatchObject({ state: 'succeeded', axes: { 'training.seed': '1' } });
    expect(reused!.record).toMatchObject({
      experiment: 'other',
      id: reused!.id,
      reused: { experiment: 'sweep', id: source!.id },
      provenance: source!.record!.provenance,
    });
    expect(trained!.record!.reused).toBeUndefined();
    expect(existsSync(noteFile(reused!.folder))).toBe(false);
    expect(readdirSync(reused!.folder).filter((name) => name.startsWith('.'))).toEqual([]);
    expect((await workplace.facet('plan', 'sweep.yaml', '--set', 'name=other')).stdout).toMatch(/^seed1-\w+ +1 +skip +done$/m);
  });

  it('is trained all the same with --no-reuse, with --fresh, and by another trainer', async () => {
    await runOther('--no-reuse');
    expect(attemptsOf('other')[0]).toContain('--no-reuse');
    await runOther('--fresh');
    expect(attemptsOf('other')[0]).toContain('--fresh');
    workplace.env.FACET_TRAINER = trainer('succeed');
    const { stdout } = await workplace.facet('plan', 'sweep.yaml', '--set', 'name=third');
    expect(stdout).toContain('2 to start');
  });

  it('may be removed, or changed, afterwards: the copy stays what it is', async () => {
    const source = runsOf('sweep')[0]!.folder;
    const files = ['run.json', 'outcome.json', 'metrics.jsonl', 'log.txt'].filter((name) => existsSync(join(source, name)));
    writeFileSync(join(source, 'metrics.jsonl'), readFileSync(join(source, 'metrics.jsonl')));
    await runOther();
    const { folder } = runsOf('other')[0]!;
    const before = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const name of files) writeFileSync(join(source, name), 'written over');
    rmSync(source, { recursive: true });
    expect(files.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
    expect(runsOf('other')[0]!.state).toBe('succeeded');
  });
});

describe('the folder of a reused run', () => {
  const as = { experiment: 'other', id: 'seed1-aaaaaaaaaaaa', axes: {} };
  const target = () => join(workplace.results, 'sweep', as.id);

  it('shares checkpoints, which nobody writes into, and copies all else, without what is half-written or a link', () => {
    const source = runsOf('sweep')[0]!.folder;
    const checkpoint = checkpointFile(source, 4);
    mkdirSync(join(source, 'checkpoints'), { recursive: true });
    writeFileSync(checkpoint, 'weights');
    writeFileSync(join(source, 'checkpoints', '000009.safetensors.1.tmp'), 'half');
    expect(reuseRun(source, target(), as)).toBe(true);
    const inode = (path: string) => statSync(path).ino;
    expect(inode(checkpointFile(target(), 4))).toBe(inode(checkpoint));
    expect(inode(outcomeFile(target()))).not.toBe(inode(outcomeFile(source)));
    expect(existsSync(join(target(), 'checkpoints', '000009.safetensors.1.tmp'))).toBe(false);
    expect(reuseRun(source, target(), as)).toBe(false);
  });

  it('is not there where the other has not succeeded, nor half where making it was interrupted', () => {
    const [succeeded, diverged] = runsOf('sweep');
    expect(reuseRun(diverged!.folder, target(), as)).toBe(false);
    expect(reuseRun(join(workplace.results, 'gone'), target(), as)).toBe(false);
    expect(existsSync(target())).toBe(false);
    const left = join(workplace.results, 'sweep', `.${as.id}.tmp`); // as a killed runner leaves it
    writeFileSync(left, 'half');
    expect(runsOf('sweep')).toHaveLength(2);
    expect(reuseRun(succeeded!.folder, target(), as)).toBe(true);
    expect(existsSync(left)).toBe(false);
    expect(JSON.parse(readFileSync(runFile(target()), 'utf8')).id).toBe(as.id);
  });
});
