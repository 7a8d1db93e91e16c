import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readInstallation } from '../../src/machine/installation.ts';
import { type Checkout, createCheckout, createWorld, type World } from './checkout.ts';

let world: World;
let checkout: Checkout;
beforeEach(() => {
  world = createWorld();
  checkout = createCheckout(world);
});
afterEach(() => world.remove());

describe('on a machine without a GPU', () => {
  test('installs the CPU library once, does nothing the second time, and a second checkout downloads and compiles nothing', async () => {
    const first = await checkout.setUp();
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('TensorFlow 2.21.0 for CPU is set up');
    expect(checkout.log()).toEqual(['download tensorflow-cpu==2.21.0', 'compile']);
    expect(checkout.manifest()).toMatchObject({ tensorflow: '2.21.0', kind: 'cpu', gpu: false, libraryPath: '' });
    expect(readInstallation(checkout.tfjs).installation).toMatchObject({ tensorflow: '2.21.0', kind: 'cpu' });

    const second = await checkout.setUp({ without: ['python3', 'pip3', 'g++'] });
    expect(second).toMatchObject({ exitCode: 0, stdout: 'TensorFlow 2.21.0 for CPU is set up.\n', stderr: '' });

    const neighbour = createCheckout(world, 'neighbour');
    expect(await neighbour.setUp({ without: ['python3', 'pip3', 'g++'] })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(neighbour.manifest()).toEqual(checkout.manifest());
    expect([...checkout.log(), ...neighbour.log()]).toHaveLength(2);
  });

  test.each([
    ['Python, and no pip', ['pip3'] as const, { FAKE_PIP: JSON.stringify({ noModule: true }) }],
    ["no Python but uv's own", ['python3', 'pip3'] as const, {}],
  ])('uses uv where there is %s', async (_, without, env) => {
    const { exitCode, stdout, stderr } = await checkout.setUp({ without: [...without], uv: true, env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('TensorFlow 2.21.0 for CPU is set up');
  });

  test.each([
    ['pip is told to want a virtual environment', { PIP_REQUIRE_VIRTUALENV: '1', PIP_TARGET: '/nowhere', PIP_USER: '1' }],
    ['conda is active', { CONDA_PREFIX: '/somewhere/conda', PYTHONNOUSERSITE: '1', LD_LIBRARY_PATH: '/somewhere/conda/lib' }],
    ['another framework sets threads and Node options', { OMP_NUM_THREADS: '3', NODE_OPTIONS: '--max-old-space-size=512' }],
  ])('installs all the same where %s', async (_, env) => {
    expect(await checkout.setUp({ env })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(checkout.manifest()).toMatchObject({ kind: 'cpu' });
  });

  test('keeps of the wheel only what training needs, and not the wheel', async () => {
    await checkout.setUp();
    const files = readdirSync(join(world.cache, 'tensorflow/2.21.0-cpu'), { recursive: true }).map(String);
    expect(files).toContain('tensorflow/libtensorflow_cc.so.2');
    expect(files).toContain('tensorflow/include/tensorflow/c/eager/c_api.h');
    expect(files.filter((path) => /python|cc\/ops|\.whl$/.test(path))).toEqual([]);
    expect(readdirSync(join(world.cache, 'tensorflow')).sort()).toEqual(['2.21.0-cpu', 'addons', 'lock']);
    expect(readdirSync(join(world.cache, 'tensorflow/lock'))).toEqual([]);
  });

  test('links the library into the package under the names that the package itself uses', async () => {
    mkdirSync(join(checkout.tfjs, 'deps/include'), { recursive: true }); // left by another way of installing
    await checkout.setUp();
    const library = join(world.cache, 'tensorflow/2.21.0-cpu/tensorflow');
    const links = Object.fromEntries(
      ['include', 'lib/libtensorflow.so', 'lib/libtensorflow_framework.so'].map((path) => [
        path,
        readlinkSync(join(checkout.tfjs, 'deps', path)),
      ]),
    );
    expect(links).toEqual({
      include: join(library, 'include'),
      'lib/libtensorflow.so': join(library, 'libtensorflow_cc.so.2'),
      'lib/libtensorflow_framework.so': join(library, 'libtensorflow_framework.so.2'),
    });
  });

  test('shows how far the download and the unpacking are', async () => {
    const { stdout } = await checkout.setUp({ env: { FAKE_PIP: '{"delayMs":500}' } });
    expect(stdout).toMatch(/TensorFlow: downloading {2}9\d % of/);
    expect(stdout).toMatch(/TensorFlow: unpacking {2}100 % of/);
  });

  test('keeps its cache where FACET_CACHE, XDG_CACHE_HOME or the home folder say', async () => {
    const xdg = join(world.folder, 'xdg');
    await checkout.setUp({ env: { FACET_CACHE: '', XDG_CACHE_HOME: xdg } });
    expect(checkout.manifest()?.cacheFolder).toBe(join(xdg, 'facet/tensorflow/2.21.0-cpu'));
    const neighbour = createCheckout(world, 'neighbour');
    await neighbour.setUp({ env: { FACET_CACHE: '' } });
    expect(neighbour.manifest()?.cacheFolder).toBe(join(world.folder, '.cache/facet/tensorflow/2.21.0-cpu'));
  });

  test('installs again what was deleted or damaged since', async () => {
    await checkout.setUp();
    writeFileSync(join(checkout.tfjs, 'lib/napi-v8/tfjs_binding.node'), '{}');
    await checkout.setUp();
    expect(checkout.log()).toHaveLength(2); // from the cache
    expect(readFileSync(join(checkout.tfjs, 'lib/napi-v8/tfjs_binding.node'), 'utf8')).not.toBe('{}');
    writeFileSync(join(world.cache, 'tensorflow/2.21.0-cpu/tensorflow/libtensorflow_cc.so.2'), 'torn');
    expect((await checkout.setUp()).exitCode).toBe(0);
    expect(checkout.log().slice(2)).toEqual(['download tensorflow-cpu==2.21.0']);
    rmSync(world.cache, { recursive: true });
    expect(readInstallation(checkout.tfjs).fault).toContain('are gone');
    expect((await checkout.setUp()).exitCode).toBe(0);
    expect(readInstallation(checkout.tfjs).installation?.kind).toBe('cpu');
  });

  test('compiles anew where the addon in the cache does not load here', async () => {
    await checkout.setUp();
    const addons = join(world.cache, 'tensorflow/addons');
    writeFileSync(join(addons, readdirSync(addons)[0]!), 'made elsewhere');
    const neighbour = createCheckout(world, 'neighbour');
    expect((await neighbour.setUp()).exitCode).toBe(0);
    expect(neighbour.log()).toEqual(['compile']);
    expect(neighbour.manifest()?.kind).toBe('cpu');
  });
});
