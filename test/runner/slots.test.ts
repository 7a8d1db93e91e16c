import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../src/experiment/schema.ts';
import { createChildEnvironment } from '../../src/runner/executors/child-environment.ts';
import { estimateRunMemory } from '../../src/runner/memory.ts';
import { type Machine, planSlots } from '../../src/runner/slots.ts';

const GIGABYTE = 1e9;
const gpu = (uuid: string) => ({ uuid, name: 'card', memoryBytes: 24 * GIGABYTE, freeMemoryBytes: 24 * GIGABYTE });
const cpu: Machine = { gpus: [], cores: 8, freeMemoryBytes: 64 * GIGABYTE };
const twoGpus: Machine = { ...cpu, gpus: [gpu('GPU-a'), gpu('GPU-b')] };
const plan = (machine: Machine, execution: { parallel?: 'auto' | number; gpusPerRun?: number } = {}, runs = 10) =>
  planSlots({ parallel: 'auto', gpusPerRun: 1, ...execution }, { machine, runs, memoryPerRunBytes: GIGABYTE });

describe('slots without a GPU', () => {
  it('are one a core, each with one thread', () => {
    expect(plan(cpu)).toHaveLength(8);
    expect(plan(cpu)[7]).toEqual({ index: 7, gpus: null, threads: 1 });
  });

  it('share all cores among fewer runs', () => {
    expect(plan(cpu, {}, 3).map((slot) => slot.threads)).toEqual([2, 2, 2]);
  });

  it('are only as many as fit into memory, but at least one', () => {
    expect(plan({ ...cpu, freeMemoryBytes: 2.5 * GIGABYTE }).map((slot) => slot.threads)).toEqual([4, 4]);
    expect(plan({ ...cpu, freeMemoryBytes: 0 })).toHaveLength(1);
  });

  it('are as many as asked for, also more than cores', () => {
    expect(plan(cpu, { parallel: 9 }).map((slot) => slot.threads)).toEqual(Array(9).fill(1));
  });
});

describe('slots with GPUs', () => {
  it('are one a GPU, each seeing only its own', () => {
    expect(plan(twoGpus).map((slot) => [slot.gpus, slot.threads])).toEqual([
      [['GPU-a'], 4],
      [['GPU-b'], 4],
    ]);
    expect(createChildEnvironment(plan(twoGpus)[1]!)).toMatchObject({ CUDA_VISIBLE_DEVICES: 'GPU-b', FACET_THREADS: '4' });
  });

  it('hold several GPUs a run where asked', () => {
    expect(plan(twoGpus, { gpusPerRun: 2 }).map((slot) => slot.gpus)).toEqual([['GPU-a', 'GPU-b']]);
  });

  it('take turns on the GPUs when more runs at once are asked for', () => {
    expect(plan(twoGpus, { parallel: 3 }).map((slot) => slot.gpus)).toEqual([['GPU-a'], ['GPU-b'], ['GPU-a']]);
  });

  it('hide the GPUs when a run wants none', () => {
    const slots = plan(twoGpus, { gpusPerRun: 0 }, 2);
    expect(slots).toHaveLength(2);
    expect(createChildEnvironment(slots[0]!).CUDA_VISIBLE_DEVICES).toBe('');
  });

  it('refuse a run that wants more GPUs than there are', () => {
    expect(() => plan(twoGpus, { gpusPerRun: 3 })).toThrow('execution.gpusPerRun: expected at most 2, the GPUs of this machine, got 3');
  });
});

it('leaves CUDA_VISIBLE_DEVICES alone where no GPU is known', () => {
  expect(createChildEnvironment(plan(cpu)[0]!)).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
});

it('expects a wide network to take more memory than a narrow one', () => {
  const narrow = estimateRunMemory(runConfigSchema.parse({ attributes: ['Male'], model: { width: 64 } }));
  const wide = estimateRunMemory(runConfigSchema.parse({ attributes: ['Male'], model: { width: 512 } }));
  expect(narrow).toBeLessThan(2.5 * GIGABYTE);
  expect(wide).toBeGreaterThan(4 * GIGABYTE);
});
