// (pure) When finite losses say that a training is none any more.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { MetricsRecord } from '../../results/records.ts';

/**
 * With cross-entropy a loss of 104 is a probability that float32 no longer holds. In 337 trainings that went well or badly, but went, the
 * mean of an epoch was never above 6; where a step size tore the networks apart it soon was above 1e6.
 */
const MOST = 1000;
/** The hinge loss of G is a score without bounds, of which 1 is as good as any more. */
const MOST_HINGE_SCORE = 1e6;
/** Fewer steps say little: of shorter epochs, as many as are needed are looked at together. */
const LEAST_STEPS = 20;
const SHARE = 0.9;

export interface DivergenceWatch {
  /** Records of consecutive steps. */
  add: (records: readonly MetricsRecord[]) => void;
  /** Asked at the end of an epoch: what was seen, in a line, where nine of ten steps of a whole epoch were out of range; else null. */
  describe: () => string | null;
}

/**
 * `earlier`: the records of the steps before, where a run goes on, so that it ends where it would have ended without the break. An epoch
 * of fewer than 20 steps is looked at together with those before it.
 */
export function watchDivergence(
  { loss, stopDiverged }: Pick<RunConfig['training'], 'loss' | 'stopDiverged'>,
  { stepsPerEpoch, earlier }: { stepsPerEpoch: number; earlier: readonly MetricsRecord[] },
): DivergenceWatch {
  const steps = Math.max(stepsPerEpoch, LEAST_STEPS);
  const mostOfG = loss === 'hinge' ? MOST_HINGE_SCORE : MOST;
  const isBeyond = ({ lossD, lossG }: MetricsRecord) => !(Math.abs(lossD!) <= MOST && Math.abs(lossG!) <= mostOfG);
  let last = earlier.slice(-steps);
  return {
    add(records) {
      last = [...last, ...records].slice(-steps);
    },
    describe() {
      if (!stopDiverged || last.length < steps) return null;
      const beyond = last.filter(isBeyond);
      if (beyond.length < SHARE * steps) return null;
      return `The losses left every sensible range: in ${beyond.length} of the last ${steps} steps lossD was beyond ${MOST} or lossG beyond ${mostOfG}, at step ${last.at(-1)!.step} they are ${write(last.at(-1)!.lossD!)} and ${write(last.at(-1)!.lossG!)}. A smaller training.learningRate may help; training.stopDiverged: false with --retry-failed lets it go on.`;
    },
  };
}

function write(loss: number): string {
  return Number(loss.toPrecision(3)).toString();
}
