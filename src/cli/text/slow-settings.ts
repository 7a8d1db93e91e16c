// Settings that are slow on this processor, with how much longer a step takes. The factors are measured: bench/README.md.

import { join } from 'node:path';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { plural } from '../../experiment/units.ts';
import type { BackendChoice } from '../../machine/backend.ts';
import { ONE_DNN_VARIABLE, readOneDnn } from '../../machine/one-dnn.ts';
import { describeProcessor, type Processor } from '../../machine/processor.ts';
import { readRun } from '../../results/read.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';

/** bfloat16 without instructions for it, computed in float32, against float32: with AVX2, and with AVX-512. */
export const BFLOAT16_FACTOR = '1.1 to 1.2';
/** Without oneDNN against with it, on processors with AVX2 alone. */
const ONE_DNN_FACTOR = 1.8;

interface Settings {
  backend: BackendChoice;
  processor: Pick<Processor, 'class' | 'hasBfloat16'>;
  /** TF_ENABLE_ONEDNN_OPTS of this process. */
  oneDnnVariable: string | undefined;
  /** Of the runs that are to be trained. */
  precisions: Iterable<RunConfig['training']['precision']>;
  /** Runs that go on without oneDNN, as they began. */
  runsWithoutOneDnn?: number;
}

/** Of the runs of a plan, on this machine. */
export function describeSlowPlan(plan: readonly PlannedRun[], experimentFolder: string, backend: BackendChoice): string[] {
  const processor = describeProcessor();
  const todo = plan.filter(({ action }) => action !== 'skip');
  const isOwn = todo.some(({ point }) => point.config.trainer === undefined) && !process.env.FACET_TRAINER;
  if (isOwn && backend.name === 'wasm' && backend.reason.startsWith('Native TensorFlow')) {
    return [`${backend.reason.replace(/\.$/, '')}: it is several times as fast as WebAssembly, which trains now.`];
  }
  const isWithoutOneDnn = ({ id, action }: PlannedRun) =>
    action === 'resume' && readRun(join(experimentFolder, id)).record?.provenance.oneDnn !== true;
  return describeSlowSettings({
    backend,
    processor,
    oneDnnVariable: process.env[ONE_DNN_VARIABLE],
    precisions: todo.map(({ point }) => point.config.training.precision),
    runsWithoutOneDnn: processor.class === 'avx2' ? todo.filter(isWithoutOneDnn).length : 0,
  });
}

/** A whole sentence each. None on a GPU. */
export function describeSlowSettings(settings: Settings): string[] {
  const { backend, processor, oneDnnVariable, precisions, runsWithoutOneDnn = 0 } = settings;
  if (!isTensorflowOnCpu(backend)) return [];
  const slow: string[] = [];
  if (!processor.hasBfloat16 && new Set(precisions).has('bfloat16')) {
    slow.push(
      `training.precision: bfloat16 is slow here: the processor has no instructions for it, and a step takes about ${BFLOAT16_FACTOR} times as long as in float32.`,
    );
  }
  if (readOneDnn(oneDnnVariable) === false && processor.class === 'avx2') {
    slow.push(
      `${ONE_DNN_VARIABLE}=${oneDnnVariable} is slow here: a step takes about ${ONE_DNN_FACTOR} times as long without oneDNN. Unset it.`,
    );
  }
  if (runsWithoutOneDnn > 0 && processor.class === 'avx2') {
    const goes = runsWithoutOneDnn === 1 ? 'goes' : 'go';
    slow.push(
      `${plural(runsWithoutOneDnn, 'run')} ${goes} on without oneDNN, as begun: a step takes about ${ONE_DNN_FACTOR} times as long here.`,
    );
  }
  return slow;
}

function isTensorflowOnCpu({ name, version }: BackendChoice): boolean {
  return name === 'tensorflow' && !version.includes('(CUDA)');
}
