import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Checkout, createCheckout, createWorld, type World } from './checkout.ts';

let world: World;
let checkout: Checkout;
beforeEach(() => {
  world = createWorld();
  checkout = createCheckout(world);
});
afterEach(() => world.remove());

describe('on a machine with an NVIDIA driver', () => {
  const env = { FAKE_DRIVER: '570.86.15', FAKE_GPU: 'found' };
  const cudaDownloads = ['download tensorflow==2.21.0', 'download nvidia-cublas-cu12==12.9.1.4', 'download nvidia-cudnn-cu12==9.13.0.50'];

  test('installs TensorFlow for CUDA with exactly the libraries that its wheel asks for', async () => {
    const { stdout, exitCode } = await checkout.setUp({ env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('TensorFlow 2.21.0 for CUDA is set up');
    expect(checkout.log()).toEqual([...cudaDownloads, 'compile']);
    expect(checkout.manifest()).toMatchObject({ kind: 'cuda', gpu: true, driver: '570.86.15', note: null, libraryPath: '' });
    // TensorFlow looks in ../nvidia, seen from the folder in which it was found.
    expect(readFileSync(join(checkout.tfjs, 'deps/nvidia/cublas/lib/libcublas.so.12'), 'utf8')).toBe('libcublas.so.12');
    expect(existsSync(join(checkout.tfjs, 'deps/nvidia/cublas/include'))).toBe(false);
  });

  test('notes the folders of CUDA where TensorFlow does not find them by itself', async () => {
    await checkout.setUp({ env: { ...env, FAKE_GPU: 'needs-path' } });
    const nvidia = join(world.cache, 'tensorflow/2.21.0-cuda/nvidia');
    expect(checkout.manifest()).toMatchObject({ gpu: true, libraryPath: `${nvidia}/cublas/lib:${nvidia}/cudnn/lib` });
  });

  test('says so where TensorFlow finds no GPU all the same', async () => {
    const { stdout } = await checkout.setUp({ env: { FAKE_DRIVER: '570.86.15' } });
    expect(stdout).toContain('It finds no GPU that it can use');
    expect(checkout.manifest()).toMatchObject({ kind: 'cuda', gpu: false });
  });

  test('falls back to the CPU where CUDA cannot be downloaded, tries again only when asked to, and then only what is missing', async () => {
    const broken = {
      ...env,
      FAKE_PIP: JSON.stringify({ fail: { 'nvidia-cudnn-cu12': 'ERROR: No matching distribution found for nvidia-cudnn-cu12' } }),
    };
    const first = await checkout.setUp({ env: broken });
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain('CUDA cannot be used: pip could not download nvidia-cudnn-cu12==9.13.0.50: No matching distribution');
    expect(checkout.manifest()).toMatchObject({ kind: 'cpu', asked: 'auto' });
    expect(checkout.log()).toEqual([...cudaDownloads, 'download tensorflow-cpu==2.21.0', 'compile']);

    const again = await checkout.setUp({ env: broken });
    expect(again.stdout).toContain('Not for CUDA, because pip could not download');
    expect(checkout.log()).toHaveLength(5);

    expect((await checkout.setUp({ env, args: ['--cuda'] })).exitCode).toBe(0);
    expect(checkout.log().slice(5)).toEqual([cudaDownloads[2]]);
    expect(checkout.manifest()).toMatchObject({ kind: 'cuda', asked: 'cuda' });
  });

  test('uses the CPU with a driver that is too old for CUDA 12, until there is a newer one', async () => {
    const { stdout } = await checkout.setUp({ env: { ...env, FAKE_DRIVER: '470.256.02' } });
    expect(stdout).toContain('Not for CUDA, because the NVIDIA driver 470.256.02 is older than 525');
    expect(checkout.manifest()).toMatchObject({ kind: 'cpu' });
    await checkout.setUp({ env });
    expect(checkout.manifest()).toMatchObject({ kind: 'cuda', note: null });
  });

  test('keeps to the CPU when told so, and installs CUDA without a driver when told so', async () => {
    await checkout.setUp({ env, args: ['--cpu'] });
    await checkout.setUp({ env });
    expect(checkout.manifest()).toMatchObject({ kind: 'cpu', asked: 'cpu' });
    expect(checkout.log()).toEqual(['download tensorflow-cpu==2.21.0', 'compile']);
    await checkout.setUp({ args: ['--cuda'] });
    expect(checkout.manifest()).toMatchObject({ kind: 'cuda', asked: 'cuda' });
    await checkout.setUp({ args: ['--cpu'] });
    expect(existsSync(join(checkout.tfjs, 'deps/nvidia'))).toBe(false);
    expect(checkout.log()).toHaveLength(5); // the CPU library was still in the cache
  });
});
