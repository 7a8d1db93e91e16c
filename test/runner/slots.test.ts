import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/experiment/random.ts';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import type { Gpu } from '../../src/machine/gpus.ts';
import type { RunRecord } from '../../src/results/records.ts';
import { createChildEnvironment } from '../../src/runner/executors/local/child-environment.ts';
import { estimateRunMemory } from '../../src/runner/plan/memory.ts';
import { type Machine, planSlots, type SlotDemand } from '../../src/runner/plan/slots.ts';
import { chooseThreads, offerThreads } from '../../src/runner/plan/threads.ts';

const GIGABYTE = 1e9;
const gpu = (uuid: string, freeGigabytes: number | null = 24): Gpu => {
  const freeMemoryBytes = freeGigabytes === null ? null : freeGigabytes * GIGABYTE;
  return {
    index: uuid.charCodeAt(4) - 97,
    uuid,
    name: 'card',
    memoryBytes: freeMemoryBytes && 24 * GIGABYTE,
    freeMemoryBytes,
    driver: null,
  };
};
const cpu: Machine = { gpus: [], cores: 8, freeMemoryBytes: 64 * GIGABYTE };
const twoGpus: Machine = { ...cpu, gpus: [gpu('GPU-a'), gpu('GPU-b')] };
const plan = (machine: Machine, execution: Partial<SlotDemand> = {}, runs = 10) =>
  planSlots({ execution: { parallel: 'auto', gpusPerRun: 1, ...execution }, runs, memoryPerRunBytes: GIGABYTE }, machine);

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

  it('are no more than the GPUs hold, and use all of them evenly', () => {
    expect(plan(twoGpus, { parallel: 3 }).map((slot) => slot.gpus)).toEqual([['GPU-a'], ['GPU-b']]);
    expect(plan(twoGpus, { parallel: 2, gpusPerRun: 0.5 }).map((slot) => slot.gpus)).toEqual([['GPU-a'], ['GPU-b']]);
    expect(plan(twoGpus, { parallel: 3, gpusPerRun: 0.5 }).map((slot) => slot.gpus)).toEqual([['GPU-a'], ['GPU-b'], ['GPU-a']]);
  });

  it('hide the GPUs when a run wants none', () => {
    const slots = plan(twoGpus, { gpusPerRun: 0 }, 2);
    expect(slots).toHaveLength(2);
    expect(createChildEnvironment(slots[0]!).CUDA_VISIBLE_DEVICES).toBe('');
  });
});

const perCard = (machine: Machine, execution: Partial<SlotDemand>, runs = 100) => {
  const counts: Record<string, number> = {};
  for (const { gpus } of plan(machine, execution, runs)) for (const uuid of gpus!) counts[uuid] = (counts[uuid] ?? 0) + 1;
  return counts;
};
const ofCards = (...free: (number | null)[]): Machine => ({ ...cpu, gpus: free.map((each, i) => gpu(`GPU-${'abcdefgh'[i]}`, each)) });

