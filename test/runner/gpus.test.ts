import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listGpus } from '../../src/runner/gpus.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-smi-'));
  const table =
    'GPU-aaaa-1, 24576, 24000, NVIDIA RTX, special\\nGPU-bbbb-2, 81920, 100, NVIDIA H100\\nGPU-cccc-3, 81920, 200, NVIDIA H100\\n';
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n[ "$SMI_FAILS" ] && exit 9\nprintf '${table}'\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const list = (env: NodeJS.ProcessEnv = {}) => listGpus({ PATH: `${folder}:/bin:/usr/bin`, ...env });
const uuids = async (visible: string) => (await list({ CUDA_VISIBLE_DEVICES: visible })).map((gpu) => gpu.uuid);

it('lists the GPUs with their memory', async () => {
  const gpus = await list();
  expect(gpus.map((gpu) => gpu.uuid)).toEqual(['GPU-aaaa-1', 'GPU-bbbb-2', 'GPU-cccc-3']);
  expect(gpus[0]).toMatchObject({ name: 'NVIDIA RTX, special', memoryBytes: 24_576 * 1024 ** 2, freeMemoryBytes: 24_000 * 1024 ** 2 });
});

it('uses only those that CUDA_VISIBLE_DEVICES leaves, by number, uuid or the beginning of one', async () => {
  expect(await uuids('2,0')).toEqual(['GPU-cccc-3', 'GPU-aaaa-1']);
  expect(await uuids('GPU-bbbb')).toEqual(['GPU-bbbb-2']);
  expect(await uuids('1,7,0')).toEqual(['GPU-bbbb-2']);
  expect(await uuids('MIG-1234')).toEqual(['MIG-1234']);
  expect(await uuids('-1')).toEqual([]);
  expect(await uuids('')).toEqual([]);
});

it('finds none where the program fails or is missing', async () => {
  expect(await list({ SMI_FAILS: '1' })).toEqual([]);
  expect(await listGpus({ PATH: '/nonexistent' })).toEqual([]);
});
