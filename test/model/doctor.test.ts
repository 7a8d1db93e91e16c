import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findProgram, measureFolder, readCoreQuota, readFeatures, readFreeBytes } from '../../src/machine/machine.ts';
import { adviseOn } from '../../src/model/advice.ts';
import { type Diagnosis, diagnose, formatDiagnosis, isNodeSupported } from '../../src/model/doctor.ts';

const healthy: Omit<Diagnosis, 'advice'> = {
  node: { version: '22.12.0', supported: true },
  backend: { name: 'tensorflow', version: 'TensorFlow 2.21.0 (CPU)', reason: 'Native TensorFlow is set up.' },
  tensorflow: { version: '2.21.0', kind: 'cpu', gpu: false, note: null },
  gpus: [],
  processor: { model: 'Model', cores: 8, features: ['avx2'] },
  memory: { totalBytes: 16e9, freeBytes: 8e9 },
  results: { folder: '/results', freeBytes: 100e9 },
  cache: { folder: '/cache', freeBytes: 100e9, usedBytes: 1e9 },
  programs: { compiler: '/usr/bin/g++', pip: 'pip 23.2.1' },
};
const card = { name: 'NVIDIA H200', memoryBytes: 150e9, driver: '570.86.15' };
const wasm = { backend: { name: 'wasm', version: 'WebAssembly', reason: '' } as const, tensorflow: { error: 'not set up' } };

describe('the advice', () => {
  test('is empty where nothing is left to do', () => {
    expect(adviseOn(healthy)).toEqual([]);
    expect(formatDiagnosis({ ...healthy, advice: [] })).toContain('Nothing to improve.');
  });

  test.each<[string, Partial<Diagnosis>, string]>([
    ['to set up TensorFlow', wasm, 'Run `npm run setup`'],
    ['to install what the set-up lacks', { ...wasm, programs: { compiler: null, pip: null } }, '`apt-get install python3-pip g++`'],
    ['to unset a variable that forces the slow backend', { backend: wasm.backend }, 'Unset FACET_BACKEND'],
    ['to use an idle GPU', { gpus: [card] }, 'npm run setup -- --cuda'],
    [
      'to update a driver',
      { gpus: [card], tensorflow: { version: '2.21.0', kind: 'cuda', gpu: false, note: null } },
      'Update the NVIDIA driver',
    ],
    ['to use AMX', { processor: { model: '', cores: 2, features: ['amx_bf16'] } }, 'precision: bfloat16'],
    ['to keep models small in little memory', { memory: { totalBytes: 2e9, freeBytes: 1e9 } }, 'model.width'],
    ['to free space for results', { results: { folder: '/results', freeBytes: 1e9 } }, 'Free some space where /results is'],
    ['to move the cache', { cache: { folder: '/cache', freeBytes: 1e9, usedBytes: 0 } }, 'FACET_CACHE'],
    ['to update Node', { node: { version: '18.0.0', supported: false } }, 'Node 20.19'],
    ['what is wrong with FACET_BACKEND', { backend: { error: 'FACET_BACKEND: expected …' } }, 'FACET_BACKEND: expected …'],
  ])('says %s', (_, facts, expected) => {
    const advice = adviseOn({ ...healthy, ...facts });
    expect(advice).toHaveLength(1);
    expect(advice[0]).toContain(expected);
  });

  test('says why an idle GPU is idle', () => {
    const note = 'the NVIDIA driver 470.1 is older than 525';
    expect(adviseOn({ ...healthy, gpus: [card], tensorflow: { version: '2.21.0', kind: 'cpu', gpu: false, note } })[0]).toContain(note);
  });

  test('leaves a GPU that is used alone', () => {
    expect(adviseOn({ ...healthy, gpus: [card], tensorflow: { version: '2.21.0', kind: 'cuda', gpu: true, note: null } })).toEqual([]);
  });
});

