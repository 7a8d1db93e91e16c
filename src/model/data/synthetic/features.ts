// (pure) What a synthetic face shows in its middle: eyes, brows, nose, mouth and beard.

import type { Figure } from './figure.ts';
import { EYE_SHADOW, EYES, lipColour, pick } from './figure.ts';
import { type Colour, ellipse, ellipses, fill, mirror, mix, path, stroke } from './ink.ts';

const INK = 0x16090c;

/** Eyes with lashes and make-up. */
export function drawEyes(figure: Figure): string {
  const { labels, style, colours } = figure;
  const { x, y, half, upper, lower } = figure.eye;
  const radius = labels.Attractive ? 37 : 31;
  const height = Math.min(radius, 0.72 * upper + 4);
  const lid = path`M${x - half} ${y + 8}C${x - half * 0.4} ${y - upper} ${x + half * 0.45} ${y - upper * 1.1} ${x + half} ${y - 4}`;
  const white = `${lid}${path`C${x + half * 0.5} ${y + lower} ${x - half * 0.5} ${y + lower} ${x - half} ${y + 8}z`}`;
  const rim = path`M${x - half * 0.7} ${y + lower * 0.5}Q${x} ${y + lower} ${x + half} ${y}`;
  return (
    (labels.Heavy_Makeup ? drawEyeShadow(figure) : drawCrease(figure)) +
    (labels.Narrow_Eyes && figure.pen.bold ? drawHeavyLids(figure) : '') +
    fill(labels.Attractive ? 0xffffff : 0xebe3da, mirror(white)) +
    fill(pick(EYES, style.eyes), ellipses(x, y, radius, height)) +
    fill(0x0d0a0c, ellipses(x, y, radius * 0.52, height * 0.6)) +
    (labels.Attractive ? drawCatchLights(figure, height) : '') +
    stroke(labels.Male ? mix(colours.bodyHair, 0x000000, 0.4) : INK, labels.Heavy_Makeup ? 24 : labels.Male ? 12 : 17, mirror(lid)) +
    (labels.Male ? '' : drawLashes(figure)) +
    stroke(colours.skinDark, 8, mirror(rim), 0.7)
  );
}

function drawEyeShadow({ style, eye: { x, y, half, upper } }: Figure): string {
  const lid =
    path`M${x - half - 6} ${y + 6}C${x - half * 0.6} ${y - upper - 52} ${x + half * 0.6} ${y - upper - 62} ${x + half + 34} ${y - 36}` +
    path`L${x + half} ${y + 4}z`;
  return fill(pick(EYE_SHADOW, style.makeup), mirror(lid), 0.8);
}

function drawCrease({ colours, eye: { x, y, half, upper } }: Figure): string {
  const crease = path`M${x - half * 0.8} ${y - upper * 0.7 - 10}Q${x} ${y - upper * 1.1 - 24} ${x + half * 0.95} ${y - upper * 0.55 - 14}`;
  return stroke(colours.skinDark, 10, mirror(crease), 0.6);
}

/** Lids that hang over narrow eyes. */
function drawHeavyLids({ colours, eye: { x, y, half, upper } }: Figure): string {
  const lid = path`M${x - half} ${y + 8}C${x - half * 0.8} ${y - upper - 56} ${x + half * 0.8} ${y - upper - 60} ${x + half} ${y}z`;
  return fill(colours.skinDark, mirror(lid), 0.5);
}

/** Both eyes mirror the light on the same side. */
function drawCatchLights({ lit, eye: { x, y } }: Figure, height: number): string {
  const spot = (eyeX: number) => ellipse(eyeX + lit * 13, y - height * 0.38, 13, Math.min(13, height * 0.5));
  return fill(0xffffff, spot(x) + spot(-x));
}

function drawLashes({ labels, eye: { x, y, half, upper } }: Figure): string {
  const long = labels.Heavy_Makeup ? 1.3 : 1;
  const middleX = x + half * 0.62;
  const middleY = y - upper * 0.55;
  const lashes =
    path`M${x + half} ${y - 4}L${x + half + 26 * long} ${y - 30 * long}` +
    path`M${middleX} ${middleY}L${middleX + 20 * long} ${middleY - 26 * long}`;
  return stroke(INK, 11, mirror(lashes));
}

