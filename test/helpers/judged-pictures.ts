// Pictures as evaluators that use the oracle see them: features and logits without pixels.

import type { Pictures } from '../../src/model/evaluation/evaluator.ts';
import type { Judged } from '../../src/model/evaluation/oracle/oracle.ts';

interface Given {
  /** [count, size] */
  features?: Float32Array;
  count: number;
  attributes?: readonly string[];
  /** [count, attributes] */
  labels?: Float32Array;
  /** [count, attributes]: what the oracle sees; as the labels say where it is left out. */
  seen?: Float32Array;
  /**
   * The oracle's own balanced accuracy by attribute, and how many held-out pictures have it and lack it; 1 of 100 and 100 where left out.
   */
  accuracy?: Record<string, { balanced: number; on: number; off: number }>;
}

export function judgedPictures({
  count,
  features,
  attributes = [],
  labels = new Float32Array(0),
  seen = labels,
  accuracy,
}: Given): Pictures {
  const judged: Judged = { features: features ?? new Float32Array(count), logits: seen.map((bit) => (bit > 0.5 ? 2 : -2)), count };
  const own = Object.fromEntries(attributes.map((name) => [name, { balanced: 1, on: 100, off: 100 }]));
  return {
    pixels: new Float32Array(0),
    imageSize: 32,
    count,
    attributes,
    labels,
    judged,
    oracle: { labels: attributes, accuracy: { ...own, ...accuracy } },
  };
}
