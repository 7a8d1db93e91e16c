// facet list: filters and orders as tables, and the command as a process over two experiments.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConditions, parseStates } from '../../src/cli/runs/filter-runs.ts';
import type { RunConfig } from '../../src/experiment/schema/schema.ts';
import type { RunRecord, RunState } from '../../src/results/records.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { atTerminal } from '../helpers/terminal.ts';

const config = {
  attributes: ['Male', 'Young'],
  dataset: { source: 'synthetic', imageSize: 32 },
  training: { epochs: 4, learningRate: 0.0002 },
};
const axes = { attributes: 'two', 'training.seed': '3' };
const made = { state: 'succeeded' as RunState, axes, record: { config: config as unknown as RunConfig } as RunRecord };
const queued = { state: 'queued' as RunState, axes, record: null };

describe('a condition', () => {
  it.each([
    ['dataset.source=synthetic', true, false],
    ['source = synthetic', true, false],
    ['source!=synthetic', false, true],
    ['attributes=two', true, true],
    ['attributes=Male,Young', true, false],
    ['attributes=Male, Young', true, false],
    ['epochs=4.0', true, false],
    ['epochs>=4', true, false],
    ['epochs<4', false, false],
    ['learningRate<=2e-4', true, false],
    ['training.seed>2', true, true],
  ])('%s', (text, ofMade, ofQueued) => {
    const holds = parseConditions([text], [made, queued]);
    expect([holds(made), holds(queued)]).toEqual([ofMade, ofQueued]);
  });

  it.each([
    ['imagesize=32', 'did you mean "dataset.imageSize"?'],
    ['nothing', 'expected a condition such as'],
    ['epochs>many', 'expected a number after >'],
    ['=x', 'expected a condition such as'],
  ])('%s is refused', (text, message) => {
    expect(() => parseConditions([text], [made])).toThrow(message);
  });
});

describe('a state', () => {
  it.each<[string[], RunState, boolean]>([
    [[], 'queued', true],
    [['succeeded'], 'succeeded', true],
    [['Stopped Early'], 'stopped-early', true],
    [['stopped'], 'cancelled', true],
    [['waiting,running'], 'queued', true],
    [['failed'], 'no-space', true],
    [['failed'], 'cancelled', false],
    [['disk-full'], 'no-space', true],
  ])('%j has %s: %s', (texts, state, is) => {
    expect(parseStates(texts)(state)).toBe(is);
  });

  it('that is none is refused', () => {
    expect(() => parseStates(['suceeded'])).toThrow('got "suceeded"; did you mean "succeeded"?');
  });
});

describe('facet list', () => {
  let workplace: Workplace;
  beforeAll(async () => {
    workplace = createWorkplace();
    workplace.trainers = ['succeed', 'diverge'];
    workplace.writeSweep(2);
    await workplace.facet('run', 'sweep.yaml');
    await workplace.facet('run', 'sweep.yaml', '--set', 'name=wide', '--set', 'model.width=16');
    await workplace.facet('note', 'wide/seed1', '--tag', 'paper');
  });
  afterAll(() => workplace.remove());

  const list = async (...args: string[]) => {
    const { stdout, stderr } = await workplace.facet('list', ...args, '--json');
    if (stderr !== '') throw new Error(stderr);
    return JSON.parse(stdout!).runs.map(({ experiment, id }: { experiment: string; id: string }) =>
      `${experiment}/${id}`.replace(/-\w+$/, ''),
    );
  };

  it('lists runs of all experiments, of some, and those that pass filters', async () => {
    expect(await list()).toEqual(['sweep/seed1', 'sweep/seed2', 'wide/seed1', 'wide/seed2']);
    expect(await list('wide')).toEqual(['wide/seed1', 'wide/seed2']);
    expect(await list('--state', 'failed')).toEqual(['sweep/seed2', 'wide/seed2']);
    expect(await list('--tag', 'paper')).toEqual(['wide/seed1']);
    expect(await list('--where', 'width=16', '--where', 'seed<2')).toEqual(['wide/seed1']);
    expect(await list('--sort', '-newest', '--limit', '1')).toEqual(['sweep/seed1']);
    expect(await list('--sort', 'lossD', '--state', 'succeeded')).toHaveLength(2);
    const wrong = await workplace.facet('list', '--sort', 'lossd');
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean "lossD"?') });
  });

  it('is a table that fits the terminal', async () => {
    const whole = await workplace.facet('list', '--limit', '3');
    expect(whole.stdout).toMatch(/^run +state +epoch .*note/);
    expect(whole.stdout).toMatch(/^wide\/seed1-\w+ +succeeded +4\/4 .*#paper$/m);
    expect(whole.stdout).toMatch(/\n… and 1 more run \(--limit 0 shows all\)\n4 runs of 2 experiments\.$/);
    const { lines } = await atTerminal(workplace, { columns: 40 }, 'list');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });
});
