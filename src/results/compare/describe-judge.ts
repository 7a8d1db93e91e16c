// (pure) What judged runs: the oracle, how good it is itself, and how far apart real pictures are.

import { formatCount, plural } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import type { EvaluationFile, HeldOutKind } from '../records.ts';
import type { WorkedRun } from './compared-fields.ts';
import type { FinalValues, Judge } from './final-values.ts';
import { measureSpreads } from './spread.ts';

export interface JudgeFacts extends Judge {
  dataIdentity: string;
  heldOut: HeldOutKind | null;
  /** Real pictures that were trained on against held-out ones, by the metric's name; the mean where the runs differ in it. */
  floor: Record<string, number>;
  /** The oracle's own balanced accuracy on held-out pictures; null without an oracle. */
  accuracy: OracleAccuracy | null;
}

export interface OracleAccuracy {
  mean: number;
  worst: { label: string; balanced: number };
  /** Held-out pictures. */
  pictures: number;
}

/** `runs`: one or more that the same judge has judged. */
export function describeJudge(runs: readonly WorkedRun[]): JudgeFacts {
  const floors = measureSpreads(runs.map((run) => run.evaluation?.floor ?? {}));
  return {
    ...judgeOf(runs[0]!),
    dataIdentity: runs[0]!.work.dataIdentity,
    floor: Object.fromEntries(Object.entries(floors).map(([name, { mean }]) => [name, mean])),
  };
}

/** Over the labels for which it can be told. */
export function describeAccuracy(evaluation: EvaluationFile | null): OracleAccuracy | null {
  const oracle = evaluation?.oracle ?? null;
  const labels = Object.entries(oracle?.accuracy ?? {}).filter(([, { balanced }]) => Number.isFinite(balanced));
  if (oracle === null || labels.length === 0) return null;
  const [label, { balanced }] = labels.reduce((worst, each) => (each[1].balanced < worst[1].balanced ? each : worst));
  return {
    mean: labels.reduce((sum, [, each]) => sum + each.balanced, 0) / labels.length,
    worst: { label, balanced },
    pictures: oracle.pictures,
  };
}

/** In a sentence for a person; '' where no oracle was at work. */
export function explainJudge({
  oracle,
  pictures,
  heldOut,
  accuracy,
}: Pick<JudgeFacts, 'oracle' | 'pictures' | 'heldOut' | 'accuracy'>): string {
  if (oracle === null || accuracy === null) return '';
  const { mean, worst } = accuracy;
  const held = `${plural(accuracy.pictures, 'held-out picture')}${heldOut === null ? '' : `, ${HELD_OUT_WORDS[heldOut]}`}`;
  return (
    `Judged on ${formatCount(pictures ?? 0)} generated pictures by an oracle whose own balanced accuracy is ` +
    `${mean.toFixed(3)}, at worst ${worst.balanced.toFixed(3)} (${shorten(worst.label)}), on ${held}.`
  );
}

/** Who judged one run, and how good that oracle is itself. */
export function judgeOf({ judge, evaluation }: Pick<FinalValues, 'judge' | 'evaluation'>): RunJudge {
  return { ...judge, heldOut: evaluation?.oracle?.heldOut ?? null, accuracy: describeAccuracy(evaluation) };
}

export type RunJudge = Omit<JudgeFacts, 'dataIdentity' | 'floor'>;

/** A sentence for each that differs; none where no oracle was at work. */
export const explainJudges = (judges: readonly RunJudge[]): string[] =>
  [...new Set(judges.map(explainJudge))].filter((line) => line !== '');

const HELD_OUT_WORDS: Readonly<Record<HeldOutKind, string>> = {
  'other seed': 'drawn with another seed',
  partition: 'of another part of the data set',
  share: 'kept away from the training',
  seen: 'which the networks have also trained on',
};

/** Attributes and rotations that count in no mean of at least one of these, by name. */
export function listUnreliable(evaluations: readonly (EvaluationFile | null)[]): string[] {
  const measured = evaluations.flatMap((evaluation) => (evaluation ? [evaluation.last, evaluation.best] : []));
  const entries = measured.flatMap(({ attributes }) => Object.entries(attributes ?? {}));
  return [...new Set(entries.flatMap(([name, { reliable }]) => (reliable ? [] : [name])))].sort();
}

/** In a sentence for a person; nothing where all count. */
export function explainUnreliable(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `In no mean: ${nameSome(names.map((name) => shorten(name)))}. The oracle itself tells them badly, or there are too few pictures of them.`,
  ];
}

/** The first names, and how many more there are. */
export function nameSome(names: readonly string[]): string {
  const named = names.slice(0, MOST_NAMED).join(', ');
  return names.length > MOST_NAMED ? `${named} and ${names.length - MOST_NAMED} more` : named;
}

const MOST_NAMED = 6;