describe('runs that share GPUs', () => {
  it('are as many as a share allows', () => {
    expect(perCard(twoGpus, { gpusPerRun: 0.5 })).toEqual({ 'GPU-a': 2, 'GPU-b': 2 });
    expect(perCard(twoGpus, { gpusPerRun: 0.33 })).toEqual({ 'GPU-a': 3, 'GPU-b': 3 });
    for (const runs of [2, 4, 5, 10, 20, 25, 50, 100]) expect(perCard(ofCards(24), { gpusPerRun: 1 / runs })).toEqual({ 'GPU-a': runs });
  });

  it('are as many as fit into what each card has free, a little kept back', () => {
    expect(perCard(ofCards(24, 12, 3), { gpuMemory: '6GB' })).toEqual({ 'GPU-a': 3, 'GPU-b': 1 });
    expect(perCard(ofCards(24.5, 12.5, 6), { gpuMemory: '6GB' })).toEqual({ 'GPU-a': 4, 'GPU-b': 2 });
  });

  it('follow the stricter of share and memory', () => {
    expect(perCard(ofCards(24, 8), { gpusPerRun: 0.5, gpuMemory: '6GB' })).toEqual({ 'GPU-a': 2, 'GPU-b': 1 });
  });

  it('are one at a time where the memory of a card is not known, as on a MIG slice, unless a share says more', () => {
    expect(perCard(ofCards(null, null), { gpuMemory: '6GB' })).toEqual({ 'GPU-a': 1, 'GPU-b': 1 });
    expect(perCard(ofCards(null), { gpuMemory: '6GB', gpusPerRun: 0.5 })).toEqual({ 'GPU-a': 2 });
  });

  it.each([
    [1, 'expected a GPU with 6.0 GB free for a run and 480 MB to spare'],
    [0.5, 'expected a GPU with 6.0 GB free for a run and 480 MB to spare'],
  ])('are refused, %s cards each, in a line that says what is free, what is needed and how to mend it', (gpusPerRun, expected) => {
    expect(() => plan(ofCards(6.2, 3), { gpuMemory: '6GB', gpusPerRun })).toThrow(
      `execution.gpuMemory: ${expected}, got 0 card with 6.2 GB free, 1 card with 3.0 GB free. Free memory there, choose other GPUs with --gpus, or lower execution.gpuMemory.`,
    );
  });

  it('never take more of a card than is free, nor a card that another run has to itself, whatever is asked for', () => {
    const random = createRandom(1, 'slots');
    let placed = 0;
    for (let trial = 0; trial < 3000; trial++) {
      const machine = ofCards(
        ...Array.from({ length: 1 + random.integer(8) }, () => (random.integer(6) === 0 ? null : random.uniform() * 80)),
      );
      const gigabytes = 0.1 + random.uniform() * 20;
      const demand: SlotDemand = {
        parallel: random.integer(2) === 0 ? 'auto' : 1 + random.integer(40),
        gpusPerRun: random.integer(2) === 0 ? 1 : 0.01 + random.uniform() * 0.49,
        gpuMemory: random.integer(4) === 0 ? undefined : `${gigabytes.toFixed(3)}GB`,
      };
      let slots: ReturnType<typeof plan>;
      try {
        slots = plan(machine, demand, 1 + random.integer(200));
      } catch (error) {
        expect((error as Error).name).toBe('UserError');
        continue;
      }
      placed += slots.length;
      if (demand.parallel !== 'auto') expect(slots.length).toBeLessThanOrEqual(demand.parallel);
      for (const { uuid, freeMemoryBytes } of machine.gpus) {
        const runs = slots.filter((slot) => slot.gpus!.includes(uuid)).length;
        if (demand.gpuMemory && freeMemoryBytes !== null) {
          expect(runs * Number.parseFloat(demand.gpuMemory) * GIGABYTE).toBeLessThanOrEqual(freeMemoryBytes);
        }
        if (demand.gpusPerRun === 1 && !demand.gpuMemory) expect(runs).toBeLessThanOrEqual(1);
        if (demand.gpusPerRun < 1) expect(runs * demand.gpusPerRun).toBeLessThanOrEqual(1 + 1e-6);
      }
      const known = new Set(machine.gpus.map(({ uuid }) => uuid));
      for (const { gpus } of slots) {
        expect(gpus!.length).toBe(1);
        expect(gpus!.every((uuid) => known.has(uuid))).toBe(true);
      }
      expect(slots.length * slots[0]!.threads).toBeLessThanOrEqual(Math.max(slots.length, machine.cores));
    }
    expect(placed).toBeGreaterThan(10_000);
  });
});

describe('slots on WebGPU', () => {
  const adapter = (name: string) => ({ name, environment: { FACET_WEBGPU_ADAPTER: name } });
  const two: Machine = { ...cpu, adapters: [adapter('Radeon'), adapter('Arc')] };

  it('are one an adapter, each child with its own', () => {
    const slots = plan(two);
    expect(slots.map((slot) => [slot.adapter?.name, slot.gpus, slot.threads])).toEqual([
      ['Radeon', null, 4],
      ['Arc', null, 4],
    ]);
    expect(createChildEnvironment(slots[1]!)).toMatchObject({ FACET_WEBGPU_ADAPTER: 'Arc' });
    expect(createChildEnvironment(slots[1]!)).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
  });

  it('are shared by as many runs as a share says', () => {
    expect(plan(two, { gpusPerRun: 0.5 }).map((slot) => slot.adapter?.name)).toEqual(['Radeon', 'Arc', 'Radeon', 'Arc']);
    expect(plan(two, { parallel: 9 })).toHaveLength(2);
  });

  it('refuse a run that wants none', () => {
    expect(() => plan(two, { gpusPerRun: 0 })).toThrow('Set FACET_BACKEND=wasm to train on the CPU.');
  });
});