describe('the diagnosis', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-doctor-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test('lists what nvidia-smi tells, and this machine as it is', async () => {
    const program = join(folder, 'nvidia-smi');
    writeFileSync(program, "#!/bin/sh\necho '143771, 570.86.15, NVIDIA H200'\necho '81920, 570.86.15, NVIDIA A100, 80GB'\n");
    chmodSync(program, 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
    vi.stubEnv('FACET_CACHE', folder);
    const diagnosis = await diagnose(join(folder, 'not', 'there', 'yet'));
    expect(diagnosis.gpus).toEqual([
      { name: 'NVIDIA H200', memoryBytes: 143771 * 1024 * 1024, driver: '570.86.15' },
      { name: 'NVIDIA A100, 80GB', memoryBytes: 81920 * 1024 * 1024, driver: '570.86.15' },
    ]);
    expect(diagnosis.node).toEqual({ version: process.versions.node, supported: true });
    expect(diagnosis.processor.cores).toBeGreaterThan(0);
    expect(diagnosis.memory.totalBytes).toBeGreaterThan(diagnosis.memory.freeBytes);
    expect(diagnosis.results.freeBytes).toBeGreaterThan(0);
    expect(diagnosis.cache.usedBytes).toBeGreaterThan(50);
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
    const text = formatDiagnosis(diagnosis);
    expect(text).toMatch(/^Node {10}\d+\.\d+/);
    expect(text).toContain('NVIDIA H200, 150.8 GB, driver 570.86.15');
  });

  test('says what FACET_BACKEND asks for in vain instead of failing', async () => {
    vi.stubEnv('FACET_BACKEND', 'gpu');
    const diagnosis = await diagnose(folder);
    expect(diagnosis.backend).toEqual({ error: expect.stringContaining('got "gpu"') });
    expect(formatDiagnosis(diagnosis)).toContain('Backend       none: FACET_BACKEND');
  });
});

describe('facts about the machine', () => {
  test('counts the cores that a control group leaves', () => {
    expect(readCoreQuota('max 100000')).toBe(Number.POSITIVE_INFINITY);
    expect(readCoreQuota('-1 100000')).toBe(Number.POSITIVE_INFINITY);
    expect(readCoreQuota('')).toBe(Number.POSITIVE_INFINITY);
    expect(readCoreQuota('200000 100000')).toBe(2);
    expect(readCoreQuota('150000 100000\n')).toBe(2);
  });

  test('finds the instruction sets that matter, as whole words', () => {
    expect(readFeatures('processor\t: 0\nflags\t\t: fpu avx avx2 avx512f_not amx_bf16\n\nflags\t: none')).toEqual(['avx2', 'amx_bf16']);
    expect(readFeatures('')).toEqual([]);
  });

  test.each([
    ['20.18.3', false],
    ['20.19.0', true],
    ['22.0.0', true],
    ['24.1.0', true],
    ['18.20.0', false],
  ])('knows whether Node %s is supported: %s', (version, supported) => expect(isNodeSupported(version)).toBe(supported));

  test('measures folders, also those that do not exist yet', () => {
    const folder = mkdtempSync(join(tmpdir(), 'facet-measure-'));
    writeFileSync(join(folder, 'file'), 'twelve bytes');
    expect(measureFolder(folder)).toBe(12);
    rmSync(folder, { recursive: true });
    expect(measureFolder(folder)).toBe(0);
    expect(readFreeBytes(join(folder, 'deeper'))).toBeGreaterThan(0);
  });

  test('takes a program only where it can be executed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'facet-program-'));
    writeFileSync(join(folder, 'tool'), '');
    expect(findProgram(['tool'], folder)).toBeNull();
    chmodSync(join(folder, 'tool'), 0o755);
    expect(findProgram(['other', 'tool'], `/nowhere:${folder}`)).toBe(join(folder, 'tool'));
    rmSync(folder, { recursive: true });
  });
});
