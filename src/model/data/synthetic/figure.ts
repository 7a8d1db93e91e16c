// Room: model/data. Measures a synthetic face: where everything sits and what colour it has, before anything is drawn.

import { type Colour, mix } from './ink.ts';
import { bodyHairColour, hairColour, isDark, skinColour } from './palette.ts';
import type { FaceLabels } from './rates.ts';
import type { FaceTraits } from './traits.ts';

/** Lengths in thousandths of the picture's side; x from the middle of the face, y from the top of the picture. */
export interface Figure extends FaceTraits {
  /** Names this face's gradients within a sheet. */
  id: number;
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

export function measureFigure(traits: FaceTraits, id: number): Figure {
  const { labels, shape, style, light } = traits;
  const male = labels.Male;
  const width = (male ? 290 : 280) * (labels.Oval_Face ? 0.87 : 1) * (labels.Chubby ? 1.13 : 1) + 5 * shape.width;
  const jawShare = (male ? 0.87 : 0.72) * (labels.Oval_Face ? 0.9 : 1) * (labels.Chubby ? 1.17 : 1) + 0.012 * shape.jaw;
  return {
    ...traits,
    id,
    lit: Math.cos(light.angleRadians) < 0 ? -1 : 1,
    parted: style.part < 0.5 ? -1 : 1,
    top: labels.Oval_Face ? 108 : 125,
    width,
    jaw: { x: width * jawShare, y: labels.Chubby ? 674 : 700 },
    chin: {
      width: (male ? 135 : 75) * (labels.Oval_Face ? 0.8 : 1) + (labels.Chubby ? 85 : 0),
      y: (male ? 828 : 815) + (labels.Oval_Face ? 32 : 0) - (labels.Double_Chin ? 26 : 0),
    },
    eye: { x: 138 + 5 * shape.eyeGap - (labels.Oval_Face ? 6 : 0), y: 462, ...eyeOpening(labels) },
    browY: 376 + 4 * shape.brows,
    noseY: 600,
    mouthY: 702 + 4 * shape.mouth + (labels.Oval_Face ? 8 : 0),
    neck: (male ? 165 : 112) * (labels.Chubby ? 1.2 : 1),
    colours: mixColours(labels, traits),
  };
}

function eyeOpening(labels: FaceLabels): { half: number; upper: number; lower: number } {
  const bright = labels.Attractive;
  if (labels.Narrow_Eyes) return { half: bright ? 78 : 74, upper: bright ? 26 : 22, lower: 12 };
  const size = (bright ? 1.12 : 0.94) * (labels.Male ? 0.93 : 1.03);
  return { half: 74 * size, upper: 58 * size, lower: 36 * size };
}

function mixColours(labels: FaceLabels, { style }: FaceTraits): Figure['colours'] {
  const skin = skinColour(labels, style.skin);
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