it('leaves CUDA_VISIBLE_DEVICES alone where no GPU is known', () => {
  expect(createChildEnvironment(plan(cpu)[0]!)).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
});

it('leaves alone how memory is given out and how a GPU adds up, where the user has said it', () => {
  const slot = plan(twoGpus)[0]!;
  expect(createChildEnvironment(slot, {})).toMatchObject({
    GLIBC_TUNABLES: expect.stringContaining('hugetlb=1'),
    TF_DETERMINISTIC_OPS: '1',
  });
  const own = createChildEnvironment(slot, { GLIBC_TUNABLES: 'glibc.malloc.perturb=1', TF_DETERMINISTIC_OPS: '0', FACET_THREADS: '99' });
  expect(own).not.toHaveProperty('GLIBC_TUNABLES');
  expect(own).not.toHaveProperty('TF_DETERMINISTIC_OPS');
  expect(own.FACET_THREADS).toBe(String(slot.threads));
  expect(createChildEnvironment(plan(cpu)[0]!)).not.toHaveProperty('TF_DETERMINISTIC_OPS');
});

// The most that real children held, in MB: docs/decisions/005-runs-at-once.md.
it.each([
  [8, 4, 64, 601],
  [8, 64, 64, 662],
  [64, 64, 64, 646],
  [64, 64, 128, 916],
  [128, 64, 64, 765],
  [512, 8, 64, 1706],
  [512, 32, 64, 1847],
])(
  'expects a run of width %i, batch %i and side %i to take more than the %i MB it was measured to take, but not far more',
  (...measured) => {
    const [width, batchSize, imageSize, megabytes] = measured;
    const config = { attributes: ['Male'], model: { width }, training: { batchSize }, dataset: { imageSize } };
    const estimate = estimateRunMemory(runConfigSchema.parse(config)) / 1e6;
    expect(estimate).toBeGreaterThan(1.15 * megabytes);
    expect(estimate).toBeLessThan(2.1 * megabytes);
  },
);

it('keeps the threads that a run began with, and gives a new one those of its slot', () => {
  const record = (threads: number) => ({ provenance: { threads } }) as RunRecord;
  expect(chooseThreads(4, null)).toBe(4);
  expect(chooseThreads(4, record(2))).toBe(2);
  expect(chooseThreads(1, record(16))).toBe(16);
  expect(chooseThreads(4, record(Number.NaN))).toBe(4);
  expect(chooseThreads(4, record(0))).toBe(4);
});

describe('the threads that new runs are offered', () => {
  const offers = (machine: Machine, runs: number, execution: Partial<SlotDemand> = {}) => {
    const slots = plan(machine, execution, runs);
    return Array.from({ length: runs }, (_, place) => offerThreads({ place, runs, slots, slot: slots[place % slots.length]! }));
  };
  const cores = (count: number): Machine => ({ ...cpu, cores: count });

  it.each([
    [2, 3, [1, 1, 2]],
    [2, 4, [1, 1, 1, 1]],
    [4, 5, [1, 1, 1, 1, 4]],
    [4, 6, [1, 1, 1, 1, 2, 2]],
    [4, 7, [1, 1, 1, 1, 1, 1, 1]],
    [4, 1, [4]],
  ])('on %i cores, of %i runs, are %j: those of the last round share all cores', (count, runs, threads) => {
    expect(offers(cores(count), runs)).toEqual(threads);
  });

  it('are those of the slot on a GPU', () => {
    expect(offers(twoGpus, 3)).toEqual([4, 4, 4]);
  });
});
