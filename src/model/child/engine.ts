// On what this run computes: what it began with, where it goes on.

import { chooseBackend } from '../../machine/backend.ts';
import { ONE_DNN_VARIABLE, readOneDnn } from '../../machine/one-dnn.ts';
import { describeProcessor } from '../../machine/processor.ts';
import { isOfFormerVersion, readEngines, recordEngine } from '../../results/engine-file.ts';
import type { RunRecord } from '../../results/records.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { loadEngine } from '../kernels/load.ts';
import { chooseForms, type FormsName, isFormsName } from '../kernels/tensorflow/forms.ts';

export interface RunEngine {
  kernels: Kernels;
  /** Writes down what this process computes with, from the step on. */
  record(fromStep: number): void;
}

/** Threads and oneDNN are the runner's to keep: it sets them in the environment. */
export async function startEngine(folder: string, record: RunRecord): Promise<RunEngine> {
  const { precision } = record.config.training;
  const { kernels, kind, version, forms } = await loadEngine(await chooseBackend(), precision, keepForms(folder, record));
  const threads = Number(process.env.FACET_THREADS) || null;
  const oneDnn = kind.startsWith('tensorflow') ? readOneDnn(process.env[ONE_DNN_VARIABLE]) : null;
  return {
    kernels,
    record: (fromStep) => recordEngine(folder, { fromStep, kind, version, precision, threads, oneDnn, forms }),
  };
}

/** Those of the run so far, unless a GPU chose them; former versions had one table, which is AVX-512's now. */
function keepForms(folder: string, record: RunRecord): FormsName {
  const recorded = readEngines(folder).at(-1)?.forms;
  if (recorded && recorded !== 'own' && isFormsName(recorded)) return recorded;
  return isOfFormerVersion(record) ? 'avx512' : chooseForms(describeProcessor());
}
