import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chooseGpus, listGpus } from '../../src/machine/gpus.ts';
import { createNvidiaSmi } from '../helpers/nvidia-smi.ts';

let folder: string;
beforeAll(() => {
  folder = createNvidiaSmi([
    { uuid: 'GPU-aaaa-1', name: 'NVIDIA RTX, special', total: 24_576, free: 24_000 },
    { uuid: 'GPU-bbbb-2', total: 81_920, free: 100 },
    { uuid: 'GPU-bbcc-3', total: '[N/A]', free: '[N/A]' },
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const list = (env: NodeJS.ProcessEnv = {}) => listGpus({ PATH: `${folder}:/bin:/usr/bin`, ...env });
const uuids = async (visible: string) => (await list({ CUDA_VISIBLE_DEVICES: visible })).map((gpu) => gpu.uuid);
const choose = async (asked: string, visible?: string) =>
  chooseGpus(await list(visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible }), asked).map((gpu) => gpu.uuid);

it('lists the GPUs with their numbers and memory, unknown where nvidia-smi does not tell', async () => {
  const gpus = await list();
  expect(gpus.map((gpu) => [gpu.index, gpu.uuid])).toEqual([
    [0, 'GPU-aaaa-1'],
    [1, 'GPU-bbbb-2'],
    [2, 'GPU-bbcc-3'],
  ]);
  expect(gpus[0]).toMatchObject({ name: 'NVIDIA RTX, special', memoryBytes: 24_576 * 1024 ** 2, freeMemoryBytes: 24_000 * 1024 ** 2 });
  expect(gpus[2]).toMatchObject({ memoryBytes: null, freeMemoryBytes: null });
});

it('uses only those that CUDA_VISIBLE_DEVICES leaves, by number, uuid or the beginning of one', async () => {
  expect(await uuids('2,0')).toEqual(['GPU-bbcc-3', 'GPU-aaaa-1']);
  expect(await uuids('GPU-bbbb')).toEqual(['GPU-bbbb-2']);
  expect(await uuids('1,7,0')).toEqual(['GPU-bbbb-2']);
  expect(await uuids('0,GPU-bb,1')).toEqual(['GPU-aaaa-1']); // could be two
  expect(await uuids('MIG-1234')).toEqual(['MIG-1234']);
  expect(await uuids('-1')).toEqual([]);
  expect(await uuids('')).toEqual([]);
});

it('counts a GPU that CUDA_VISIBLE_DEVICES names twice once', async () => {
  expect(await uuids('0,GPU-aaaa,0,1')).toEqual(['GPU-aaaa-1', 'GPU-bbbb-2']);
});

it('takes those that --gpus names, by number, uuid or the beginning of one, each once', async () => {
  expect(await choose('0,2')).toEqual(['GPU-aaaa-1', 'GPU-bbcc-3']);
  expect(await choose('GPU-bbcc, 0, GPU-aaaa-1')).toEqual(['GPU-bbcc-3', 'GPU-aaaa-1']);
});

it('counts --gpus among those that CUDA_VISIBLE_DEVICES leaves, from 0, as CUDA does', async () => {
  expect(await choose('0', '2,1')).toEqual(['GPU-bbcc-3']);
  await expect(choose('2', '2,1')).rejects.toThrow(
    '--gpus: expected GPUs among 0 NVIDIA H100 (GPU-bbcc-3), 1 NVIDIA H100 (GPU-bbbb-2), got "2", which is none of them',
  );
});

it.each([
  ['0,7', 'got "7", which is none of them'],
  ['GPU-bb', 'got "GPU-bb", which 2 of them begin with'],
  ['', 'got "", which is none of them'],
  ['1,,2', 'got "", which is none of them'],
])('refuses --gpus %s in a line that lists what there is', async (asked, fault) => {
  const message =
    '--gpus: expected GPUs among 0 NVIDIA RTX, special (GPU-aaaa-1), 1 NVIDIA H100 (GPU-bbbb-2), 2 NVIDIA H100 (GPU-bbcc-3), ';
  await expect(choose(asked)).rejects.toThrow(message + fault);
});

it('finds none where the program fails or is missing', async () => {
  expect(await list({ SMI_FAILS: '1' })).toEqual([]);
  expect(await listGpus({ PATH: '/nonexistent' })).toEqual([]);
});
