// Room: model/data. Ears and bare head of a synthetic face, lit from one side.

import type { Figure } from './figure.ts';
import { ellipse, ellipses, fill, hex, mirror, path, stroke } from './ink.ts';

export function drawHead(figure: Figure): string {
  const { labels, colours, id, lit, width, top } = figure;
  const gradient =
    `<linearGradient id="s${id}" gradientUnits="userSpaceOnUse" x1="${lit * 300}" y1="200" x2="${-lit * 300}" y2="620">` +
    `<stop stop-color="${hex(colours.skinLight)}"/><stop offset=".5" stop-color="${hex(colours.skin)}"/>` +
    `<stop offset="1" stop-color="${hex(colours.skinShade)}"/></linearGradient>`;
  return (
    gradient +
    fill(colours.skinShade, ellipses(width + 4, 508, 42, 68)) +
    fill(colours.skinDark, ellipses(width + 12, 508, 18, 36), 0.5) +
    (labels.Double_Chin ? drawDoubleChin(figure) : '') +
    fill(`url(#s${id})`, outlineHead(figure)) +
    (labels.Bald ? fill(0xffffff, ellipse(lit * width * 0.34, top + 92, 74, 44), 0.5) : '')
  );
}

/** From the skull past temple and jaw to the chin: men's jaws are square. */
function outlineHead({ labels, width, top, jaw, chin }: Figure): string {
  const slope = labels.Male ? 14 : 46;
  const square = labels.Male ? 96 : 72;
  return mirror(
    path`M0 ${top}C${width * 0.62} ${top} ${width} ${top + 110} ${width} 420` +
      path`C${width} 530 ${jaw.x + slope} ${jaw.y - 90} ${jaw.x} ${jaw.y}` +
      path`C${jaw.x - slope} ${jaw.y + square} ${chin.width} ${chin.y} 0 ${chin.y}z`,
  );
}

/** A fold of skin that shows below the chin. */
function drawDoubleChin({ colours, jaw, chin }: Figure): string {
  const low = chin.y + 96;
  const fold = path`M0 ${low}C100 ${low} ${jaw.x - 4} ${low - 30} ${jaw.x + 6} ${jaw.y - 30}L0 ${jaw.y - 30}z`;
  const edge = path`M0 ${low}C90 ${low} ${jaw.x * 0.7} ${low - 12} ${jaw.x * 0.86} ${chin.y + 10}`;
  return fill(colours.skin, mirror(fold)) + stroke(colours.skinDark, 16, mirror(edge), 0.95);
}
