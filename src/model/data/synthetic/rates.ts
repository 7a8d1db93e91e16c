// Room: model/data. How often each attribute holds in CelebA, which the synthetic faces follow.

import type { CELEBA_ATTRIBUTES } from '../../../experiment/celeba-attributes.ts';

export type AttributeName = (typeof CELEBA_ATTRIBUTES)[number];

/** Whether each of the 40 attributes holds for a face. */
export type FaceLabels = Record<AttributeName, boolean>;

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
