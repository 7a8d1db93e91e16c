import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isNodeSupported } from '../../src/machine/diagnosis.ts';
import { measureFolder, readFreeBytes } from '../../src/machine/disk.ts';
import { classifyProcessor, readFeatures } from '../../src/machine/processor.ts';
import { findProgram } from '../../src/machine/programs.ts';

describe('facts about the machine', () => {
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

  test.each([
    ['none of these', [], {}, 'other', false],
    ['avx2 alone', ['avx2'], {}, 'avx2', false],
    ['AVX-512', ['avx2', 'avx512f'], {}, 'avx512', false],
    ['AVX-512 with bfloat16', ['avx2', 'avx512f', 'avx512_bf16'], {}, 'avx512', true],
    ['AMX', ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16'], {}, 'amx', true],
    ['arm64', ['asimd', 'bf16'], {}, 'other', true],
    ['a limit', ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16'], { ONEDNN_MAX_CPU_ISA: 'AVX2' }, 'avx2', false],
    ['the older name of the limit', ['avx2', 'avx512f'], { DNNL_MAX_CPU_ISA: 'avx2' }, 'avx2', false],
    ['a limit without AMX', ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16'], { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16' }, 'avx512', true],
    ['a limit without bfloat16', ['avx2', 'avx512f', 'avx512_bf16'], { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' }, 'avx512', false],
    ['a limit above the processor', ['avx2'], { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' }, 'avx2', false],
    ['a limit that oneDNN does not know', ['avx2', 'avx512f'], { ONEDNN_MAX_CPU_ISA: 'FAST' }, 'avx512', false],
  ] as const)('classifies a processor with %s', (_, features, environment, processorClass, hasBfloat16) => {
    expect(classifyProcessor(features, environment)).toEqual({ class: processorClass, hasBfloat16 });
  });
});
