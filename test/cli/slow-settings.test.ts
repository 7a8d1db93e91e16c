// Settings that are slow on a processor, as the commands say them. ONEDNN_MAX_CPU_ISA makes one of less than this machine's.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeSlowSettings } from '../../src/cli/text/slow-settings.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

const backend = { name: 'tensorflow', version: 'TensorFlow 2.21.0 (CPU)', reason: '' } as const;
const avx2 = { class: 'avx2', hasBfloat16: false } as const;
const nothing = { backend, processor: avx2, oneDnnVariable: undefined, precisions: ['float32'] as const };

describe('settings that are slow', () => {
  it('are bfloat16 without instructions for it, and oneDNN switched off with AVX2 alone', () => {
    expect(describeSlowSettings(nothing)).toEqual([]);
    expect(describeSlowSettings({ ...nothing, precisions: ['float32', 'bfloat16'] })).toEqual([
      expect.stringMatching(/^training\.precision: bfloat16 is slow here: .* 1\.1 to 1\.2 times as long/),
    ]);
    expect(describeSlowSettings({ ...nothing, oneDnnVariable: '0' })).toEqual([
      expect.stringMatching(/^TF_ENABLE_ONEDNN_OPTS=0 is slow here: .* 1\.8 times as long/),
    ]);
    expect(describeSlowSettings({ ...nothing, oneDnnVariable: 'false' })).toEqual([
      expect.stringMatching(/^TF_ENABLE_ONEDNN_OPTS=false is slow here/),
    ]);
    expect(describeSlowSettings({ ...nothing, runsWithoutOneDnn: 2 })).toEqual([
      expect.stringMatching(/^2 runs go on without oneDNN, as begun: .* 1\.8 times as long/),
    ]);
  });

  it('are none on processors that have what is needed, nor on a GPU', () => {
    const all = { ...nothing, oneDnnVariable: '0', precisions: ['bfloat16'] as const, runsWithoutOneDnn: 1 };
    expect(describeSlowSettings({ ...all, processor: { class: 'avx512', hasBfloat16: true } })).toEqual([]);
    expect(describeSlowSettings({ ...all, backend: { ...backend, version: 'TensorFlow 2.21.0 (CUDA)' } })).toEqual([]);
  });
});

describe('facet plan, run and doctor', () => {
  let workplace: Workplace;
  beforeEach(() => {
    workplace = createWorkplace();
    workplace.env = { FACET_BACKEND: 'tensorflow', ONEDNN_MAX_CPU_ISA: 'AVX2', TF_ENABLE_ONEDNN_OPTS: '0' };
  });
  afterEach(() => workplace.remove());

  it('say them', async () => {
    workplace.writeSweep(1);
    const bfloat16 = ['--set', 'training.precision=bfloat16'];
    for (const command of ['plan', 'run']) {
      const { stdout } = await workplace.facet(command, 'sweep.yaml', ...bfloat16);
      expect(stdout).toContain('training.precision: bfloat16 is slow here');
      expect(stdout).toContain('TF_ENABLE_ONEDNN_OPTS=0 is slow here');
    }
    const doctor = await workplace.facet('doctor');
    expect(doctor.stdout).toContain('TF_ENABLE_ONEDNN_OPTS=0 is slow here');
    expect(doctor.stdout).toMatch(/bfloat16 +computed in float32, in about 1\.1 to 1\.2 times its time/);
  });
});
