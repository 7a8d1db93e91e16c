import { describe, expect, it } from 'vitest';
import type { Provenance } from '../../src/results/records.ts';
import { createChildEnvironment } from '../../src/runner/executors/local/child-environment.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from '../../src/runner/plan/one-dnn.ts';

const began = (oneDnn?: boolean | null) => ({ provenance: { threads: 1, ...(oneDnn !== undefined && { oneDnn }) } as Provenance });
const variableOf = (oneDnn: boolean | null) => createChildEnvironment({ index: 0, gpus: null, threads: 1, oneDnn }).TF_ENABLE_ONEDNN_OPTS;

it.each([
  [undefined, true, '1'],
  ['1', true, '1'],
  ['0', false, '0'],
  ['true', true, '1'],
  ['False', false, '0'],
  ['yes', true, '1'], // TensorFlow cannot read it, and would decide by itself
  ['', true, '1'],
])('a new run where TF_ENABLE_ONEDNN_OPTS is %s has oneDNN: %s', (asked, expected, variable) => {
  const oneDnn = chooseOneDnn({ TF_ENABLE_ONEDNN_OPTS: asked }, null);
  expect(oneDnn).toBe(expected);
  expect(variableOf(oneDnn)).toBe(variable);
});

it.each([true, false])('a run that began with oneDNN %s goes on so, whatever the environment says', (oneDnn) => {
  expect(chooseOneDnn({}, began(oneDnn))).toBe(oneDnn);
  expect(chooseOneDnn({ TF_ENABLE_ONEDNN_OPTS: oneDnn ? '0' : '1' }, began(oneDnn))).toBe(oneDnn);
});

it('a run of a former version goes on as TensorFlow decides: the variable is left alone', () => {
  expect(chooseOneDnn({}, began())).toBeNull();
  expect(variableOf(chooseOneDnn({}, began()))).toBeUndefined();
});

describe('the limit of instructions', () => {
  const limited = (maxCpuIsa?: string | null) => ({ provenance: { threads: 1, ...(maxCpuIsa !== undefined && { maxCpuIsa }) } });
  const variablesOf = (maxCpuIsa: string | null | undefined) => {
    const { ONEDNN_MAX_CPU_ISA, DNNL_MAX_CPU_ISA } = createChildEnvironment({ index: 0, gpus: null, threads: 1, maxCpuIsa });
    return [ONEDNN_MAX_CPU_ISA, DNNL_MAX_CPU_ISA];
  };

  it('of a new run is what the environment says', () => {
    expect(chooseMaxCpuIsa({ ONEDNN_MAX_CPU_ISA: 'AVX2' }, null)).toBe('AVX2');
    expect(chooseMaxCpuIsa({ ONEDNN_MAX_CPU_ISA: '', DNNL_MAX_CPU_ISA: 'avx512_core' }, null)).toBe('avx512_core');
    expect(chooseMaxCpuIsa({ ONEDNN_MAX_CPU_ISA: '' }, null)).toBeNull();
    expect(chooseMaxCpuIsa({}, null)).toBeNull();
  });

  it('of a run that goes on is that with which it began, also where that was none', () => {
    expect(chooseMaxCpuIsa({ ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' }, limited('AVX2'))).toBe('AVX2');
    expect(variablesOf('AVX2')).toEqual(['AVX2', 'AVX2']);
    expect(chooseMaxCpuIsa({ ONEDNN_MAX_CPU_ISA: 'AVX2' }, limited(null))).toBeNull();
    expect(variablesOf(null)).toEqual(['', '']);
  });

  it('of a run of a former version is left to the environment', () => {
    expect(chooseMaxCpuIsa({ ONEDNN_MAX_CPU_ISA: 'AVX2' }, limited())).toBeUndefined();
    expect(variablesOf(undefined)).toEqual([undefined, undefined]);
  });
});
