// The PyTorch trainer in examples/ keeps the contract of docs/trainers.md: a sweep of it is stopped, goes on bit for bit, is compared and halved.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { findInterpreter } from '../helpers/python.ts';

const found = findInterpreter('torch');
const MOST_LINES = 150;
const EXAMPLE = join(FACET_ROOT, 'examples', 'pytorch-dcgan');
const trainer = join(EXAMPLE, 'train.py');

it('is short', () => {
  expect(readFileSync(trainer, 'utf8').split('\n').length - 1).toBeLessThan(MOST_LINES);
});

describe.skipIf(!found)(`a trainer in PyTorch${found ? '' : ' (skipped: no torch in .peers, and no FACET_TEST_PYTHON)'}`, () => {
  let workplace: Workplace;
  beforeAll(() => {
    workplace = createWorkplace();
    const { PYTHONPATH = '' } = found!.env;
    workplace.env = { FACET_TRAINER: '', FACET_GRACE_SECONDS: '60', PYTHONPATH };
  });
  afterAll(() => workplace.remove());

  const write = (epochs: number, more = '') =>
    workplace.writeText(`trainer:
  command: [${found!.python}, ${trainer}]
  data: packed
  parameters: {width: 8, latentSize: 4}
  metrics: {slicedDistance: {label: Sliced distance, better: min}}
sweep:
  grid: {trainer.parameters.learningRate: [0.0002, 0.01], training.epochs: [${epochs}]}
${more}`);
  const runs = async () =>
    JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout).runs.filter((run: Found) => run.current) as Found[];
  type Found = { id: string; state: string; folder: string; current: boolean };
  const metricsOf = (folder: string) =>
    readFileSync(join(workplace.folder, folder, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
  const hasSteps = () => {
    const sweep = join(workplace.results, 'sweep');
    return existsSync(sweep) && readdirSync(sweep).some((id) => existsSync(join(sweep, id, 'metrics.jsonl')));
  };

  it('is stopped, goes on to the same bits, and is compared by its own metric', async () => {
    write(20);
    const sweep = workplace.facet('run', 'sweep.yaml');
    await expect.poll(hasSteps, { timeout: 100_000 }).toBe(true);
    await workplace.facet('stop', 'sweep');
    await sweep;
    expect((await runs()).map(({ state }) => state)).toContain('cancelled');
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    const [first] = await runs();
    expect(metricsOf(first!.folder).map((line) => JSON.parse(line).step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(readdirSync(join(workplace.folder, first!.folder, 'samples'))).toHaveLength(40);
    const again = await workplace.facet('reproduce', first!.id);
    expect([again.exitCode, again.stdout.split('\n\n').at(-1)]).toEqual([
      0,
      expect.stringContaining('bit-identical: 40 steps of metrics, 20 evaluations, 20 sample grids, 1 file'),
    ]);
    const { stdout } = await workplace.facet('compare', 'sweep');
    expect(stdout).toContain('Sliced distance');
  });

  it('is halved by its own metric', async () => {
    write(4, '  halving: {metric: slicedDistance, minEpochs: 2, factor: 2}\n');
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expect((await runs()).map(({ state }) => state).toSorted()).toEqual(['stopped-early', 'succeeded']);
  });
});
