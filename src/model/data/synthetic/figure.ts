// (pure) The measures and colours of a synthetic face: everything that its parts are drawn from.

import { type Colour, mix } from './ink.ts';
import type { FaceLabels } from './labels.ts';
import type { Drawings, Pen } from './pens.ts';
import { PENS } from './pens.ts';
import type { FaceTraits } from './traits.ts';

/** Lengths in thousandths of the picture's side; x from the middle of the face, y from the top of the picture. */
export interface Figure extends FaceTraits {
  /** Names this face's gradients within a sheet. */
  id: number;
  pen: Pen;
  /** -1 or 1: the side that the light comes from. */
  lit: -1 | 1;
  /** -1 or 1: the side on which the hair is parted. */
  parted: -1 | 1;
  top: number;
  width: number;
  jaw: { x: number; y: number };
  chin: { width: number; y: number };
  eye: { x: number; y: number; half: number; upper: number; lower: number };
  browY: number;
  noseY: number;
  mouthY: number;
  neck: number;
  colours: Record<'skin' | 'skinLight' | 'skinShade' | 'skinDark' | 'hair' | 'hairLight' | 'hairDark' | 'bodyHair', Colour>;
}

/** `id` is unique within a sheet. */
export function measureFigure(traits: FaceTraits, id: number, drawings: Drawings): Figure {
  const pen = PENS[drawings];
  const { labels, shape, style, light } = traits;
  const male = labels.Male;
  const width = (male ? 290 : 280) * (labels.Oval_Face ? 0.87 : 1) * (labels.Chubby ? 1.13 : 1) + 5 * shape.width;
  const jawShare = (male ? 0.87 : 0.72) * (labels.Oval_Face ? 0.9 : 1) * (labels.Chubby ? 1.17 : 1) + 0.012 * shape.jaw;
  return {
    ...traits,
    id,
    pen,
    lit: Math.cos(light.angleRadians) < 0 ? -1 : 1,
    parted: style.part < 0.5 ? -1 : 1,
    top: labels.Oval_Face ? 108 : 125,
    width,
    jaw: { x: width * jawShare, y: labels.Chubby ? 674 : 700 },
    chin: {
      width: (male ? 135 : 75) * (labels.Oval_Face ? 0.8 : 1) + (labels.Chubby ? 85 : 0),
      y: (male ? 828 : 815) + (labels.Oval_Face ? 32 : 0) - (labels.Double_Chin ? pen.doubleChin.lift : 0),
    },
    eye: { x: 138 + 5 * shape.eyeGap - (labels.Oval_Face ? 6 : 0), y: 462, ...eyeOpening(labels, pen.eyes) },
    browY: 376 + 4 * shape.brows,
    noseY: 600,
    mouthY: 702 + 4 * shape.mouth + (labels.Oval_Face ? 8 : 0),
    neck: (male ? 165 : 112) * (labels.Chubby ? 1.2 : 1),
    colours: mixColours(labels, traits, pen),
  };
}

function eyeOpening(labels: FaceLabels, eyes: Pen['eyes']): { half: number; upper: number; lower: number } {
  const bright = labels.Attractive;
  if (labels.Narrow_Eyes) {
    return { half: bright ? eyes.narrowBright : eyes.narrowPlain, upper: eyes.narrowUpper + (bright ? 4 : 0), lower: eyes.narrowLower };
  }
  const size = (bright ? eyes.bright : eyes.plain) * (labels.Male ? 0.93 : 1.03);
  return { half: 74 * size, upper: 58 * size, lower: 36 * size };
}

function mixColours(labels: FaceLabels, { style }: FaceTraits, pen: Pen): Figure['colours'] {
  const fresh = skinColour(labels, style.skin);
  const skin = labels.Young ? fresh : mix(fresh, grayOf(fresh), pen.age.gray);
  const hair = hairColour(labels, style.hair);
  const shade = labels.Pale_Skin ? 0x96606a : 0x5a2415;
  const mark = isDark(skin) ? 0x250b06 : shade;
  return {
    skin,
    skinLight: mix(skin, 0xfff4e4, 0.3),
    skinShade: mix(skin, shade, 0.24),
    skinDark: mix(skin, mark, 0.62),
    hair,
    hairLight: mix(hair, labels.Black_Hair ? 0x7f8aa6 : labels.Brown_Hair ? 0xc98d55 : 0xfff0d0, 0.42),
    hairDark: mix(hair, 0x0a0508, 0.42),
    bodyHair: bodyHairColour(labels, skin),
  };
}

// Colours that differ in one label are far apart, so that none is taken for another.

/** From light to dark; even the lightest is well away from PALE_SKIN. */
const SKIN: readonly Colour[] = [0xf0c29b, 0xe6b083, 0xd99c6c, 0xc58656, 0xa86c46, 0x8c5738, 0x764830];
const PALE_SKIN: Colour = 0xfff1ea;

