// Makes faces from a run's checkpoint, in a process of its own. The run may be at work meanwhile: it is only read.

import type { GeneratedFaces, GenerateOrder } from '../../results/generation.ts';
import type { RunRecord } from '../../results/records.ts';
import { askChild } from '../ask-child.ts';
import { parseProgress } from '../attempt/progress.ts';
import { findParentDeathPrefix } from '../executors/local/no-orphans.ts';

export interface GenerateRequest {
  /** The run folder. */
  folder: string;
  record: RunRecord;
  /** The program that makes them: node <maker> <run folder> <GenerateOrder, as JSON> writes the pictures and prints GeneratedFaces. */
  maker: string;
  order: GenerateOrder;
  /** Ends the process. */
  stop: AbortSignal;
  /** What it is at. */
  onPhase: (phase: string) => void;
}

/** `problem`: why there are none, in a line. */
export async function generateFaces(request: GenerateRequest): Promise<GeneratedFaces | { problem: string }> {
  const { folder, record, maker, order, stop, onPhase } = request;
  return askChild<GeneratedFaces>(folder, record, {
    program: maker,
    argument: JSON.stringify(order),
    prefix: await findParentDeathPrefix(),
    stop,
    allCores: true,
    onMessage(message) {
      const progress = parseProgress(message);
      if (progress?.type === 'phase') onPhase(progress.phase);
    },
  });
}
