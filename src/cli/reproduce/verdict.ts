// (pure) The verdict on a repetition: bit-identical, or what differs first and by how much.

import { plural } from '../../experiment/units.ts';
import type { FileComparison } from '../../results/compare/compare-files.ts';
import type { RunComparison } from '../../results/compare/compare-runs.ts';
import type { StepComparison, StepDifference } from '../../results/compare/compare-steps.ts';
import type { PictureDifference } from './compare-pictures.ts';
import type { TensorDifference, WeightComparison } from './compare-weights.ts';

export interface Compared extends Omit<RunComparison, 'samples'> {
  weights: WeightComparison;
  samples: { compared: number; different: PictureDifference[] };
  /** What an own trainer has left; null for Facet's own. */
  files: FileComparison | null;
}

export interface Verdict {
  isIdentical: boolean;
  lines: string[];
}

/** `ended`: how the ends of the two runs differ (compareWithOriginal); null where they do not. */
export function judge(compared: Compared, ended: string | null): Verdict {
  const { metrics, evaluations, weights, samples, files } = compared;
  const differences = [
    ...describeSteps(metrics, 'step'),
    ...describeSteps(evaluations, 'evaluation'),
    ...describeWeights(weights),
    ...describeSamples(samples),
    ...describeFiles(files),
    ...(ended === null ? [] : [ended]),
  ];
  const isIdentical = differences.length === 0 && metrics.compared > 0;
  const same = [
    ...(metrics.first || metrics.missing ? [] : [`${plural(metrics.compared, 'step')} of metrics`]),
    ...(evaluations.compared === 0 || evaluations.first || evaluations.missing ? [] : [plural(evaluations.compared, 'evaluation')]),
    ...(weights.kind === 'none' || weights.different.length > 0 ? [] : [nameWeights(weights.step, metrics)]),
    ...(samples.compared === 0 || samples.different.length > 0 ? [] : [plural(samples.compared, 'sample grid')]),
    ...(!files || files.compared === 0 || files.different.length > 0 ? [] : [plural(files.compared, 'file')]),
  ];
  const notCompared = weights.kind === 'none' ? describeNone(weights.reason, files) : [];
  const identical = same.length === 0 ? [] : [`bit-identical: ${same.join(', ')}`];
  return { isIdentical, lines: [...differences.map((line) => `different: ${line}`), ...identical, ...notCompared, ...compared.problems] };
}

function describeSteps({ first, missing, compared }: StepComparison, what: 'step' | 'evaluation'): string[] {
  return [
    ...(first ? [`${describeDifference(first)} (the first that differs of ${plural(compared, what)})`] : []),
    ...(missing
      ? [
          `the ${missing.in === 'again' ? 'repetition' : 'original'} has no ${what === 'step' ? 'metrics' : 'evaluation'} of step ${missing.step}`,
        ]
      : []),
  ];
}

function describeDifference({ step, field, original, again, absolute, relative }: StepDifference): string {
  return `${field} at step ${step}: ${original} in the original, ${again} now; by ${formatAmount(absolute)}, relatively ${formatAmount(relative)}`;
}

function describeWeights(weights: WeightComparison): string[] {
  if (weights.kind === 'none' || weights.different.length === 0) return [];
  const { step, tensors, different } = weights;
  const odd = different.find(({ reason }) => reason !== undefined);
  const weightsProper = different.filter(({ name }) => !/\.adam_[mv]$/.test(name)); // the moments say less to a person
  const largest = (weightsProper.length > 0 ? weightsProper : different).reduce((most, next) => (rank(next) > rank(most) ? next : most));
  const detail = odd
    ? `${odd.name}: ${odd.reason}`
    : `most in ${largest.name}: by ${formatAmount(largest.absolute)}, relatively ${formatAmount(largest.relative)} of its largest element`;
  return [`weights of step ${step}, in ${different.length} of ${plural(tensors, 'tensor')}; ${detail}`];
}

function rank({ relative }: TensorDifference): number {
  return Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative;
}

function describeSamples({ compared, different }: Compared['samples']): string[] {
  const first = different[0];
  if (!first) return [];
  const by = first.largest === null ? '' : `, by up to ${first.largest} of 255`;
  return [`${different.length} of ${plural(compared, 'sample grid')}, first after epoch ${first.epoch}${by}`];
}

function describeFiles(files: FileComparison | null): string[] {
  const [first] = files?.different ?? [];
  if (!files || !first) return [];
  return [`${files.different.length} of ${plural(files.compared, 'file')} in samples and checkpoints, first ${first.path}: ${first.how}`];
}

function describeNone(reason: string, files: FileComparison | null): string[] {
  if (files === null) return [`weights not compared: ${reason}`];
  return files.compared === 0 ? ['weights not compared: the trainer leaves no file in samples and checkpoints'] : [];
}

function nameWeights(step: number, { last }: StepComparison): string {
  return step === last.original ? 'final weights' : `weights of step ${step}`;
}

function formatAmount(amount: number): string {
  return Number.isFinite(amount) ? String(Number(amount.toPrecision(3))) : 'no finite amount';
}
