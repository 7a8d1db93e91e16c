// (pure) Where on the GPUs runs fit: one run a card, or several.

import type { ExecutionConfig } from '../../experiment/schema/schema.ts';
import { formatBytes, parseBytes } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import type { Gpu } from '../../machine/gpus.ts';

export type GpuDemand = Pick<ExecutionConfig, 'gpusPerRun' | 'gpuMemory'>;

/**
 * The uuid of the card for each run that can go on at the same time. Every card gets a first run before any gets a second one.
 * The runs of a card need no more memory, by `gpuMemory`, than is free there now, less a margin.
 *
 * Where gpusPerRun is a share, a card holds as many runs as share and gpuMemory both allow. Where it is 1, the default,
 * gpuMemory alone decides. Throws a UserError where no card holds a run.
 */
export function placeOnGpus(gpus: readonly Gpu[], { gpusPerRun, gpuMemory }: GpuDemand): string[] {
  const neededBytes = gpuMemory === undefined ? null : parseBytes(gpuMemory)!;
  const shares = gpusPerRun < 1 ? countShares(gpusPerRun) : null;
  const holds = (gpu: Gpu) => countRuns(gpu, { neededBytes, shares });
  const cards = gpus.filter((gpu) => holds(gpu) > 0);
  if (cards.length === 0) throw doesNotFit(gpus, neededBytes!);
  return takeTurns(cards, holds);
}

function countRuns({ memoryBytes, freeMemoryBytes }: Gpu, limits: { neededBytes: number | null; shares: number | null }): number {
  const { neededBytes, shares } = limits;
  if (neededBytes === null || freeMemoryBytes === null) return shares ?? 1; // nothing to go by: taken at its word
  const fitting = Math.max(0, Math.floor((freeMemoryBytes - marginBytes(memoryBytes)) / neededBytes));
  return Math.min(fitting, shares ?? fitting);
}

/**
 * Memory that is left free on every card. The driver takes and returns some as processes come and go, it hands memory out in
 * pages of 2 MiB, and a display on the card needs more at times. The CUDA context of a run is part of its gpuMemory.
 */
function marginBytes(memoryBytes: number | null): number {
  return Math.max(256 * 1024 ** 2, 0.02 * (memoryBytes ?? 0));
}

/** 3 for 0.33. 10 for 0.1, although 1 / 0.1 may come out a bit below 10. */
function countShares(share: number): number {
  return Math.floor(1 / share + 1e-9);
}

function takeTurns(cards: readonly Gpu[], holds: (gpu: Gpu) => number): string[] {
  const rounds = Math.max(...cards.map(holds));
  return Array.from({ length: rounds }, (_, round) => cards.filter((gpu) => holds(gpu) > round).map((gpu) => gpu.uuid)).flat();
}

function doesNotFit(gpus: readonly Gpu[], neededBytes: number): UserError {
  const found = gpus.map(({ index, name, freeMemoryBytes }) => `${index} ${name} with ${formatBytes(freeMemoryBytes)} free`).join(', ');
  const margin = Math.min(...gpus.map((gpu) => marginBytes(gpu.memoryBytes)));
  return new UserError(
    `execution.gpuMemory: expected a GPU with ${formatBytes(neededBytes)} free for a run and ${formatBytes(margin)} to spare, got ${found}. Free memory there, choose other GPUs with --gpus, or lower execution.gpuMemory.`,
  );
}
