// What a file, a name and a column stand for, in the command as a user starts it.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'succeed'];
});
afterEach(() => workplace.remove());

const rename = (name: string) => {
  const path = join(workplace.folder, 'sweep.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^name: .*/, `name: ${name}`));
};

describe('an experiment file', () => {
  it('means the experiment that it names now, whatever was started from it before', async () => {
    workplace.writeSweep(1);
    await workplace.facet('run', 'sweep.yaml', '--set', 'name=cold');
    const unstarted = 'sweep.yaml names the experiment "sweep", which has not been started; started from it under another name: cold';
    for (const command of ['status', 'stop']) expect((await workplace.facet(command, 'sweep.yaml')).stderr).toBe(unstarted);
    rename('z-new');
    await workplace.facet('run', 'sweep.yaml');
    expect((await workplace.facet('stop', 'sweep.yaml')).stdout).toBe('z-new: nobody is running it.');
    expect((await workplace.facet('status', 'sweep.yaml')).stdout).toMatch(/^z-new /);
    rename('[');
    const { stderr } = await workplace.facet('stop', 'sweep.yaml');
    expect(stderr).toBe('Expected one experiment, got "sweep.yaml", from which 2 were started: cold, z-new');
  });

  it('is told where another one has its name', async () => {
    workplace.writeSweep(1);
    await workplace.facet('run', 'sweep.yaml');
    copyFileSync(join(workplace.folder, 'sweep.yaml'), join(workplace.folder, 'copy.yaml'));
    expect((await workplace.facet('validate', 'sweep.yaml', 'copy.yaml')).stdout).toContain('its name "sweep" is also that of sweep.yaml');
    const told = '"sweep" was last started from sweep.yaml. Both files have this name';
    expect((await workplace.facet('plan', 'sweep.yaml')).stdout).not.toContain('Both files');
    expect((await workplace.facet('plan', 'copy.yaml')).stdout).toContain(told);
    expect((await workplace.facet('run', 'copy.yaml')).stdout).toContain(told);
  });
});

describe('facet plan', () => {
  it('has a column for an axis that only `include` names', async () => {
    workplace.writeText('sweep: {grid: {model.width: [8, 16]}, include: [{training.seed: 42}, {training.learningRate: 0.001}]}');
    const [head] = (await workplace.facet('plan', 'sweep.yaml')).stdout.split('\n');
    for (const axis of ['model.width', 'training.seed', 'training.learningRate']) expect(head).toContain(axis);
  });
});
