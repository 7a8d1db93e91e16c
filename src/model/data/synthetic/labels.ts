// Room: model/data. Draws the 40 labels of a synthetic face, so that each attribute keeps CelebA's rate although the
// attributes lean on one another: a logistic network whose constants are solved once.

import { CELEBA_ATTRIBUTES } from '../../../experiment/celeba-attributes.ts';
import { createRandom, type Random, shuffle } from '../../../experiment/random.ts';
import { CELEBA_RATES_PERCENT, type FaceLabels } from './rates.ts';
import { TENDENCIES } from './tendencies.ts';

const POPULATION = 8192;
let solved: Float64Array | undefined;

/** Labels of one face. Always takes 40 numbers from the stream. */
export function drawLabels(random: Random): FaceLabels {
  solved ??= solveConstants();
  const face = noLabels();
  for (let i = 0; i < TENDENCIES.length; i++) {
    const { name, lean } = TENDENCIES[i]!;
    face[name] = random.uniform() < logistic(solved[i]! + lean(face));
  }
  return face;
}

export function noLabels(): FaceLabels {
  return Object.fromEntries(CELEBA_ATTRIBUTES.map((name) => [name, false])) as FaceLabels;
}

/**
 * The constant of each attribute's log-odds. A fixed population is labelled attribute by attribute: the constant is the one
 * that gives the population CelebA's rate, then every member draws its label (stratified, to keep the sampling error small).
 */
function solveConstants(): Float64Array {
  const population = Array.from({ length: POPULATION }, noLabels);
  return Float64Array.from(TENDENCIES, ({ name, lean }) => {
    const leans = Float64Array.from(population, lean);
    const constant = solveConstant(leans, CELEBA_RATES_PERCENT[name] / 100);
    const strata = shuffle(
      Uint32Array.from(leans, (_, i) => i),
      createRandom(0, 'synthetic', 'strata', name),
    );
    for (let i = 0; i < POPULATION; i++) population[i]![name] = (strata[i]! + 0.5) / POPULATION < logistic(constant + leans[i]!);
    return constant;
  });
}

/** Bisection: the mean probability rises with the constant. */
function solveConstant(leans: Float64Array, rate: number): number {
  let low = -20;
  let high = 20;
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    let sum = 0;
    for (const lean of leans) sum += logistic(middle + lean);
    if (sum / leans.length < rate) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
