import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/experiment/user-error.ts';
import { checkPrecision, chooseBackend, decideBackend } from '../../src/machine/backend.ts';
import { type InstallationState, readInstallation } from '../../src/machine/installation.ts';

const installed: InstallationState = {
  installation: { tensorflow: '2.21.0', kind: 'cpu', gpu: false, note: null, cacheFolder: '/cache', libraryPath: '' },
  fault: null,
};
const absent: InstallationState = { installation: null, fault: 'native TensorFlow is not set up (run `npm run setup`)' };

describe('choosing a backend', () => {
  test('takes native TensorFlow where it is set up', () => {
    expect(decideBackend(undefined, installed)).toEqual({
      name: 'tensorflow',
      version: 'TensorFlow 2.21.0 (CPU)',
      reason: 'Native TensorFlow is set up.',
    });
  });

  test('takes WebAssembly elsewhere and says what is missing', () => {
    const choice = decideBackend('', absent);
    expect(choice.name).toBe('wasm');
    expect(choice.version).toBe('WebAssembly (tfjs 4.22.0)');
    expect(choice.reason).toBe('Native TensorFlow is not set up (run `npm run setup`).');
  });

  test('takes a GPU over WebAssembly where native TensorFlow is missing, but no processor that plays one', () => {
    const gpu = { name: 'Radeon', isSoftware: false };
    expect(decideBackend(undefined, absent, gpu)).toMatchObject({ name: 'webgpu', version: 'WebGPU on Radeon' });
    expect(decideBackend(undefined, installed, gpu).name).toBe('tensorflow');
    expect(decideBackend('wasm', absent, gpu).name).toBe('wasm');
    const software = { name: 'SwiftShader', isSoftware: true };
    expect(decideBackend(undefined, absent, software).name).toBe('wasm');
    expect(decideBackend('webgpu', absent, software).name).toBe('webgpu');
  });

  test('says in the version whether CUDA has a GPU to compute on', () => {
    const cuda = (gpu: boolean) =>
      decideBackend(undefined, { installation: { ...installed.installation!, kind: 'cuda', gpu }, fault: null });
    expect(cuda(true).version).toBe('TensorFlow 2.21.0 (CUDA)');
    expect(cuda(false).version).toBe('TensorFlow 2.21.0 (CUDA, no GPU found)');
  });

  test('follows FACET_BACKEND', async () => {
    expect(await chooseBackend({ FACET_BACKEND: 'wasm' })).toMatchObject({ name: 'wasm', reason: 'FACET_BACKEND asks for it.' });
    expect(decideBackend('tensorflow', installed)).toMatchObject({ name: 'tensorflow', reason: 'FACET_BACKEND asks for it.' });
  });

  test.each([
    ['cuda', installed, 'FACET_BACKEND: expected tensorflow, wasm or webgpu, got "cuda".'],
    ['tensorflow', absent, 'FACET_BACKEND=tensorflow: native TensorFlow is not set up (run `npm run setup`).'],
    ['webgpu', installed, 'FACET_BACKEND=webgpu: no adapter found.'],
  ])('refuses FACET_BACKEND=%s with a line for the user', (asked, state, message) => {
    expect(() => decideBackend(asked, state)).toThrow(UserError);
    expect(() => decideBackend(asked, state)).toThrow(message);
  });
});

describe('a precision', () => {
  const on = (version: string) => ({ name: 'tensorflow', version, reason: '' }) as const;

  test('tf32 needs CUDA and a card', () => {
    expect(() => checkPrecision(on('TensorFlow 2.21.0 (CUDA)'), 'tf32')).not.toThrow();
    for (const version of ['TensorFlow 2.21.0 (CPU)', 'TensorFlow 2.21.0 (CUDA, no GPU found)']) {
      expect(() => checkPrecision(on(version), 'tf32')).toThrow(
        `training.precision: expected float32 or bfloat16 on ${version}, got tf32, which only NVIDIA's cards compute, with CUDA. Set training.precision: float32.`,
      );
      expect(() => checkPrecision(on(version), 'bfloat16')).not.toThrow();
    }
  });
});

describe('telling what is installed', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-installation-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('says that nothing was set up in a package without a manifest', () => {
    expect(readInstallation(folder).fault).toBe('native TensorFlow is not set up (run `npm run setup`)');
  });

  test('notices that the cache was deleted under an installed package', () => {
    mkdirSync(join(folder, 'deps/lib'), { recursive: true });
    mkdirSync(join(folder, 'lib/napi-v8'), { recursive: true });
    writeFileSync(join(folder, 'lib/napi-v8/tfjs_binding.node'), '');
    writeFileSync(join(folder, 'facet-install.json'), JSON.stringify({ ...installed.installation, cacheFolder: '/gone' }));
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      symlinkSync(join(folder, name), join(folder, 'deps/lib', name));
    expect(readInstallation(folder).fault).toContain('its files in /gone are gone (run `npm run setup`)');
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) writeFileSync(join(folder, name), '');
    expect(readInstallation(folder).installation?.tensorflow).toBe('2.21.0');
  });

  test('says that set-up is missing where the package is', () => {
    expect(readInstallation(null).fault).toContain('not set up (run `npm run setup`)');
  });
});