export function drawBrows({ labels, eye, browY, colours, pen }: Figure): string {
  const bushy = labels.Bushy_Eyebrows;
  const arched = labels.Arched_Eyebrows;
  const thick = (bushy ? 56 : labels.Male ? 27 : 19) + (arched ? pen.brows.archedThick : 0);
  const inner = eye.x - (bushy ? 88 : 74);
  const outer = eye.x + (bushy ? 100 : 88);
  const peak = eye.x + 22;
  const y = browY + (arched ? pen.brows.archedLift : 4);
  const innerY = y - (arched ? 14 : 0);
  const peakY = y - (arched ? pen.brows.archedRise : labels.Male ? 6 : 14);
  const brow =
    path`M${inner} ${innerY - thick / 2}Q${peak - 40} ${peakY - thick * 0.62} ${peak} ${peakY - thick * 0.62}` +
    path`Q${peak + 44} ${peakY - thick * 0.5} ${outer} ${y + 14}Q${peak + 32} ${peakY + thick * 0.35} ${peak - 8} ${peakY + thick * 0.4}` +
    path`Q${peak - 44} ${peakY + thick * 0.45} ${inner} ${innerY + thick / 2}z`;
  const tufts =
    path`M${inner + 10} ${innerY}l-8 -40M${inner + 48} ${(innerY + peakY) / 2}l2 -46` +
    path`M${inner + 90} ${peakY}l12 -42M${outer - 46} ${(y + peakY) / 2}l20 -30`;
  return fill(colours.bodyHair, mirror(brow), bushy ? 1 : 0.92) + stroke(colours.bodyHair, 13, bushy ? mirror(tufts) : '');
}

/** Ordinary, big, pointy, or both. */
export function drawNose(figure: Figure): string {
  const { labels, pen } = figure;
  if (labels.Pointy_Nose) return drawPointyNose(figure, labels.Big_Nose ? pen.nose.bigSpread : pen.nose.spread);
  return labels.Big_Nose ? drawBigNose(figure) : drawSmallNose(figure);
}

function drawSmallNose({ colours, noseY: y, lit }: Figure): string {
  const shade = path`M${-lit * 22} 480Q${-lit * 18} 560 ${-lit * 42} ${y - 4}Q${-lit * 6} ${y + 4} ${-lit * 6} 540z`;
  const base = path`M0 ${y + 8}Q22 ${y + 14} 36 ${y - 2}`;
  return fill(colours.skinDark, shade, 0.28) + stroke(colours.skinDark, 13, mirror(base), 0.85);
}

/** Broad wings, open nostrils, a bright tip. */
function drawBigNose({ colours, noseY: y, lit, pen: { nose } }: Figure): string {
  const bulk = path`M0 450L34 450Q44 520 ${96 + nose.wing} ${y - 24}Q${104 + nose.wing} ${y + 26} 50 ${y + 24}Q25 ${y + 36} 0 ${y + 36}z`;
  const wing = path`M${62 + nose.wing} ${y - 62}Q${112 + nose.wing} ${y - 30} ${86 + nose.wing} ${y + 14}`;
  return (
    fill(mix(colours.skinShade, 0xc0402e, nose.blush), mirror(bulk), 0.85) +
    fill(colours.skinLight, ellipse(lit * 12, y - 34, 36, 30), 0.9) +
    stroke(colours.skinDark, nose.line + 2, mirror(wing)) +
    fill(0x2c0f0a, ellipses(40, y + 12, 22, 11), 0.85)
  );
}

/** A ridge between a lit and a dark flank that runs out in a point. */
function drawPointyNose({ colours, noseY: y, lit, pen: { nose } }: Figure, spread: number): string {
  const flank = (side: number) => path`M0 430L${side * spread} ${y - 14}L0 ${y + nose.point}z`;
  return (
    fill(colours.skinDark, flank(-lit), nose.flank) +
    fill(mix(colours.skinLight, 0xfff8ee, nose.gleam), flank(lit), 0.95) +
    stroke(colours.skinDark, nose.line, mirror(path`M0 ${y + nose.point}L${spread} ${y - 16}`))
  );
}

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
  const lips = lipColour(figure);
  const chinShade = path`M-50 ${bottom + 12}Q0 ${bottom + 36} 50 ${bottom + 12}z`;
  const dimple = path`M${half + 14} ${corner - 22}Q${half + 6} ${corner} ${half + 18} ${corner + 14}`;
  return (
    fill(colours.skinDark, chinShade, 0.45) +
    fill(lips, outlineLips(mouth)) +
    (labels.Big_Lips && figure.pen.bold ? drawLipShine(mouth, lips) : '') +
    drawBetweenLips(mouth, labels.Smiling, lips) +
    stroke(colours.skinDark, 11, labels.Smiling ? mirror(dimple) : '', 0.75)
  );
}

