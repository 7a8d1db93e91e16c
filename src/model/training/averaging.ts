// (pure) How fast the average of the generator's weights follows them (Yazici et al. 2019, "The Unusual Effectiveness of Averaging in GAN
// Training").

/** The decay after the generator's `step`-th step, from 1: less at first, so that the initial weights are soon forgotten. */
export const decayAt = (emaDecay: number, step: number): number => Math.min(emaDecay, (1 + step) / (10 + step));
