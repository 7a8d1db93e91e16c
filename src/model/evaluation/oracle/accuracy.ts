// (pure) How well labels are told: the mean of the shares judged right among the pictures that have a label and among those that lack it.

/** How well a label is told on the held-out pictures. */
export interface LabelAccuracy {
  /** Of the one share, where all pictures or none have the label. */
  balanced: number;
  /** Held-out pictures that have the label, and that lack it. */
  on: number;
  off: number;
}

export interface AccuracyTally {
  /** targets [count, labels], 0 or 1; logits [count, labels], on where > 0 */
  add(targets: ArrayLike<number>, logits: ArrayLike<number>): void;
  /** In label order. */
  result(): LabelAccuracy[];
}

export function createAccuracyTally(labels: number): AccuracyTally {
  const counts = Array.from({ length: labels }, () => ({ on: 0, off: 0, onRight: 0, offRight: 0 }));
  return {
    add(targets, logits) {
      for (let at = 0; at < targets.length; at++) {
        const count = counts[at % labels]!;
        const isSeen = logits[at]! > 0;
        if (targets[at] === 1) {
          count.on++;
          if (isSeen) count.onRight++;
        } else {
          count.off++;
          if (!isSeen) count.offRight++;
        }
      }
    },
    result: () =>
      counts.map(({ on, off, onRight, offRight }) => {
        const shares = [...(on > 0 ? [onRight / on] : []), ...(off > 0 ? [offRight / off] : [])];
        return { balanced: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length), on, off };
      }),
  };
}
