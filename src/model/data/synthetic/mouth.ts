// Room: model/data. The mouth of a synthetic face: smile, gap, lips.

import type { Figure } from './figure.ts';
import { type Colour, fill, mirror, mix, path, stroke } from './ink.ts';
import { lipColour } from './palette.ts';

interface Mouth {
  half: number;
  /** Height of the corners, and of the lips' inner and outer edges in the middle. */
  corner: number;
  top: number;
  innerTop: number;
  innerBottom: number;
  bottom: number;
}

export function drawMouth(figure: Figure): string {
  const { labels, colours } = figure;
  const mouth = measureMouth(figure);
  const { half, corner, bottom } = mouth;
  const lips = lipColour(labels, colours.skin, figure.style.lips);
  const chinShade = path`M-50 ${bottom + 12}Q0 ${bottom + 36} 50 ${bottom + 12}z`;
  const dimple = path`M${half + 14} ${corner - 22}Q${half + 6} ${corner} ${half + 18} ${corner + 14}`;
  return (
    fill(colours.skinDark, chinShade, 0.45) +
    fill(lips, outlineLips(mouth)) +
    drawBetweenLips(mouth, labels.Smiling, lips) +
    stroke(colours.skinDark, 11, labels.Smiling ? mirror(dimple) : '', 0.75)
  );
}

function measureMouth({ labels, mouthY }: Figure): Mouth {
  const { Smiling: smiling, Mouth_Slightly_Open: open, Big_Lips: big } = labels;
  const gap = smiling ? (open ? 76 : 40) : open ? 56 : 0;
  const innerTop = mouthY - (smiling ? 2 : gap * 0.4);
  return {
    half: (smiling ? 120 : open ? 82 : 94) + (big ? 14 : 0),
    corner: mouthY + (smiling ? -34 : 6),
    top: innerTop - (big ? 46 : 21),
    innerTop,
    innerBottom: innerTop + gap,
    bottom: innerTop + gap + (big ? 60 : 27) - (smiling ? 4 : 0),
  };
}

function outlineLips({ half, corner, top, bottom }: Mouth): string {
  const right = path`M0 ${top + 6}C${half * 0.25} ${top - 10} ${half * 0.5} ${top + 4} ${half} ${corner}`;
  return mirror(`${right}${path`C${half * 0.81} ${(corner + lowest(corner, bottom)) / 2} ${half * 0.4} ${bottom} 0 ${bottom}z`}`);
}

/** Teeth for a smile, darkness for an open mouth, both for an open smile, else the line where the lips meet. */
function drawBetweenLips({ half, corner, innerTop, innerBottom }: Mouth, smiling: boolean, lips: Colour): string {
  const gap = innerBottom - innerTop;
  if (gap === 0) return stroke(mix(lips, 0x200508, 0.6), 11, path`M${-half} ${corner}Q0 ${innerTop - 4} ${half} ${corner}`);
  const x = half - 14;
  const edge = corner + 4;
  const hole = (low: number) =>
    path`M${-x} ${edge}Q0 ${2 * innerTop - edge} ${x} ${edge}C${x * 0.6} ${lowest(edge, low)} ${-x * 0.6} ${lowest(edge, low)} ${-x} ${edge}z`;
  const dark = !smiling || gap > 60;
  return fill(0x2a0609, dark ? hole(innerBottom) : '') + fill(0xffffff, smiling ? hole(dark ? innerTop + 36 : innerBottom) : '');
}

/** Where a cubic's control points lie so that it hangs from `edge` down to `low`. */
function lowest(edge: number, low: number): number {
  return edge + (low - edge) / 0.75;
}
