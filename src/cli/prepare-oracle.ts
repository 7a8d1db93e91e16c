// Makes the oracle of a data set ready before the runs that it judges: in a process of its own, with all cores.

import { execa } from 'execa';
import { UserError } from '../experiment/user-error.ts';
import { defaultCacheRoot } from '../machine/cache-root.ts';
import { libraryEnvironment } from '../machine/installation.ts';
import { describeProcessor } from '../machine/processor.ts';
import { openEvaluationData } from '../model/evaluation/held-out.ts';
import { hasOracle, type MakeOracle, type OracleMessage } from '../model/evaluation/oracle/oracle.ts';
import { createChildEnvironment } from '../runner/executors/local/child-environment.ts';
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
 * Packs the pictures that it learns from and is judged by, and trains it where it is not in the cache; shows how far that is. Rejects with a
 * UserError where it cannot be made, and with the signal's reason once it is aborted.
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
  const [file, ...args] = [...(await findParentDeathPrefix()), process.execPath, maker, JSON.stringify(order)];
  const threads = describeProcessor().cores;
  const oneDnn = chooseOneDnn(process.env, null);
  const maxCpuIsa = chooseMaxCpuIsa(process.env, null);
  const progress = createPreparationProgress(`Training the oracle of ${what}`);
  try {
    const child = execa(file!, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
      env: { ...libraryEnvironment(), ...createChildEnvironment({ index: 0, gpus: null, threads, oneDnn, maxCpuIsa }, process.env) },
      cancelSignal: signal, // asks by SIGTERM, and kills where that does not help
      reject: false,
    });
    child.on('message', (message) => {
      const told = message as OracleMessage;
      if (told.type === 'progress') progress.onProgress(told.done, told.total);
      else progress.note(told.text);
    });
    const { exitCode, signal: killedBy, stderr } = await child;
    signal.throwIfAborted();
    if (exitCode === 0) return;
    const why = lastLineOf(stderr) ?? `its process ended with ${killedBy ?? `code ${exitCode}`}`;
    throw new UserError(`The oracle of ${what} could not be trained: ${why} To go on without it, set evaluation.oracle: false.`);
  } finally {
    progress.close();
  }
}

function lastLineOf(text: string): string | undefined {
  const line = text.trimEnd().split('\n').at(-1);
  return line && (/[.!?]$/.test(line) ? line : `${line}.`);
}
