import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBestCheckpoint, removableCheckpoints } from '../../../src/model/training/checkpoints/best-checkpoint.ts';
import { writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { EvaluationsWriter } from '../../../src/results/lines/evaluations.ts';
import { evaluationsFile } from '../../../src/results/paths.ts';
import type { EvaluationRecord } from '../../../src/results/records.ts';

const file = (step: number) => ({ step, path: String(step) });
const evaluation = (step: number, slicedWasserstein: number) => ({ step, epoch: step, values: { slicedWasserstein } });

describe('the best checkpoint', () => {
  it.each([
    ['has the least distance', [0.3, 0.1, 0.2], 2],
    ['is the later of two equals', [0.3, 0.1, 0.1], 3],
    ['is never one whose distance is no number', [Number.NaN, 0.4, Number.POSITIVE_INFINITY], 2],
  ])('%s', (_, distances, best) => {
    const evaluations = distances.map((distance, i) => evaluation(i + 1, distance));
    expect(findBestCheckpoint([3, 1, 2].map(file), { evaluations })?.step).toBe(best);
  });

  it('is one that exists, and none where nothing was evaluated', () => {
    expect(findBestCheckpoint([file(2), file(1)], { evaluations: [evaluation(1, 0.5), evaluation(3, 0.1)] })?.step).toBe(1);
    expect(findBestCheckpoint([file(2), file(1)], { evaluations: [] })).toBeUndefined();
  });
});

describe('the metric that decides', () => {
  const both = (step: number, slicedWasserstein: number, frechetDistance?: number) => ({
    step,
    epoch: step,
    values: { slicedWasserstein, ...(frechetDistance !== undefined && { frechetDistance }) },
  });
  const bestOf = (evaluations: EvaluationRecord[], bestBy?: string) =>
    findBestCheckpoint(
      evaluations.map(({ step }) => file(step)),
      { evaluations, bestBy },
    )?.step;

  it("is the distance in the oracle's features where there is one, so that only the epochs with it count", () => {
    expect(bestOf([both(1, 0.1), both(2, 0.4, 60), both(3, 0.2), both(4, 0.3, 70)])).toBe(2);
    expect(bestOf([both(1, 0.3), both(2, 0.2), both(3, 0.4)])).toBe(2);
  });

  it('is the one that the file names, where it was measured', () => {
    expect(bestOf([both(1, 0.4, 60), both(2, 0.3, 70)], 'slicedWasserstein')).toBe(2);
    expect(bestOf([both(1, 0.2), both(2, 0.3)], 'frechetDistance')).toBe(1);
    expect(bestOf([both(1, 0.2), both(2, 0.3)], 'auto')).toBe(1);
  });

  it('is one of those that are kept: a run of a former version goes on with what it has', () => {
    expect(findBestCheckpoint([file(1), file(2)], { evaluations: [both(1, 0.2), both(2, 0.3), both(3, 0.4, 60)] })?.step).toBe(1);
  });
});

describe('a checkpoint may go', () => {
  const removable = (steps: number[], of: Parameters<typeof removableCheckpoints>[1]) =>
    removableCheckpoints(steps.map(file), of).map(({ step }) => step);

  it('when it is neither among the newest nor the best', () => {
    const evaluations = [evaluation(1, 0.5), evaluation(2, 0.1), evaluation(3, 0.4), evaluation(4, 0.3), evaluation(5, 0.2)];
    expect(removable([1, 2, 3, 4, 5], { evaluations, keep: 2, step: 5 })).toEqual([3, 1]);
    expect(removable([1, 2, 3, 4, 5], { evaluations: [], keep: 2, step: 5 })).toEqual([3, 2, 1]);
    expect(removable([4, 5], { evaluations: evaluations.slice(0, 3), keep: 2, step: 5 })).toEqual([]);
  });

  it('but not for a later one that the run fell back from, be there only one to keep', () => {
    expect(removable([5, 9, 7], { evaluations: [], keep: 1, step: 7 })).toEqual([5]);
  });
});

describe('the folder of checkpoints', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-kept-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (step: number, keep = 2) =>
    writeSnapshot(
      {
        position: { step, seconds: step },
        tensors: new Map([['a', { shape: [1], read: async () => Float32Array.of(step) }]]),
        metadata: {},
      },
      { folder, keep },
    );
  const steps = () =>
    readdirSync(join(folder, 'checkpoints'))
      .filter((name) => name.endsWith('.safetensors'))
      .map((name) => Number.parseInt(name, 10));

  it('holds the two newest and the best, over an interruption too, and everything that is no checkpoint', async () => {
    mkdirSync(join(folder, 'checkpoints'));
    writeFileSync(join(folder, 'checkpoints/notes.txt'), 'mine');
    const distances = [0.5, 0.2, 0.4, 0.3, 0.35, 0.1];
    for (const [i, distance] of distances.entries()) {
      const writer = new EvaluationsWriter(evaluationsFile(folder), i); // as after a resume each time
      writer.append([evaluation(i + 1, distance)]);
      writer.close();
      await write(i + 1);
      if (i === 4) expect(steps()).toEqual([2, 4, 5]);
    }
    expect(steps()).toEqual([5, 6]);
    expect(readdirSync(join(folder, 'checkpoints'))).toContain('notes.txt');
  });

  it('loses the best to no evaluations that the system refuses to read for a while', async () => {
    const writer = new EvaluationsWriter(evaluationsFile(folder), 0);
    writer.append([evaluation(1, 0.1), evaluation(2, 0.5), evaluation(3, 0.5), evaluation(4, 0.5)]);
    writer.close();
    for (const step of [1, 2, 3]) await write(step);
    const aside = `${evaluationsFile(folder)}.aside`;
    renameSync(evaluationsFile(folder), aside);
    symlinkSync(evaluationsFile(folder), evaluationsFile(folder)); // leads to itself
    await write(4);
    expect(steps()).toContain(1);
    renameSync(aside, evaluationsFile(folder));
    await write(5);
    expect(steps()).toEqual([1, 4, 5]);
  });

  it('keeps the newest ones where the evaluations are damaged', async () => {
    writeFileSync(evaluationsFile(folder), 'nonsense\n');
    for (const step of [1, 2, 3]) await write(step);
    expect(steps()).toEqual([2, 3]);
  });
});
