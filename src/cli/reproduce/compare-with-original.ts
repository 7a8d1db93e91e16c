// Compares the repetition of a run with its original: metrics, evaluations, weights and sample grids, but no timings.

import { relative } from 'node:path';
import { compareFiles } from '../../results/compare/compare-files.ts';
import { compareRuns } from '../../results/compare/compare-runs.ts';
import type { OutcomeRecord } from '../../results/records.ts';
import { listSamples } from '../../results/samples.ts';
import { wordOf } from '../../results/states.ts';
import { comparePictures } from './compare-pictures.ts';
import { compareWeights, type WeightComparison } from './compare-weights.ts';
import type { Original } from './read-original.ts';
import { judge, type Verdict } from './verdict.ts';

export async function compareWithOriginal({ run }: Original, again: { folder: string; outcome: OutcomeRecord }): Promise<Verdict> {
  const compared = compareRuns(run.folder, again.folder);
  const problems = [...compared.problems];
  const isWhole = run.outcome?.status === 'succeeded';
  const isOwn = Boolean(run.record?.provenance.trainer);
  const weights = compareWeights(run.folder, again.folder, (message) => isOwn || problems.push(message));
  const different = await comparePictures(compared.samples.different);
  const samples = { compared: compared.samples.compared, different };
  const files = isOwn
    ? compareFiles(run.folder, again.folder, { isCompared: isComparedBy(run.folder, again.folder, weights), isWhole })
    : null;
  return judge({ ...compared, weights, samples, files, problems }, describeEnds(run.outcome, again.outcome, compared.metrics.last));
}

/** Sample grids are compared pixel by pixel, and checkpoints in Facet's own form tensor by tensor. */
function isComparedBy(original: string, again: string, { kind }: WeightComparison): (path: string) => boolean {
  const others = new Set(listSamples(again).map(({ epoch }) => epoch));
  const grids = listSamples(original).filter(({ epoch }) => others.has(epoch));
  const files = new Set(grids.flatMap(({ image, grid }) => [image, grid].map((path) => relative(original, path))));
  return (path) => files.has(path) || (kind === 'compared' && /^checkpoints\/\d+\.safetensors$/.test(path));
}

/** How the ends of the two differ; null where they do not, or where the original was not trained to its end. */
function describeEnds(original: OutcomeRecord | null, again: OutcomeRecord, last: { original: number; again: number }): string | null {
  const isShort = last.again < last.original;
  if (isShort) return `the repetition ends at step ${last.again} of ${last.original} (${wordOf(again.status)}: ${again.message})`;
  const isWhole = original?.status === 'succeeded' || original?.status === 'diverged';
  if (isWhole && last.again > last.original) return `the original ends at step ${last.original}, the repetition at ${last.again}`;
  if (isWhole && original.status !== again.status)
    return `the original ${wordOf(original.status)}, the repetition ${wordOf(again.status)} (${again.message})`;
  return null;
}
