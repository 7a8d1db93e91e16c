// Room: model/data. The hair of a synthetic face: which cut it has, and what lies behind and before the head.

import type { Figure } from './figure.ts';
import { drawFringe } from './fringe.ts';
import { fill, hex } from './ink.ts';
import { drawLongHair, outlineLongBack } from './long-hair.ts';
import { drawCrop, drawCurls, drawSweep } from './short-hair.ts';
import { drawTiedHair } from './tied-hair.ts';

/** What hangs behind neck and shoulders. */
export function drawBackHair(figure: Figure): string {
  const { labels, colours } = figure;
  if (labels.Bald || labels.Male) return '';
  return labels.Straight_Hair || labels.Wavy_Hair ? fill(colours.hairDark, outlineLongBack(figure)) : drawTiedHair(figure);
}

/** What lies on the head, over the face. */
export function drawFrontHair(figure: Figure): string {
  const { labels, colours, id, lit } = figure;
  if (labels.Bald) return '';
  const gradient =
    `<linearGradient id="h${id}" gradientUnits="userSpaceOnUse" x1="${lit * 240}" y1="60" x2="${-lit * 300}" y2="760">` +
    `<stop stop-color="${hex(colours.hairLight)}"/><stop offset=".35" stop-color="${hex(colours.hair)}"/>` +
    `<stop offset="1" stop-color="${hex(colours.hairDark)}"/></linearGradient>`;
  return gradient + drawCut(figure) + (labels.Bangs ? drawFringe(figure) : '');
}

function drawCut(figure: Figure): string {
  const { Male, Straight_Hair, Wavy_Hair } = figure.labels;
  if (!Straight_Hair && !Wavy_Hair) return drawCrop(figure);
  if (!Male) return drawLongHair(figure);
  return Straight_Hair ? drawSweep(figure) : drawCurls(figure);
}
