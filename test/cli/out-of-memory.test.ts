// facet run where the kernel ends a training process for want of memory.

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { createMemoryGroup } from '../helpers/memory-group.ts';

const group = createMemoryGroup(400e6);
const canEnter = group !== null && succeeds(group.prefix);

describe.runIf(canEnter)('in a control group with little memory', () => {
  let workplace: Workplace;
  beforeAll(() => {
    workplace = createWorkplace();
    workplace.prefix = group!.prefix;
  });
  afterAll(() => workplace.remove());

  it('a run that takes all of it is out of memory, and the next one succeeds', async () => {
    workplace.trainers = ['hog', 'succeed'];
    workplace.writeSweep(2, 'execution: {parallel: 1}');
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(1);
    const { runs } = readExperiment(workplace.results, 'sweep');
    expect(
      runs.map(({ state }) => state),
      all,
    ).toEqual(['out-of-memory', 'succeeded']);
    expect(runs[0]!.outcome).toMatchObject({ signal: 'SIGKILL', message: expect.stringContaining('almost certainly by the kernel') });
  });
});

afterAll(() => group?.remove());

function succeeds([program, ...words]: string[]): boolean {
  try {
    execFileSync(program!, [...words, '/bin/true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
