// What a run has recorded, step by step: losses and evaluations in the order of their steps, and the sample grids between them.

import { pickMetrics } from '../../experiment/metrics.ts';
import { UnreadableFile } from '../files/read.ts';
import { readEvaluations } from '../lines/evaluations.ts';
import { eachMetrics } from '../lines/metrics.ts';
import { listSamples, readSampleGrid } from '../samples.ts';

interface StepRecord {
  kind: 'step' | 'evaluation';
  step: number;
  epoch: number;
  /** Of training so far, over all attempts; null where no line tells. */
  seconds: number | null;
  values: Record<string, number>;
}

export interface SampleRecord {
  kind: 'sample';
  step: number;
  epoch: number;
  seconds: number | null;
  /** The picture's file. */
  image: string;
}

export type ExportedRecord = StepRecord | SampleRecord;

/** In the order of their steps. `onProblem` is told, in a line, what is left out and why. */
export function* eachRecord(folder: string, onProblem: (line: string) => void): Generator<ExportedRecord> {
  const later = listLater(folder, onProblem);
  let next = 0;
  let others = 0;
  let seconds: number | null = null;
  try {
    for (const record of eachMetrics(folder, () => others++)) {
      if (!isStep(record.step) || !isStep(record.epoch)) others++;
      else {
        for (; next < later.length && later[next]!.step < record.step; next++) yield { ...later[next]!, seconds };
        seconds = record.seconds;
        const { step, epoch, imagesPerSecond } = record;
        const values = pickMetrics(record);
        if (typeof imagesPerSecond === 'number') values.imagesPerSecond = imagesPerSecond;
        yield { kind: 'step', step, epoch, seconds, values };
      }
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    onProblem(error.message);
  }
  if (others > 0) onProblem(`${folder}: ${others} of the lines in metrics.jsonl ${others === 1 ? 'is' : 'are'} no metrics, and left out`);
  for (; next < later.length; next++) yield { ...later[next]!, seconds };
}

/** Evaluations and sample grids, a handful an epoch. */
function listLater(folder: string, onProblem: (line: string) => void): ExportedRecord[] {
  const { records, problems } = readEvaluations(folder);
  for (const problem of problems) onProblem(problem);
  const evaluations = records
    .filter(({ step, epoch }) => isStep(step) && isStep(epoch))
    .map((record) => ({ kind: 'evaluation' as const, ...record, seconds: null }));
  const samples = listSamples(folder).flatMap(({ epoch, image, grid }) => {
    const step = readSampleGrid(grid)?.step;
    if (isStep(step)) return [{ kind: 'sample' as const, step, epoch, seconds: null, image }];
    onProblem(`${grid}: expected the step of a sample grid, found none; the grid is left out`);
    return [];
  });
  return [...evaluations, ...samples].sort((a, b) => a.step - b.step);
}

const isStep = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
