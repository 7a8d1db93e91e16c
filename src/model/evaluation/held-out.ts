// The pictures with which runs are judged: those that the oracle learns from, and those that are held out, of all attributes of the data
// set. Packed into the cache like any other data.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { HeldOutKind } from '../../results/records.ts';
import type { BatchData } from '../data/batches.ts';

export interface EvaluationData {
  oracleTraining: BatchData;
  heldOut: BatchData;
  kind: HeldOutKind;
  /** Names both sets of pictures: equal for all runs that are judged by the same pictures. */
  identity: string;
  /** Afterwards no picture can be read any more. */
  close(): void;
}

export interface EvaluationDataOptions {
  cacheRoot: string;
  /** Pictures packed of all. */
  onProgress?: (done: number, total: number) => void;
  /** One line for a person. */
  onNotice?: (notice: string) => void;
  /** Stops the packing; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Packs what is not in the cache yet. Throws a DataError where the pictures or labels will not do. */
export async function openEvaluationData(_dataset: RunConfig['dataset'], _options: EvaluationDataOptions): Promise<EvaluationData> {
  throw new Error('not written yet');
}
