// The backend and the forms of convolution with which this run computes. A run that goes on keeps those that it began with.

import { UserError } from '../../experiment/user-error.ts';
import { type BackendKind, chooseBackend, KIND_WORDS } from '../../machine/backend.ts';
import { ONE_DNN_VARIABLE, readMaxCpuIsa, readOneDnn } from '../../machine/one-dnn.ts';
import { describeProcessor } from '../../machine/processor.ts';
import { isOfFormerVersion, readBackendKind, readEngines, recordEngine } from '../../results/engine-file.ts';
import type { RunRecord } from '../../results/records.ts';
import type { Kernels, StoredPictures } from '../kernels/kernels.ts';
import { loadEngine } from '../kernels/load.ts';
import { chooseForms, type FormsName, isFormsName } from '../kernels/tensorflow/forms.ts';

export interface RunEngine {
  kernels: Kernels;
  /** Further kernels on the same backend, in float32, whose parameters and compiled functions are apart from those of `kernels`. */
  float32: () => Kernels;
  kind: BackendKind;
  /**
   * Writes down what this process computes with, from the step on, and where its pictures lie. Throws a UserError where the run was trained on another kind of backend
   * so far and nobody has allowed the change: a GPU may be gone since the runner chose.
   */
  record(fromStep: number, stored: StoredPictures | null): void;
}

/** Loads the kernels for a run. Threads and how oneDNN computes are set by the runner, in the environment. */
export async function startEngine(folder: string, record: RunRecord): Promise<RunEngine> {
  const { precision } = record.config.training;
  const { kernels, float32, kind, version, forms } = await loadEngine(await chooseBackend(), precision, keepForms(folder, record));
  const threads = Number(process.env.FACET_THREADS) || null;
  const oneDnn = kind.startsWith('tensorflow') ? readOneDnn(process.env[ONE_DNN_VARIABLE]) : null;
  const maxCpuIsa = kind.startsWith('tensorflow') ? readMaxCpuIsa(process.env) : null;
  const xla = kind.startsWith('tensorflow') ? process.env.TF_XLA_FLAGS : undefined;
  return {
    kernels,
    float32,
    kind,
    record(fromStep, stored) {
      requireSameKind(folder, record, kind);
      recordEngine(folder, {
        fromStep,
        kind,
        version,
        precision,
        threads,
        oneDnn,
        ...(maxCpuIsa !== null && { maxCpuIsa }),
        forms,
        ...(stored && { pictures: 'on the GPU' }),
        ...(xla && { xla }),
      });
    },
  };
}

function requireSameKind(folder: string, record: RunRecord, kind: BackendKind): void {
  const former = readBackendKind(folder, record);
  if (former === null || former === kind || process.env.FACET_CHANGE_BACKEND === '1') return;
  throw new UserError(
    `The run was trained on ${KIND_WORDS[former]} so far, and this process has ${KIND_WORDS[kind]}. Nothing was changed. Make the former available and start again with --retry-failed, or with --change-backend --retry-failed: results then differ in their last bits.`,
  );
}

/**
 * The run's forms so far, unless it computed on a GPU; else those of this processor. Former versions had one table, which is that of
 * AVX-512 now.
 */
function keepForms(folder: string, record: RunRecord): FormsName {
  const recorded = readEngines(folder).at(-1)?.forms;
  if (recorded && recorded !== 'own' && isFormsName(recorded)) return recorded;
  return isOfFormerVersion(record) ? 'avx512' : chooseForms(describeProcessor());
}
