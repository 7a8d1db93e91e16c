import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatDiagnosis } from '../../src/cli/commands/doctor.ts';
import { adviseOn } from '../../src/cli/text/advice.ts';
import { type Diagnosis, diagnose } from '../../src/machine/diagnosis.ts';
import { createNvidiaSmi } from '../helpers/nvidia-smi.ts';

const healthy: Diagnosis = {
  node: { version: '22.12.0', supported: true },
  backend: { name: 'tensorflow', version: 'TensorFlow 2.21.0 (CPU)', reason: 'Native TensorFlow is set up.' },
  tensorflow: { version: '2.21.0', kind: 'cpu', gpu: false, note: null },
  gpus: [],
  processor: { model: 'Model', cores: 8, features: ['avx2'], class: 'avx2', hasBfloat16: false },
  oneDnnVariable: null,
  memory: { totalBytes: 16e9, freeBytes: 8e9 },
  results: { folder: '/results', freeBytes: 100e9, usedBytes: 1e9 },
  cache: { folder: '/cache', freeBytes: 100e9, usedBytes: 1e9, isWritable: true },
  programs: { compiler: '/usr/bin/g++', pip: 'pip 23.2.1' },
};
const card = { name: 'NVIDIA H200', memoryBytes: 150e9, driver: '570.86.15' };
const wasm = { backend: { name: 'wasm', version: 'WebAssembly', reason: '' } as const, tensorflow: { error: 'not set up' } };
const onWebgpu = { backend: { name: 'webgpu', version: 'WebGPU on a card', reason: '' } as const };
const onCuda = { version: '2.21.0', kind: 'cuda', gpu: true, note: null } as const;

describe('the advice', () => {
  test('is empty where nothing is left to do', () => {
    expect(adviseOn(healthy)).toEqual([]);
    expect(formatDiagnosis(healthy, Number.POSITIVE_INFINITY)).toContain('Nothing to improve.');
  });

  test.each<[string, Partial<Diagnosis>, string]>([
    ['to set up TensorFlow', wasm, 'Run `npm run setup`'],
    ['to install what the set-up lacks', { ...wasm, programs: { compiler: null, pip: null } }, '`apt-get install python3-pip g++`'],
    ['to unset a variable that forces the slow backend', { backend: wasm.backend }, 'Unset FACET_BACKEND'],
    ['to use an idle GPU', { gpus: [card] }, 'npm run setup -- --cuda'],
    ['how else to use an idle GPU', { gpus: [card] }, 'FACET_BACKEND=webgpu uses it without CUDA.'],
    [
      'to try CUDA where a card is used through WebGPU',
      { ...onWebgpu, gpus: [card], tensorflow: wasm.tensorflow },
      'npm run setup -- --cuda',
    ],
    ['to unset a variable that keeps CUDA away', { ...onWebgpu, gpus: [card], tensorflow: onCuda }, 'Unset FACET_BACKEND'],
    [
      'to update a driver',
      { gpus: [card], tensorflow: { version: '2.21.0', kind: 'cuda', gpu: false, note: null } },
      'Update the NVIDIA driver',
    ],
    ['to use AMX', { processor: { model: '', cores: 2, features: ['amx_bf16'], class: 'amx', hasBfloat16: true } }, 'precision: bfloat16'],
    ['to leave oneDNN on', { oneDnnVariable: '0' }, 'a step takes about 1.8 times as long without oneDNN'],
    ['to keep models small in little memory', { memory: { totalBytes: 2e9, freeBytes: 1e9 } }, 'model.width'],
    ['to free space for results', { results: { folder: '/results', freeBytes: 1e9, usedBytes: 0 } }, 'Free some space where /results is'],
    ['to move the cache', { cache: { folder: '/cache', freeBytes: 1e9, usedBytes: 0, isWritable: true } }, 'FACET_CACHE'],
    [
      'for a cache',
      { cache: { folder: '/cache', freeBytes: 1e11, usedBytes: 0, isWritable: false } },
      'Set FACET_CACHE to a folder that can be written to',
    ],
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

  test('does not call native TensorFlow on the processor faster than a GPU through WebGPU', () => {
    expect(adviseOn({ ...healthy, ...onWebgpu })).toEqual([]);
    expect(adviseOn({ ...healthy, ...onWebgpu, tensorflow: wasm.tensorflow })).toEqual([]);
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
    rmSync(folder, { recursive: true });
  });

  test('lists what nvidia-smi tells, and this machine as it is', async () => {
    const programs = createNvidiaSmi([
      { uuid: 'GPU-1', name: 'NVIDIA H200', total: 143_771 },
      { uuid: 'GPU-2', name: 'NVIDIA A100, 80GB', total: 81_920 },
    ]);
    writeFileSync(join(folder, 'packed'), Buffer.alloc(100));
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '1'); // shown all the same
    vi.stubEnv('FACET_CACHE', folder);
    const diagnosis = await diagnose(join(folder, 'not', 'there', 'yet'));
    rmSync(programs, { recursive: true });
    expect(diagnosis.gpus).toEqual([
      { name: 'NVIDIA H200', memoryBytes: 143771 * 1024 * 1024, driver: '570.86.15' },
      { name: 'NVIDIA A100, 80GB', memoryBytes: 81920 * 1024 * 1024, driver: '570.86.15' },
    ]);
    expect(diagnosis.node).toEqual({ version: process.versions.node, supported: true });
    expect(diagnosis.processor.cores).toBeGreaterThan(0);
    expect(diagnosis.memory.totalBytes).toBeGreaterThan(diagnosis.memory.freeBytes);
    expect(diagnosis.results.freeBytes).toBeGreaterThan(0);
    expect(diagnosis.cache.usedBytes).toBe(100);
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
    const text = formatDiagnosis(diagnosis, Number.POSITIVE_INFINITY);
    expect(text).toMatch(/^Node {10}\d+\.\d+/);
    expect(text).toContain('NVIDIA H200, 151 GB, driver 570.86.15');
  });

  test('says what FACET_BACKEND asks for in vain instead of failing', async () => {
    vi.stubEnv('FACET_BACKEND', 'gpu');
    const diagnosis = await diagnose(folder);
    expect(diagnosis.backend).toEqual({ error: expect.stringContaining('got "gpu"') });
    expect(formatDiagnosis(diagnosis, Number.POSITIVE_INFINITY)).toContain('Backend       none: FACET_BACKEND');
  });
});