function measureMouth({ labels, mouthY, pen: { lips } }: Figure): Mouth {
  const { Smiling: smiling, Mouth_Slightly_Open: open, Big_Lips: big } = labels;
  const gap = smiling ? (open ? 76 : 40) : open ? 56 : 0;
  const innerTop = mouthY - (smiling ? 2 : gap * 0.4);
  return {
    half: (smiling ? 120 : open ? 82 : 94) + (big ? lips.bigWider : 0),
    corner: mouthY + (smiling ? -34 : 6),
    top: innerTop - (big ? lips.bigTop : 21),
    innerTop,
    innerBottom: innerTop + gap,
    bottom: innerTop + gap + (big ? lips.bigBottom : 27) - (smiling ? 4 : 0),
  };
}

/** Full lips stand out: a dark edge, and light on the lower one. */
function drawLipShine(mouth: Mouth, lips: Colour): string {
  const { half, innerBottom, bottom } = mouth;
  const y = (innerBottom + bottom) / 2;
  const shine = path`M${-half * 0.35} ${y}Q0 ${y + 16} ${half * 0.35} ${y}`;
  return stroke(mix(lips, 0x1c0408, 0.4), 9, mirror(outlineHalfLips(mouth))) + stroke(mix(lips, 0xffffff, 0.5), 20, shine, 0.9);
}

function outlineLips(mouth: Mouth): string {
  return mirror(`${outlineHalfLips(mouth)}z`);
}

/** The right half, from the middle of the upper lip to that of the lower one. */
function outlineHalfLips({ half, corner, top, bottom }: Mouth): string {
  const right = path`M0 ${top + 6}C${half * 0.25} ${top - 10} ${half * 0.5} ${top + 4} ${half} ${corner}`;
  return `${right}${path`C${half * 0.81} ${(corner + lowest(corner, bottom)) / 2} ${half * 0.4} ${bottom} 0 ${bottom}`}`;
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

/** Stubble, sideburns, or a full beard where labels name no kind: what follows the outline of the head. */
export function drawBeard(figure: Figure): string {
  const { labels, colours } = figure;
  if (labels.No_Beard) return '';
  const named = labels['5_o_Clock_Shadow'] || labels.Goatee || labels.Mustache || labels.Sideburns;
  return (
    (labels['5_o_Clock_Shadow'] ? fill(0x2b3440, outlineStubble(figure), 0.42) : '') +
    fill(colours.bodyHair, named ? '' : outlineFullBeard(figure)) +
    fill(colours.bodyHair, labels.Sideburns ? outlineSideburns(figure) : '')
  );
}

/** Lies behind the mouth, and turns with it. */
export function drawGoatee(figure: Figure): string {
  return figure.labels.Goatee && !figure.labels.No_Beard ? fill(figure.colours.bodyHair, outlineGoatee(figure)) : '';
}

/** Lies over the mouth's upper edge. */
export function drawMustache({ labels, colours, mouthY }: Figure): string {
  if (!labels.Mustache || labels.No_Beard) return '';
  const y = mouthY - 76;
  return fill(colours.bodyHair, mirror(path`M0 ${y + 4}C40 ${y - 14} 96 ${y + 8} 132 ${y + 66}C90 ${y + 62} 40 ${y + 66} 0 ${y + 50}z`));
}

/** Cheeks, upper lip and chin, up to the head's outline. */
function outlineStubble({ labels, width, jaw, chin }: Figure): string {
  const x = width * 0.97;
  const slope = labels.Male ? 14 : 46;
  return mirror(
    path`M0 615Q45 610 90 624C170 620 ${x - 40} 640 ${x} 560C${x - 6} 600 ${jaw.x + slope} ${jaw.y - 60} ${jaw.x} ${jaw.y}` +
      path`C${jaw.x - slope} ${jaw.y + 92} ${chin.width} ${chin.y} 0 ${chin.y}z`,
  );
}

function outlineGoatee({ mouthY, chin }: Figure): string {
  return mirror(
    path`M0 ${mouthY + 58}Q70 ${mouthY + 66} 104 ${mouthY + 24}Q118 ${chin.y - 20} 78 ${chin.y + 18}Q40 ${chin.y + 37} 0 ${chin.y + 37}z`,
  );
}

function outlineSideburns({ width: w }: Figure): string {
  return mirror(path`M${w + 6} 400L${w - 52} 410L${w - 70} 655Q${w - 40} 668 ${w - 18} 610z`);
}

function outlineFullBeard({ width: w, jaw, chin, mouthY }: Figure): string {
  return mirror(
    path`M0 ${mouthY + 56}Q110 ${mouthY + 60} 124 ${mouthY - 10}C190 ${mouthY - 20} ${w - 40} 640 ${w - 40} 480L${w + 2} 470` +
      path`C${w} 560 ${jaw.x + 24} 640 ${jaw.x + 10} ${jaw.y}C${jaw.x} ${jaw.y + 110} ${chin.width} ${chin.y + 40} 0 ${chin.y + 40}z`,
  );
}
