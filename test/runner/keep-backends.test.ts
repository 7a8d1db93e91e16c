import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeBackends } from '../../src/cli/text/describe-begun.ts';
import type { BackendChoice, BackendKind } from '../../src/machine/backend.ts';
import { readInstallation } from '../../src/machine/installation.ts';
import { readBackendKind, recordEngine } from '../../src/results/engine-file.ts';
import { readRun } from '../../src/results/read.ts';
import type { Provenance } from '../../src/results/records.ts';
import { writeRunRecord } from '../../src/results/write-run.ts';
import { keepBackends } from '../../src/runner/plan/keep-backends.ts';
import type { PlannedRun } from '../../src/runner/plan/plan.ts';
import type { Slot } from '../../src/runner/plan/slots.ts';
import { createPoints } from '../helpers/sweep.ts';

const TENSORFLOW: BackendChoice = { name: 'tensorflow', version: 'TensorFlow 2.21.0 (CPU)', reason: 'Native TensorFlow is set up.' };
const CUDA: BackendChoice = { ...TENSORFLOW, version: 'TensorFlow 2.21.0 (CUDA)' };
const WASM: BackendChoice = { name: 'wasm', version: 'WebAssembly (tfjs 4.22.0)', reason: 'FACET_BACKEND asks for it.' };
const onCpu: Slot = { index: 0, gpus: null, threads: 1 };

let resultsRoot: string;
beforeEach(() => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-backends-'));
});
afterEach(() => rmSync(resultsRoot, { recursive: true }));

/** An interrupted run with what its trainer and its runner have recorded. */
function begun({
  kind,
  backend = TENSORFLOW,
  isOld = false,
}: {
  kind?: BackendKind;
  backend?: BackendChoice;
  isOld?: boolean;
}): PlannedRun {
  const [point] = createPoints(1);
  const folder = join(resultsRoot, 'sweep', point!.id);
  mkdirSync(folder, { recursive: true });
  const provenance = { threads: 1, backend, ...(isOld ? {} : { oneDnn: true }) } as Provenance;
  const { id, point: what, dataIdentity } = point!;
  writeRunRecord(folder, { format: 1, id, experiment: 'sweep', axes: what.axes, config: what.config, dataIdentity, provenance });
  if (kind) {
    const engine = { version: 'some', precision: 'float32', threads: 1, oneDnn: null, forms: null } as const;
    recordEngine(folder, { fromStep: 1, kind, ...engine });
  }
  return { ...point!, state: 'interrupted', action: 'resume', reason: 'was interrupted' };
}

const keep = async (run: PlannedRun, backend: BackendChoice, more: { mayChange?: boolean; slots?: Slot[]; asked?: string } = {}) => {
  const { mayChange = false, slots = [onCpu], asked } = more;
  const environment = { PATH: process.env.PATH, ...(asked && { FACET_BACKEND: asked }) };
  return (await keepBackends([run], { resultsRoot, experiment: 'sweep', backend, slots, mayChange, environment }))[0]!;
};

describe('a run that goes on', () => {
  it('is left as planned where its kind of backend is that of new runs', async () => {
    const run = begun({ kind: 'tensorflow cpu' });
    expect(await keep(run, TENSORFLOW)).toBe(run);
  });

  it('is left alone where its kind is gone, in one line that says what it has, what is here, and how to go on', async () => {
    const left = await keep(begun({ kind: 'tensorflow cuda' }), TENSORFLOW);
    expect(left).toMatchObject({ action: 'skip', needs: 'tensorflow cuda' });
    expect(left.reason).toContain('TensorFlow with CUDA');
    const lines = describeBackends([left], TENSORFLOW);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^1 run does not go on: .*TensorFlow with CUDA.*only TensorFlow 2\.21\.0 \(CPU\) is here\..*--change-backend\.$/,
    );
  });

  it('is left alone where it was trained on a GPU and new runs get none', async () => {
    const run = begun({ kind: 'tensorflow cuda', backend: CUDA });
    expect(await keep(run, CUDA, { slots: [{ ...onCpu, gpus: [] }] })).toMatchObject({ action: 'skip', needs: 'tensorflow cuda' });
  });

  it('goes on where it may change', async () => {
    const run = begun({ kind: 'tensorflow cuda' });
    expect(await keep(run, TENSORFLOW, { mayChange: true })).toBe(run);
  });

  it('gets its own backend where that is here, even where it may change', async () => {
    const run = begun({ kind: 'wasm', backend: WASM });
    for (const mayChange of [false, true]) {
      expect(await keep(run, TENSORFLOW, { mayChange })).toMatchObject({ action: 'resume', backend: { name: 'wasm' } });
    }
  });

  it('computes on the processor where it did so and there are GPUs now', async () => {
    expect(readInstallation().installation).not.toBeNull(); // a CPU or a CUDA library will do
    const run = begun({ kind: 'tensorflow cpu' });
    expect(await keep(run, CUDA, { slots: [{ ...onCpu, gpus: ['GPU-1'] }] })).toMatchObject({ backend: { name: 'tensorflow' } });
    expect(await keep(run, CUDA, { slots: [{ ...onCpu, gpus: [] }] })).toBe(run); // gpusPerRun: 0
  });

  it('is known by the record of its runner where a former version began it, and not judged where a trainer of somebody else did', async () => {
    expect(await keep(begun({ isOld: true }), WASM, { asked: 'wasm' })).toMatchObject({ action: 'skip', needs: 'tensorflow cpu' });
    const { id } = begun({ isOld: true });
    const folder = join(resultsRoot, 'sweep', id);
    const record = readRun(folder).record!;
    // An attempt of this version that ended before its first step.
    writeRunRecord(folder, { ...record, resumptions: [{ ...record.provenance, backend: WASM, oneDnn: null }] });
    expect(readBackendKind(folder, readRun(folder).record!)).toBe('tensorflow cpu');
    const foreign = begun({});
    expect(await keep(foreign, WASM, { asked: 'wasm' })).toBe(foreign);
  });
});
