// (pure) The 40 labels of a synthetic face: how often each holds in CelebA, what goes with what, and how they are drawn.

import { CELEBA_ATTRIBUTES } from '../../../experiment/celeba-attributes.ts';
import { createRandom, type Random, shuffle } from '../../../experiment/random.ts';

export type AttributeName = (typeof CELEBA_ATTRIBUTES)[number];

/** Whether each of the 40 attributes holds for a face. */
export type FaceLabels = Record<AttributeName, boolean>;

const POPULATION = 8192;
let solved: Float64Array | undefined;

/**
 * Labels of one face: each attribute keeps CELEBA_RATES_PERCENT although the attributes lean on one another (a logistic network,
 * whose constants are solved at the first call). Always takes 40 numbers from the stream.
 */
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

/** Share of positive labels over the 202,599 pictures of list_attr_celeba.txt, in percent. */
export const CELEBA_RATES_PERCENT: Record<AttributeName, number> = {
  '5_o_Clock_Shadow': 11.11,
  Arched_Eyebrows: 26.7,
  Attractive: 51.25,
  Bags_Under_Eyes: 20.46,
  Bald: 2.24,
  Bangs: 15.16,
  Big_Lips: 24.08,
  Big_Nose: 23.45,
  Black_Hair: 23.93,
  Blond_Hair: 14.8,
  Blurry: 5.09,
  Brown_Hair: 20.52,
  Bushy_Eyebrows: 14.22,
  Chubby: 5.76,
  Double_Chin: 4.67,
  Eyeglasses: 6.51,
  Goatee: 6.28,
  Gray_Hair: 4.19,
  Heavy_Makeup: 38.69,
  High_Cheekbones: 45.5,
  Male: 41.68,
  Mouth_Slightly_Open: 48.34,
  Mustache: 4.15,
  Narrow_Eyes: 11.51,
  No_Beard: 83.49,
  Oval_Face: 28.41,
  Pale_Skin: 4.29,
  Pointy_Nose: 27.74,
  Receding_Hairline: 7.98,
  Rosy_Cheeks: 6.57,
  Sideburns: 5.65,
  Smiling: 48.21,
  Straight_Hair: 20.84,
  Wavy_Hair: 31.96,
  Wearing_Earrings: 18.89,
  Wearing_Hat: 4.85,
  Wearing_Lipstick: 47.24,
  Wearing_Necklace: 12.3,
  Wearing_Necktie: 7.27,
  Young: 77.36,
};

const NEVER = Number.NEGATIVE_INFINITY;
const ALWAYS = Number.POSITIVE_INFINITY;

export interface Tendency {
  name: AttributeName;
  /** Log-odds of the attribute given those earlier in the list, up to a constant; NEVER or ALWAYS where it is settled. */
  lean(face: FaceLabels): number;
}

