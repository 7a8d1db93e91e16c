// Saves checkpoints while training goes on, and removes those that are not kept.

import { rm } from 'node:fs/promises';
import { asWriteFailure } from '../../../results/errors.ts';
import { UnreadableFile, withPlainFile } from '../../../results/files/read.ts';
import { readEvaluations } from '../../../results/lines/evaluations.ts';
import { checkpointFile, evaluationsFile } from '../../../results/paths.ts';
import { describeShape } from '../../networks/shape.ts';
import type { Trainer } from '../trainer.ts';
import { removableCheckpoints } from './best-checkpoint.ts';
import { FORMAT, listCheckpoints, listTensors, type SavedPosition, type StoredTensor } from './checkpoint.ts';
import { beginLargeFile } from './large-file.ts';
import { safetensorsHead } from './safetensors.ts';

/** What a checkpoint will hold. */
export interface Snapshot {
  position: SavedPosition;
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

export interface CheckpointWriter {
  /**
   * Returns once the tensors of this snapshot are read, so that training can go on; the file is written meanwhile. Waits for the snapshot
   * before. Throws what that one failed with.
   */
  save(snapshot: Snapshot): Promise<void>;
  /** Returns once all is on disk. */
  finish(): Promise<void>;
}

/** Where to, how many of the newest stay beside the best, and by which metric that is (`evaluation.bestBy`). */
export interface Keeping {
  folder: string;
  keep: number;
  bestBy?: string | undefined;
}

export function createCheckpointWriter(to: Keeping): CheckpointWriter {
  let writing = Promise.resolve();
  return {
    async save(snapshot) {
      await writing;
      writing = (await beginSnapshot(snapshot, to)).written;
      writing.catch(() => {}); // reported by the next save, or by finish
    },
    finish: () => writing,
  };
}

/** The state of both networks as it is when the snapshot is written: no step may come before that. */
export function takeSnapshot(trainer: Trainer, position: SavedPosition, conditions: readonly string[]): Snapshot {
  const metadata = {
    format: FORMAT,
    step: String(position.step),
    seconds: String(position.seconds),
    network: describeShape(trainer.shape),
    conditions: JSON.stringify(conditions),
  };
  return { position, tensors: listTensors(trainer), metadata };
}

/**
 * Writes `checkpoints/<step>.safetensors` atomically, then removes all but the `keep` newest and the best. Returns once
 * every tensor is read, so that training can go on; `written` says when the file is on disk.
 */
async function beginSnapshot({ position, tensors, metadata }: Snapshot, { folder, ...kept }: Keeping): Promise<{ written: Promise<void> }> {
  const file = beginLargeFile(checkpointFile(folder, position.step), { ...safetensorsHead(tensors, metadata), parts: tensors.size });
  try {
    for (const { read } of tensors.values()) file.append(bytesOf(await read()));
  } catch (error) {
    file.abandon();
    throw error;
  }
  return { written: file.written.then(() => removeOldCheckpoints(folder, { ...kept, step: position.step })) };
}

/** The same, waiting until it is on disk. */
export async function writeSnapshot(snapshot: Snapshot, to: Keeping): Promise<void> {
  const { written } = await beginSnapshot(snapshot, to);
  await written;
}

async function removeOldCheckpoints(folder: string, kept: Omit<Keeping, 'folder'> & { step: number }): Promise<void> {
  if (!isReadable(evaluationsFile(folder))) return; // which one is the best is not known now: the next save removes the others
  const evaluations = readEvaluations(folder).records;
  for (const { path } of removableCheckpoints(listCheckpoints(folder), { evaluations, ...kept })) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw asWriteFailure(path, error);
    });
  }
}

function isReadable(path: string): boolean {
  try {
    withPlainFile(path, () => {});
    return true;
  } catch (error) {
    if (error instanceof UnreadableFile) return false;
    throw error;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
