// Measures the last and the best checkpoint of a run that has ended, without training.

import { KIND_WORDS } from '../../machine/backend.ts';
import type { EvaluatedRun, EvaluateOptions, ProgressMessage } from '../../results/child-messages.ts';
import { readBackendKind } from '../../results/engine-file.ts';
import { requireRunRecord } from '../../results/read.ts';
import { forgetMissingMeasure, writeEvaluation } from '../../results/write-run.ts';
import { startEngine } from './engine.ts';
import { countStepsOfEpoch, openRunData } from './run-data.ts';
import { openRunEvaluation } from './run-evaluation.ts';

interface Options extends EvaluateOptions {
  send: (message: ProgressMessage) => void;
  log: (line: string) => void;
}

/** Writes evaluation.json. Throws a UserError. */
export async function evaluateRun(folder: string, { oracle, evaluation, send, log }: Options): Promise<EvaluatedRun> {
  const run = requireRunRecord(folder);
  const wanted = evaluation ?? run.config.evaluation;
  const record = { ...run, config: { ...run.config, evaluation: { ...wanted, oracle: oracle || wanted.oracle } } };
  send({ type: 'phase', phase: 'loading data' });
  const packed = await openRunData(record);
  const stepsPerEpoch = countStepsOfEpoch(folder, record.config, packed);
  send({ type: 'phase', phase: 'loading backend' });
  const engine = await startEngine(folder, record);
  const stop = new AbortController().signal; // this process is ended from outside
  const judges = await openRunEvaluation({ folder, record, packed, stepsPerEpoch, engine, send, log, stop });
  writeEvaluation(folder, await judges.measure({ former: null }));
  forgetMissingMeasure(folder);
  const trained = readBackendKind(folder, record);
  if (trained === null || trained === engine.kind) return {};
  const note = `measured on ${KIND_WORDS[engine.kind]}, not on ${KIND_WORDS[trained]}, which trained it last: values may differ in their last digits`;
  return { note };
}
