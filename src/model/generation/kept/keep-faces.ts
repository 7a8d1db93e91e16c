// Makes faces again and again: the run that was asked for last stays open, as long as its files are those that were read.

import { statSync } from 'node:fs';
import { UserError } from '../../../experiment/user-error.ts';
import { isSystemError } from '../../../results/errors.ts';
import type { GeneratedFaces, GenerateOrder } from '../../../results/generation.ts';
import { labelRowsFile, runFile } from '../../../results/paths.ts';
import { DamagedFile } from '../../training/checkpoints/safetensors.ts';
import { findCheckpoint } from '../find-checkpoint.ts';
import { makeFacesOf } from '../make-faces.ts';
import { type OpenRun, openRun } from '../open-run.ts';

export interface FaceKeeper {
  /** `problem`: why there are none, in a line. Rejects with an error that only its stack explains. */
  make(runFolder: string, order: GenerateOrder, signal: AbortSignal): Promise<GeneratedFaces | { problem: string }>;
}

export function createFaceKeeper(): FaceKeeper {
  let kept: { stamp: string; run: OpenRun } | null = null;

  async function open(runFolder: string, step: number): Promise<OpenRun> {
    const stamp = stampOf(runFolder, step);
    if (kept?.stamp === stamp) return kept.run;
    kept?.run.free();
    kept = null;
    const run = await openRun(runFolder, { checkpoint: { step } });
    kept = { stamp, run };
    return run;
  }

  return {
    async make(runFolder, order, signal) {
      try {
        return await makeFacesOf(await open(runFolder, order.step), { runFolder, order }, { signal });
      } catch (error) {
        const isExplained = error instanceof UserError || error instanceof DamagedFile || isSystemError(error);
        if (isExplained) return { problem: error.message.split('\n')[0]! };
        throw error;
      }
    },
  };
}

/** Changes with each file that an open run was read from. Throws a UserError where there is no such checkpoint. */
function stampOf(runFolder: string, step: number): string {
  const { path } = findCheckpoint(runFolder, { step });
  const files = [path, runFile(runFolder), labelRowsFile(runFolder)].map((file) => {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stat ? [stat.dev, stat.ino, stat.size, stat.mtimeNs].join(':') : 'none';
  });
  return [path, ...files].join('\n');
}
