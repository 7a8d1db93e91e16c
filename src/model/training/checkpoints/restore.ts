// Goes on from the newest checkpoint that is whole.

import { UserError } from '../../../experiment/user-error.ts';
import { writing } from '../../../results/errors.ts';
import { removeTemporaryFiles } from '../../../results/files/write.ts';
import { checkpointsFolder } from '../../../results/paths.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { type Network, replaceState } from '../../networks/network.ts';
import { describeShape } from '../../networks/shape.ts';
import type { State } from '../../networks/state.ts';
import type { Trainer } from '../trainer.ts';
import { asReadFailure, FORMAT, listCheckpoints, listTensors, type SavedPosition } from './checkpoint.ts';
import { DamagedFile, openSafetensors, type SafetensorsFile } from './safetensors.ts';

/**
 * Loads the newest checkpoint that is whole. Undefined where there is none. A damaged one is reported to `onDamaged` and
 * left where it is, and the one before is tried. Throws a UserError where a checkpoint cannot be read, or where there are checkpoints and
 * all are damaged: nothing may be trained again, or cut, because of that.
 */
export function restoreCheckpoint(trainer: Trainer, folder: string, onDamaged: (message: string) => void): SavedPosition | undefined {
  writing(checkpointsFolder(folder), () => removeTemporaryFiles(checkpointsFolder(folder)));
  return loadNewestCheckpoint(
    folder,
    (file, step) => {
      requireFormat(file, trainer);
      file.verify();
      takeOver(file, trainer);
      return { step, seconds: Number(file.metadata.seconds) };
    },
    onDamaged,
  );
}

/** What `load` makes of the newest checkpoint for which it does not throw a DamagedFile. Otherwise as restoreCheckpoint. */
export function loadNewestCheckpoint<T>(
  folder: string,
  load: (file: SafetensorsFile, step: number) => T,
  onDamaged: (message: string) => void,
): T | undefined {
  const checkpoints = listCheckpoints(folder);
  for (const { path, step } of checkpoints) {
    try {
      const file = openSafetensors(path);
      try {
        return load(file, step);
      } finally {
        file.close();
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw asReadFailure(path, error);
      onDamaged(`Checkpoint ${error.message}${path === checkpoints.at(-1)!.path ? '.' : '; trying the one before.'}`);
    }
  }
  if (checkpoints.length === 0) return undefined;
  throw new UserError(describeDamage(checkpointsFolder(folder), checkpoints.length));
}

function describeDamage(files: string, count: number): string {
  const found = count === 1 ? 'the only checkpoint is damaged' : `all ${count} checkpoints are damaged`;
  return `${files}: ${found}, so the run cannot go on. Nothing was changed. Put a whole checkpoint there, or delete that folder to train the run from its first step.`;
}

/** Before anything is taken over: a checkpoint that does not fit must not leave half of it behind. */
function requireFormat({ path, metadata, shapes }: SafetensorsFile, trainer: Trainer): void {
  if (metadata.format !== FORMAT) throw new DamagedFile(path, `has format ${metadata.format}, expected ${FORMAT}`);
  if (metadata.network !== describeShape(trainer.shape)) throw new DamagedFile(path, 'belongs to a network of another shape');
  for (const [name, { shape }] of listTensors(trainer)) {
    const found = shapes.get(name);
    if (!found) throw new DamagedFile(path, `lacks ${name}`);
    if (found.join() !== shape.join()) throw new DamagedFile(path, `holds ${name} as [${found}], expected [${shape}]`);
  }
}

/** One network after the other: a checkpoint may be larger than what is free. */
function takeOver(file: SafetensorsFile, { k, networks }: Trainer): void {
  for (const network of networks) {
    network.parameters.import(readParameters(file, network));
    replaceState(k, network, readState(file, network, k));
  }
}

function readState(file: SafetensorsFile, { name: network, state }: Network, k: Kernels): State {
  const names = [...state.keys()].map((name) => [name, `${network}.${name}`] as const);
  return new Map(names.map(([name, stored]) => [name, k.tensorFloat32(file.read(stored), file.shapes.get(stored)!)]));
}

/** The values and moments of one network, without the network's name in front. */
function readParameters(file: SafetensorsFile, { name: network }: Network): Map<string, Float32Array> {
  const prefix = `${network}.`;
  const names = [...file.shapes.keys()].filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name.slice(prefix.length), file.read(name)]));
}
