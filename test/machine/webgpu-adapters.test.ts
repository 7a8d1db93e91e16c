// Several GPUs of one machine, through Dawn and the Vulkan loader.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/machine/backend.ts';
import { listAdapters, separateAdapters } from '../../src/machine/webgpu-adapters.ts';
import { createFakeAdapters, type FakeAdapters, SOFTWARE_NAME } from '../helpers/fake-adapters.ts';

const ONE = 'Facet Graphics One';
const TWO = 'Facet Graphics Two';

describe('a machine with two GPUs and one that software plays', () => {
  let fakes: FakeAdapters;
  beforeAll(() => {
    fakes = createFakeAdapters([SOFTWARE_NAME, ONE, TWO]);
    process.env.VK_ICD_FILENAMES = fakes.drivers; // read when Dawn loads Vulkan, once in this process
  });
  afterAll(() => rmSync(fakes.folder, { recursive: true }));

  it('offers the two, each by a variable of its own', async () => {
    const adapters = await listAdapters({});
    expect(adapters.map(({ name }) => name.slice(0, 18)).sort()).toEqual([ONE, TWO]);
    for (const { name, environment } of adapters) expect(environment).toEqual({ FACET_WEBGPU_ADAPTER: name });
  });

  it('offers the one that FACET_WEBGPU_ADAPTER names alone, and refuses a name that no GPU has', async () => {
    expect((await listAdapters({ FACET_WEBGPU_ADAPTER: 'Graphics Two' })).map(({ name }) => name.slice(0, 18))).toEqual([TWO]);
    const choice = await chooseBackend({ FACET_BACKEND: 'webgpu', FACET_WEBGPU_ADAPTER: TWO });
    expect(choice.version).toContain(`WebGPU on ${TWO}`);
    await expect(chooseBackend({ FACET_BACKEND: 'webgpu', FACET_WEBGPU_ADAPTER: 'Voodoo' })).rejects.toThrow(
      /^FACET_WEBGPU_ADAPTER: expected a GPU among .*Facet Graphics .*, got "Voodoo"$/,
    );
  });

  it('gives a process that computes the GPU that its variable names', async () => {
    const bundle = join(FACET_ROOT, 'dist', `test-${process.pid}`, 'adapters.mjs');
    buildSync({
      stdin: {
        contents: `
          import { Device } from './src/model/kernels/webgpu/device.ts';
          import { createWebgpuKernels } from './src/model/kernels/webgpu/webgpu.ts';
          const k = createWebgpuKernels(await Device.open());
          const product = k.matMul(k.tensor(Float32Array.of(1, 2, 3, 4), [2, 2]), k.tensor(Float32Array.of(5, 6, 7, 8), [2, 2]));
          console.log((await navigator.gpu.requestAdapter()).info.device, ...(await k.read(product)));
          process.exit(0);`,
        resolveDir: FACET_ROOT,
      },
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['webgpu', 'execa'],
      define: { FACET_ROOT: JSON.stringify(FACET_ROOT) },
    });
    for (const { name, environment } of await listAdapters({})) {
      const env = { ...process.env, ...environment };
      const { stdout, stderr } = spawnSync(process.execPath, [bundle], { env, encoding: 'utf8' });
      // WebGPU tells of a device in small letters and dashes.
      expect(`${stdout}${stdout ? '' : stderr}`).toMatch(
        new RegExp(`^${name.slice(0, 18).toLowerCase().replaceAll(' ', '-')}.* 19 22 43 50\n$`),
      );
    }
    rmSync(join(bundle, '..'), { recursive: true });
  }, 120_000);
});

describe('telling GPUs apart', () => {
  const nobody = { addresses: () => [], namesWith: () => Promise.reject(new Error('asked without need')) };
  const names = async (...args: Parameters<typeof separateAdapters>) => (await separateAdapters(...args)).map(({ name }) => name);

  it('goes by their names where these differ, and asks no further', async () => {
    expect(await names(['Radeon RX 7900', 'Arc A770'], nobody)).toEqual(['Radeon RX 7900', 'Arc A770']);
  });

  it('takes equal cards by their addresses where that leaves one of them', async () => {
    const tried: string[] = [];
    const adapters = await separateAdapters(['Radeon', 'Radeon'], {
      addresses: () => ['0000:00:02.0', '0000:03:00.0', '0000:43:00.0'],
      namesWith: async ({ DRI_PRIME }) => {
        tried.push(DRI_PRIME!);
        return DRI_PRIME === 'pci-0000_00_02_0!' ? ['Radeon', 'Radeon'] : ['Radeon'];
      },
    });
    expect(tried).toEqual(['pci-0000_00_02_0!', 'pci-0000_03_00_0!', 'pci-0000_43_00_0!']);
    expect(adapters).toEqual([
      { name: 'Radeon', environment: { DRI_PRIME: 'pci-0000_03_00_0!', FACET_WEBGPU_ADAPTER: 'Radeon' } },
      { name: 'Radeon', environment: { DRI_PRIME: 'pci-0000_43_00_0!', FACET_WEBGPU_ADAPTER: 'Radeon' } },
    ]);
  });

  it('counts equal cards once where nothing tells them apart, so that no two runs meet on the first', async () => {
    const deaf = { addresses: () => ['0000:03:00.0', '0000:43:00.0'], namesWith: async () => ['Radeon', 'Radeon', 'llvmpipe'] };
    expect(await names(['Radeon', 'Radeon', 'Arc'], deaf)).toEqual(['Radeon', 'Arc']);
  });

  it('leaves out a card whose name begins that of another before it, which Dawn would take instead', async () => {
    const deaf = { addresses: () => [], namesWith: async () => [] };
    expect(await names(['Radeon RX 7900 XT', 'Radeon RX 7900'], deaf)).toEqual(['Radeon RX 7900 XT']);
    expect(await names(['Radeon RX 7900', 'Radeon RX 7900 XT'], deaf)).toEqual(['Radeon RX 7900', 'Radeon RX 7900 XT']);
  });
});
