// Makes the oracle of a data set ready before the runs that it judges: in a process of its own, with all cores.

import { UserError } from '../experiment/user-error.ts';
import { defaultCacheRoot } from '../machine/cache-root.ts';
import { describeProcessor } from '../machine/processor.ts';
import { openEvaluationData } from '../model/evaluation/held-out.ts';
import { hasOracle, type MakeOracle, type OracleMessage } from '../model/evaluation/oracle/oracle.ts';
import { runHelper } from '../runner/ask-child.ts';
import { findParentDeathPrefix } from '../runner/executors/local/no-orphans.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from '../runner/plan/one-dnn.ts';
import { createPreparationProgress } from './progress/preparation.ts';

interface Options {
  /** The program that makes it: node <maker> <MakeOracle, as JSON>. */
  maker: string;
  /** The pictures, for a person. */
  what: string;
  signal: AbortSignal;
}

/**
 * Packs the pictures that it learns from and is judged by, and trains it where it is not in the cache; shows how far that is. Rejects with
 * a UserError where it cannot be made, and with the signal's reason once it is aborted.
 */
export async function prepareOracle(order: MakeOracle, { maker, what, signal }: Options): Promise<void> {
  const cacheRoot = defaultCacheRoot();
  const packing = createPreparationProgress(`Packing pictures for the evaluation of ${what}`);
  try {
    const data = await openEvaluationData(order.dataset, { cacheRoot, onProgress: packing.onProgress, onNotice: packing.note, signal });
    const isThere = hasOracle({ data, rotations: order.rotations, cacheRoot });
    data.close();
    if (isThere) return;
  } finally {
    packing.close();
  }
  await trainInChild(order, { maker, what, signal });
}

async function trainInChild(order: MakeOracle, { maker, what, signal }: Options): Promise<void> {
  const prefix = await findParentDeathPrefix();
  const numerics = { oneDnn: chooseOneDnn(process.env, null), maxCpuIsa: chooseMaxCpuIsa(process.env, null) };
  const progress = createPreparationProgress(`Training the oracle of ${what}`);
  try {
    const end = await runHelper({
      words: [maker, JSON.stringify(order)],
      prefix,
      place: { gpus: null, threads: describeProcessor().cores, ...numerics },
      stop: signal,
      onMessage(message) {
        const told = message as OracleMessage;
        if (told.type === 'progress') progress.onProgress(told.done, told.total);
        else progress.note(told.text);
      },
    });
    signal.throwIfAborted();
    if (!('problem' in end)) return;
    const why = /[.!?]$/.test(end.problem) ? end.problem : `${end.problem}.`;
    throw new UserError(`The oracle of ${what} could not be trained: ${why} To go on without it, set evaluation.oracle: false.`);
  } finally {
    progress.close();
  }
}
