// Draws the sample grids of a run again, from the checkpoints that it keeps, without training.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { KIND_WORDS } from '../../machine/backend.ts';
import type { RedrawnGrids } from '../../results/child-messages.ts';
import { readBackendKind } from '../../results/engine-file.ts';
import { describeSystemError, isSystemError } from '../../results/errors.ts';
import { checkpointFile } from '../../results/paths.ts';
import { requireRunRecord } from '../../results/read.ts';
import { listConditions } from '../data/batches.ts';
import { setAsideOtherGrids, writeSampleGrid } from '../generation/grid.ts';
import { loadGenerator } from '../generation/load-generator.ts';
import { listCheckpoints } from '../training/checkpoints/checkpoint.ts';
import { DamagedFile } from '../training/checkpoints/safetensors.ts';
import { startEngine } from './engine.ts';
import { chooseColumns, countStepsOfEpoch, openRunData } from './run-data.ts';

/** What a file asks for now: its samples, and the words of its own that their sentences may use. */
export interface GridOptions {
  samples: RunConfig['samples'];
  phrases?: RunConfig['dataset']['phrases'];
}

/**
 * Draws a grid for each checkpoint at the end of an epoch, as `samples` asks. Moves grids of other epochs that ask for something else to
 * samples/former, since grids that are shown side by side must be alike. Passes over and names a checkpoint that is damaged or cannot
 * be read, and says so where another kind of backend draws than trained the run. Throws a UserError.
 */
export async function redrawGrids(folder: string, { samples, phrases }: GridOptions): Promise<RedrawnGrids> {
  const record = requireRunRecord(folder);
  const config = { ...record.config, samples, dataset: { ...record.config.dataset, phrases } };
  const packed = await openRunData(record);
  const columns = chooseColumns(config, packed, listConditions(config));
  const stepsPerEpoch = countStepsOfEpoch(folder, config, packed);
  const redrawn: RedrawnGrids = { epochs: [], setAside: 0, problems: [] };
  const steps = listCheckpoints(folder)
    .map(({ step }) => step)
    .filter((step) => step % stepsPerEpoch === 0)
    .reverse();
  if (steps.length === 0 || columns.length === 0) return redrawn;

  const { kernels: k, kind } = await startEngine(folder, record);
  const trained = readBackendKind(folder, record);
  for (const step of steps) {
    const epoch = step / stepsPerEpoch;
    try {
      const generator = loadGenerator(folder, { k, checkpoint: { step } });
      await writeSampleGrid(generator, { folder, rows: samples.rows, columns, epoch, step });
      generator.free();
      redrawn.epochs.push(epoch);
    } catch (error) {
      redrawn.problems.push(describeUnusable(checkpointFile(folder, step), error));
    }
  }
  if (redrawn.epochs.length === 0) return redrawn;
  redrawn.setAside = setAsideOtherGrids(folder, { rows: samples.rows, columns });
  if (trained !== null && trained !== kind) {
    redrawn.note = `drawn on ${KIND_WORDS[kind]}, not on ${KIND_WORDS[trained]}, which trained it last: pictures may differ in their last bits`;
  }
  return redrawn;
}

/** Any other error is thrown. */
function describeUnusable(path: string, error: unknown): string {
  if (error instanceof DamagedFile) return `${error.message}.`;
  if (isSystemError(error)) return `${path}: cannot be read: ${describeSystemError(error)}.`;
  throw error;
}
