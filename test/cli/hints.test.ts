// Commands that messages name, pasted into a shell where they were read; and FACET_RESULTS.

import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setUpCommand } from '../../src/machine/installation.ts';
import { experimentRecordFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { noteMissingMeasure } from '../../src/results/write-run.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed'];
  workplace.writeSweep(1);
});
afterEach(() => workplace.remove());

const OWN = join(FACET_ROOT, 'bin', 'facet.js');

/** In a shell, in the folder where the message was read. */
const paste = (command: string, env: Record<string, string> = {}) =>
  execa('sh', ['-c', command], { cwd: workplace.folder, reject: false, env: { ...workplace.env, ...env } });

describe('FACET_RESULTS', () => {
  it('names the folder of results for every command, --results wins, and hints name it', async () => {
    workplace.env.FACET_RESULTS = join(workplace.folder, 'my results');
    const { stdout } = await workplace.facet('run', 'sweep.yaml');
    expect(existsSync(workplace.results)).toBe(false);
    expect(readExperiment(workplace.env.FACET_RESULTS, 'sweep').runs).toHaveLength(1);
    expect((await workplace.facet('status')).stdout).toContain('sweep  1 run: 1 succeeded');
    expect((await workplace.facet('plan', 'sweep.yaml')).stdout).toContain('done');
    expect((await workplace.facet('status', '--results', 'results')).stdout).toBe('There are no experiments in results.');
    expect(stdout).toContain(`facet compare sweep --results '${workplace.env.FACET_RESULTS}'`);
    const doctor = await workplace.facet('doctor', '--json');
    expect(JSON.parse(doctor.stdout).results.folder).toBe(workplace.env.FACET_RESULTS);
    workplace.env.FACET_RESULTS = '';
    expect((await workplace.facet('status')).stdout).toBe('There are no experiments in results.');
    expect((await workplace.facet('run', '--help')).stdout).toMatch(/FACET_RESULTS names another\s+default \(default: "results"\)/);
  });
});

describe('a hint', () => {
  it('names the results and the checkout from where it is read', () => {
    const record = { experiment: 'sweep', id: 'one-123' };
    expect(noteMissingMeasure('No room.', join(workplace.results, 'sweep', 'one-123'), record)).toBe(
      `It was not measured in the end: No room. Measure it later with: npx facet evaluate sweep/one-123 --results ${workplace.results}`,
    );
    expect(noteMissingMeasure('No room.', 'results/sweep/one-123', record)).toMatch(/npx facet evaluate sweep\/one-123$/);
    expect(setUpCommand('--cpu')).toBe('npm run setup -- --cpu');
    const elsewhere = vi.spyOn(process, 'cwd').mockReturnValue(workplace.folder);
    expect(setUpCommand('--cpu')).toBe(`npm --prefix ${FACET_ROOT} run setup -- --cpu`);
    elsewhere.mockRestore();
  });

  it('begins with npx where npx finds Facet, with the file elsewhere, and works as it stands', async () => {
    const compare = async () =>
      /^Compare them: (.*)$/m.exec((await workplace.facet('run', 'sweep.yaml', '--results', 'my results')).stdout)![1]!;
    expect(await compare()).toBe("npx facet compare sweep --results 'my results'");
    rmSync(join(workplace.folder, 'node_modules'), { recursive: true });
    expect(await compare()).toBe(`node ${OWN} compare sweep --results 'my results'`);
    expect((await paste(await compare())).exitCode).toBe(0);
    mkdirSync(join(workplace.folder, 'bin'));
    symlinkSync(OWN, join(workplace.folder, 'bin', 'facet'));
    workplace.env.PATH = `${join(workplace.folder, 'bin')}:${process.env.PATH}`;
    expect(await compare()).toBe("facet compare sweep --results 'my results'");
    expect((await paste(await compare())).exitCode).toBe(0);
  });

  it('after a stop has all overrides, although no run has begun', async () => {
    workplace.env.TRAINER_STEP_MS = '300';
    const set = ['--set', 'name=a b', '--set', 'training.epochs=40'];
    const refused = await workplace.facet('run', 'sweep.yaml', ...set);
    expect(refused.exitCode).toBe(2); // a name has no spaces
    const runner = workplace.facet('run', 'sweep.yaml', '--set', "description=it's", '--set', 'training.epochs=40');
    await untilTraining(workplace, 1);
    const { folder } = readExperiment(workplace.results, 'sweep').runs[0]!;
    const stopped = await workplace.facet('stop', 'sweep', '--now');
    await runner;
    const command = `npx facet run sweep.yaml --set 'description=it'\\''s' --set training.epochs=40`;
    expect(stopped.stdout).toContain(`Go on with: ${command}`);
    rmSync(folder, { recursive: true }); // as where it was stopped while it packed: experiment.json alone tells
    expect(existsSync(experimentRecordFile(join(workplace.results, 'sweep')))).toBe(true);
    expect((await workplace.facet('status', 'sweep')).stdout).toContain(command);
  });
});