/** In drawing order: each attribute sees only those before it. The directions are CelebA's, the weights rounded. */
export const TENDENCIES: readonly Tendency[] = [
  { name: 'Male', lean: () => 0 },
  { name: 'Young', lean: (f) => (f.Male ? -1.4 : 0) },
  { name: 'Wearing_Hat', lean: (f) => (f.Male ? 1 : 0) + (f.Young ? 0.5 : 0) },

  // Hair: bald heads have none, a man's hat hides it, and there is one colour at most.
  { name: 'Bald', lean: (f) => (!f.Male || f.Wearing_Hat ? NEVER : f.Young ? -2.5 : 0) },
  { name: 'Gray_Hair', lean: (f) => (hidesHair(f) ? NEVER : (f.Young ? -5 : 0) + (f.Male ? 0.8 : 0)) },
  { name: 'Black_Hair', lean: (f) => (hidesHair(f) || f.Gray_Hair ? NEVER : f.Young ? 0.5 : 0) },
  { name: 'Blond_Hair', lean: (f) => (hidesHair(f) || f.Gray_Hair || f.Black_Hair ? NEVER : f.Male ? -2.2 : 0) },
  { name: 'Brown_Hair', lean: (f) => (hidesHair(f) || f.Gray_Hair || f.Black_Hair || f.Blond_Hair ? NEVER : f.Male ? -0.3 : 0) },
  { name: 'Straight_Hair', lean: (f) => (hidesHair(f) ? NEVER : f.Male ? 0.2 : 0) },
  { name: 'Wavy_Hair', lean: (f) => (hidesHair(f) || f.Straight_Hair ? NEVER : f.Male ? -1.8 : 0) },
  { name: 'Bangs', lean: (f) => (f.Bald || f.Wearing_Hat ? NEVER : f.Male ? -1 : 0) },
  {
    name: 'Receding_Hairline',
    lean: (f) => (f.Bald || f.Wearing_Hat || f.Bangs ? NEVER : (f.Male ? 1.2 : 0) + (f.Young ? -2 : 0)),
  },

  // Beards: women have none; whoever has one has most often one of the named kinds, else a full beard.
  { name: 'No_Beard', lean: (f) => (f.Male ? 0 : ALWAYS) },
  { name: '5_o_Clock_Shadow', lean: (f) => (f.No_Beard ? NEVER : 0) },
  { name: 'Goatee', lean: (f) => (f.No_Beard ? NEVER : f['5_o_Clock_Shadow'] ? -1 : 0) },
  { name: 'Mustache', lean: (f) => (f.No_Beard ? NEVER : (f.Goatee ? 0.8 : 0) + (f['5_o_Clock_Shadow'] ? -1 : 0) + (f.Young ? -0.8 : 0)) },
  { name: 'Sideburns', lean: (f) => (f.No_Beard ? NEVER : f.Goatee ? 0.5 : 0) },

  // The face itself.
  { name: 'Attractive', lean: (f) => (f.Young ? 1.8 : 0) + (f.Male ? -1.2 : 0) },
  { name: 'Pale_Skin', lean: (f) => (f.Male ? -0.8 : 0) },
  { name: 'Chubby', lean: (f) => (f.Attractive ? -2 : 0) + (f.Male ? 1 : 0) + (f.Young ? -1 : 0) },
  { name: 'Double_Chin', lean: (f) => (f.Chubby ? 3 : 0) + (f.Male ? 0.5 : 0) + (f.Young ? -1.5 : 0) },
  { name: 'Oval_Face', lean: (f) => (f.Chubby ? NEVER : f.Attractive ? 0.8 : 0) },
  { name: 'Big_Nose', lean: (f) => (f.Male ? 1.2 : 0) + (f.Young ? -1 : 0) + (f.Attractive ? -0.8 : 0) },
  { name: 'Pointy_Nose', lean: (f) => (f.Big_Nose ? -2 : 0) + (f.Male ? -0.5 : 0) },
  { name: 'Big_Lips', lean: (f) => (f.Male ? -0.6 : 0) },
  { name: 'Narrow_Eyes', lean: (f) => (f.Attractive ? -0.4 : 0) },
  { name: 'Bags_Under_Eyes', lean: (f) => (f.Male ? 1.1 : 0) + (f.Young ? -1 : 0) },
  { name: 'Bushy_Eyebrows', lean: (f) => (f.Male ? 1.4 : 0) },
  { name: 'Arched_Eyebrows', lean: (f) => (f.Male ? -2 : 0) + (f.Bushy_Eyebrows ? -1 : 0) },
  { name: 'Smiling', lean: (f) => (f.Male ? -0.5 : 0) },
  { name: 'Mouth_Slightly_Open', lean: (f) => (f.Smiling ? 2 : 0) },
  { name: 'High_Cheekbones', lean: (f) => (f.Smiling ? 2.8 : 0) + (f.Male ? -0.8 : 0) },

  // Make-up and what people wear.
  { name: 'Heavy_Makeup', lean: (f) => (f.Male ? NEVER : (f.Attractive ? 1.5 : 0) + (f.Young ? 0.8 : 0)) },
  { name: 'Wearing_Lipstick', lean: (f) => (f.Male ? NEVER : f.Heavy_Makeup ? 2.5 : 0) },
  { name: 'Rosy_Cheeks', lean: (f) => (f.Male ? -2.5 : 0) + (f.Heavy_Makeup ? 1 : 0) },
  { name: 'Wearing_Earrings', lean: (f) => (f.Male ? -2.8 : 0) },
  { name: 'Wearing_Necktie', lean: (f) => (f.Male ? (f.Young ? -0.7 : 0) : -4.5) },
  { name: 'Wearing_Necklace', lean: (f) => (f.Wearing_Necktie ? NEVER : f.Male ? -2.5 : 0) },
  { name: 'Eyeglasses', lean: (f) => (f.Male ? 0.9 : 0) + (f.Young ? -1.2 : 0) },
  { name: 'Blurry', lean: (f) => (f.Attractive ? -0.8 : 0) },
];

/** No hair is to be seen: none is there, or a man's hat covers it. */
function hidesHair(face: FaceLabels): boolean {
  return face.Bald || (face.Wearing_Hat && face.Male);
}
