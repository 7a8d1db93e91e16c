// How well generated pictures show what they were asked for, as the oracle sees it.

import type { AttributeMeasure } from '../../../results/records.ts';
import type { Evaluator, Pictures } from '../evaluator.ts';
import type { LabelAccuracy } from '../oracle/accuracy.ts';

/** Of either kind, among the held-out pictures and among those asked for: fewer say nothing. */
const LEAST_PICTURES = 10;
/** Balanced accuracy. Where the oracle itself tells a label worse than this, it says little of generated pictures. */
const LEAST_ACCURACY = 0.9;

/**
 * Mean and least over the attributes of `measureAttributes` that are reliable; of rotations the mean alone. A metric to which no attribute
 * contributes is left out.
 */
export const attributeAccuracy: Evaluator<null> = {
  names: ['attributeAccuracy', 'worstAttributeAccuracy', 'relativeAccuracy', 'worstRelativeAccuracy', 'rotationAccuracy'],
  usesOracle: true,
  prepare: async () => null,
  async measure(generated) {
    const reliable = Object.entries(measureAttributes(generated)).filter(([, { reliable }]) => reliable);
    const attributes = reliable.flatMap(([name, measured]) => (isRotation(name) ? [] : [measured]));
    const rotations = reliable.flatMap(([name, measured]) => (isRotation(name) ? [measured] : []));
    const balanced = attributes.map((each) => each.balanced);
    const relative = attributes.map((each) => each.relative);
    return {
      ...(attributes.length > 0 && {
        attributeAccuracy: meanOf(balanced),
        worstAttributeAccuracy: Math.min(...balanced),
        relativeAccuracy: meanOf(relative),
        worstRelativeAccuracy: Math.min(...relative),
      }),
      ...(rotations.length > 0 && { rotationAccuracy: meanOf(rotations.map((each) => each.balanced)) }),
    };
  },
};

/**
 * By the name of each attribute, and of each rotation (these on `turned`). `balanced`: the mean of two shares, of pictures asked for with
 * it in which the oracle sees it (logit > 0), and of those asked for without it in which it does not; NaN where nothing of one kind was
 * asked for. A generator that ignores the label has 0.5. `relative`: divided by the oracle's own on held-out pictures. Not `reliable`, with
 * the reason: too few pictures of one kind, or an oracle that tells it badly. Empty without an oracle.
 */
export function measureAttributes(generated: Pictures): Record<string, AttributeMeasure> {
  const { attributes, turned } = generated;
  return {
    ...measureLabels(generated, attributes),
    ...(turned && measureLabels(turned, turned.attributes.filter(isRotation))),
  };
}

function measureLabels(generated: Pictures, names: readonly string[]): Record<string, AttributeMeasure> {
  const { attributes, judged, oracle } = generated;
  if (judged === undefined || oracle === undefined) return {};
  const entries = names.map((name): [string, AttributeMeasure] => {
    const own = oracle.accuracy[name];
    if (own === undefined)
      return [name, { balanced: Number.NaN, relative: Number.NaN, reliable: false, reason: 'the oracle does not know it' }];
    const asked = countRight(generated, attributes.indexOf(name), oracle.labels.indexOf(name));
    const balanced = (asked.rightOn / asked.on + asked.rightOff / asked.off) / 2;
    const reason = findWeakness(own, asked);
    return [name, { balanced, relative: balanced / own.balanced, reliable: reason === null, ...(reason !== null && { reason }) }];
  });
  return Object.fromEntries(entries);
}

interface Asked {
  on: number;
  off: number;
  rightOn: number;
  rightOff: number;
}

function countRight({ labels, attributes, judged, count, oracle }: Pictures, bit: number, column: number): Asked {
  const { logits } = judged!;
  const asked = { on: 0, off: 0, rightOn: 0, rightOff: 0 };
  for (let i = 0; i < count; i++) {
    const logit = logits[i * oracle!.labels.length + column]!;
    if (labels[i * attributes.length + bit]! > 0.5) {
      asked.on++;
      if (logit > 0) asked.rightOn++;
    } else {
      asked.off++;
      if (logit <= 0) asked.rightOff++;
    }
  }
  return asked;
}

/** Why what the oracle says of a label is not to be relied on; null where it is. */
function findWeakness(own: LabelAccuracy, asked: Asked): string | null {
  const weakness = findOwnWeakness(own);
  if (weakness !== null) return weakness;
  if (asked.on < LEAST_PICTURES) return `only ${asked.on} pictures were asked for with it`;
  if (asked.off < LEAST_PICTURES) return `only ${asked.off} pictures were asked for without it`;
  return null;
}

/** Why the oracle itself tells a label badly, by how well it did on held-out pictures; null where it tells it well. */
export function findOwnWeakness(own: LabelAccuracy): string | null {
  if (own.on < LEAST_PICTURES) return `only ${own.on} held-out pictures with it`;
  if (own.off < LEAST_PICTURES) return `only ${own.off} held-out pictures without it`;
  if (!(own.balanced >= LEAST_ACCURACY)) return `the oracle itself reaches ${own.balanced.toFixed(2)} on held-out pictures`;
  return null;
}

/** Label bits of a run's rotations are named rotate_90, … */
function isRotation(name: string): boolean {
  return /^rotate_\d+$/.test(name);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