const BLACK_HAIR: Colour = 0x17151c;
const BROWN_HAIR: Colour = 0x633718;
const BLOND_HAIR: Colour = 0xedca69;
const GRAY_HAIR: Colour = 0xb9bcc1;
/** For heads with none of the four labels: ginger, copper, wine, violet, teal, rose. */
const OTHER_HAIR: readonly Colour[] = [0xc9531d, 0xb8431c, 0xd2691e, 0xc9531d, 0x7d1230, 0x8f1a3a, 0x7d1230, 0x5f3a8e, 0x1f7a80, 0xd65a8c];

export const EYES: readonly Colour[] = [0x4b2e18, 0x5a3a1e, 0x3b6ea5, 0x4a8bb5, 0x4d7c3f, 0x7a5a2a];
const LIPSTICK: readonly Colour[] = [0xd5102e, 0xe0165f, 0xbc0f4c, 0xec1f3d, 0xc8125c];
export const EYE_SHADOW: readonly Colour[] = [0x7b3fa0, 0x2f6fb5, 0x148f8a, 0xb0408a, 0x5a4fcf];
export const CLOTHES: readonly Colour[] = [
  0x2f4b7c, 0x8c2f39, 0x3f7d58, 0xd9a441, 0x59406e, 0xe7e2d8, 0x30343f, 0xc96f4a, 0x5fa3b8, 0xb5657f,
];
export const SUITS: readonly Colour[] = [0x23293a, 0x2d2d31, 0x3a2f2a, 0x1f3447];
export const TIES: readonly Colour[] = [0xc21f30, 0x1f5fbf, 0xe0a020, 0x1f8a4c, 0x8a2fa0];
export const FRAMES: readonly Colour[] = [0x15151a, 0x15151a, 0x2a1a12, 0x3a0f14];
export const BACKDROPS: readonly Colour[] = [
  0x7f9cb5, 0x9db8a5, 0xb59f86, 0x8a87a8, 0x5e6f7d, 0xc4a9a0, 0x6c8a78, 0xa8b6c8, 0x7a6a62, 0x4f5b70, 0xb7c4b0, 0x94808e,
];

export function pick<T>(list: readonly T[], chance: number): T {
  return list[Math.floor(chance * list.length)]!;
}

/** `chance` in [0, 1) runs from the lightest to the darkest ordinary skin. */
function skinColour(labels: FaceLabels, chance: number): Colour {
  if (labels.Pale_Skin) return mix(PALE_SKIN, 0xf3e2e0, chance);
  const place = chance ** 1.4 * (SKIN.length - 1);
  const index = Math.floor(place);
  return mix(SKIN[index]!, SKIN[index + 1]!, place - index);
}

/** A gray a little darker than the colour. */
function grayOf(colour: Colour): Colour {
  const level = Math.round(0.26 * (colour >> 16) + 0.52 * ((colour >> 8) & 255) + 0.1 * (colour & 255));
  return (level << 16) | (level << 8) | level;
}

/** On dark skin a mark is darker still, and bare lips are lighter than the skin. */
function isDark(skin: Colour): boolean {
  return ((skin >> 8) & 255) < 100;
}

/** Redder than the skin, and far enough from it to show the lips' shape. */
export function lipColour({ labels, style, colours: { skin }, pen: { lips } }: Figure): Colour {
  if (labels.Wearing_Lipstick) return pick(LIPSTICK, style.lips);
  const green = (skin >> 8) & 255;
  return isDark(skin) ? mix(skin, lips.bareOnDark, 0.5) : mix(skin, lips.bareOnLight, 0.75 - green / 550);
}

/** The hair's colour; where labels contradict one another, the first of gray, black, blond, brown. */
function hairColour(labels: FaceLabels, chance: number): Colour {
  if (labels.Gray_Hair) return mix(GRAY_HAIR, 0xd6d8da, chance);
  if (labels.Black_Hair) return mix(BLACK_HAIR, 0x262229, chance);
  if (labels.Blond_Hair) return mix(BLOND_HAIR, 0xf4dd93, chance);
  if (labels.Brown_Hair) return mix(BROWN_HAIR, 0x4c280f, chance);
  return pick(OTHER_HAIR, chance);
}

/** Brows and beards follow natural hair, are darker than it, and stay visible on any skin. */
function bodyHairColour(labels: FaceLabels, skin: Colour): Colour {
  const natural = labels.Gray_Hair ? 0x6f7176 : labels.Black_Hair ? 0x121014 : labels.Blond_Hair ? 0x7a5520 : 0x3d2314;
  return mix(natural, mix(skin, 0x000000, 0.85), labels.Blond_Hair ? 0.45 : 0.25);
}
