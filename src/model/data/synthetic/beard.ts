// Room: model/data. Facial hair of a synthetic face: stubble, goatee, mustache, sideburns, or a full beard without a name.

import type { Figure } from './figure.ts';
import { fill, mirror, path } from './ink.ts';

/** What follows the outline of the head. */
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
