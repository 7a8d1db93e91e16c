// Room: model/data. What goes with what on a face: which attributes exclude, imply or favour one another.

import type { AttributeName, FaceLabels } from './rates.ts';

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
