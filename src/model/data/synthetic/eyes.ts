// Room: model/data. Eyes and eye make-up of a synthetic face.

import type { Figure } from './figure.ts';
import { ellipse, ellipses, fill, mirror, mix, path, stroke } from './ink.ts';
import { EYE_SHADOW, EYES, pick } from './palette.ts';

const INK = 0x16090c;

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
