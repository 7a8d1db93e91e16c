// Room: model/training/checkpoints. Writes checkpoints behind the training's back, one at a time.

import { beginSnapshot, type Snapshot } from './checkpoint.ts';

export interface CheckpointWriter {
  /** Returns once the snapshot before is on disk and this one is read: training can go on. Throws what the one before failed with. */
  save(snapshot: Snapshot): Promise<void>;
  /** Returns once all is on disk. */
  finish(): Promise<void>;
}

export function createCheckpointWriter(to: { folder: string; keep: number }): CheckpointWriter {
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
