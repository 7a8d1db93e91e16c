// Two run folders side by side: metrics, evaluations and sample grids. Weights are compared in cli/reproduce, which may load what reads
// them.

import { readPlainFile } from '../files/read.ts';
import { readEvaluations } from '../lines/evaluations.ts';
import { readMetrics } from '../lines/metrics.ts';
import { metricsFile } from '../paths.ts';
import { isJudgedAsFormerly } from '../read.ts';
import type { EvaluationRecord } from '../records.ts';
import { listSamples } from '../samples.ts';
import { compareSteps, type StepComparison } from './compare-steps.ts';

export interface RunComparison {
  metrics: StepComparison;
  evaluations: StepComparison;
  samples: SampleComparison;
  /** What could not be read, of either. */
  problems: string[];
}

export interface SampleComparison {
  /** Grids that both have. */
  compared: number;
  /** Those whose files are not the same, by epoch. */
  different: { epoch: number; original: string; again: string }[];
}

export function compareRuns(original: string, again: string): RunComparison {
  const [metrics, metricsAgain] = [readMetrics(metricsFile(original)), readMetrics(metricsFile(again))];
  const [evaluations, evaluationsAgain] = [readEvaluations(original), readEvaluations(again)];
  const [judged, judgedAgain] = isJudgedAsFormerly(original) ? [[], []] : [evaluations.records, evaluationsAgain.records];
  return {
    metrics: compareSteps(metrics.records, metricsAgain.records),
    evaluations: compareSteps(judged.map(flatten), judgedAgain.map(flatten)),
    samples: compareSamples(original, again),
    problems: [
      ...[metrics, metricsAgain, evaluations, evaluationsAgain].flatMap(({ problems }) => problems),
      ...(judged === evaluations.records ? [] : ['evaluations not compared: a former version asked for other pictures']),
    ],
  };
}

function flatten({ step, epoch, values }: EvaluationRecord): { step: number } {
  return { ...values, step, epoch } as { step: number };
}

function compareSamples(original: string, again: string): SampleComparison {
  const others = new Map(listSamples(again).map(({ epoch, image }) => [epoch, image]));
  const pairs = listSamples(original).flatMap(({ epoch, image }) => {
    const other = others.get(epoch);
    return other === undefined ? [] : [{ epoch, original: image, again: other }];
  });
  const different = pairs.filter((pair) => !isSameFile(pair.original, pair.again));
  return { compared: pairs.length, different };
}

/** False also where one of them has gone meanwhile. Throws an UnreadableFile. */
function isSameFile(original: string, again: string): boolean {
  const [bytes, bytesAgain] = [readPlainFile(original, MOST_BYTES), readPlainFile(again, MOST_BYTES)];
  return bytes !== null && bytesAgain !== null && bytes.equals(bytesAgain);
}

const MOST_BYTES = 64 * 1024 * 1024;
