// Room: model/data. What shapes the cheeks and jaw of a synthetic face, and colours them.

import type { Figure } from './figure.ts';
import { ellipse, fill, mirror, path, stroke } from './ink.ts';

/** Gradients shared by all faces of a sheet. */
export const SHARED_GRADIENTS = softSpot('rose', '#e5283c', 0.8) + softSpot('shine', '#ffeed6', 0.62);

/** Stays within the head's outline, however the face is turned. */
export function drawCheeks(figure: Figure): string {
  const { labels, width } = figure;
  return (
    (labels.High_Cheekbones ? drawCheekbones(figure) : '') +
    (labels.Rosy_Cheeks ? softEllipses('rose', width * 0.62, 608, 90, 76) : '') +
    (labels.Chubby ? drawPlumpCheeks(figure) : '') +
    (labels.Double_Chin ? drawChinFold(figure) : '') +
    (labels.Young ? '' : drawSagging(figure))
  );
}

/** Light on the bones, shade in the hollows below them. */
function drawCheekbones({ width: w, mouthY, colours }: Figure): string {
  const hollow = path`M${w * 0.96} 566Q${w * 0.72} 640 122 ${mouthY - 14}Q${w * 0.5} ${mouthY + 60} ${w * 0.86} ${mouthY}z`;
  return fill(colours.skinDark, mirror(hollow), 0.52) + softEllipses('shine', w * 0.68, 552, 96, 50);
}

/** A spot on each side; one element for both would share one gradient. */
function softEllipses(gradient: string, ...[x, y, radiusX, radiusY]: [number, number, number, number]): string {
  return fill(`url(#${gradient})`, ellipse(x, y, radiusX, radiusY)) + fill(`url(#${gradient})`, ellipse(-x, y, radiusX, radiusY));
}

function drawPlumpCheeks({ colours }: Figure): string {
  return stroke(colours.skinDark, 14, mirror(path`M140 612Q112 700 178 752`), 0.7);
}

function drawChinFold({ chin, colours }: Figure): string {
  return stroke(colours.skinDark, 15, path`M-130 ${chin.y - 14}Q0 ${chin.y + 24} 130 ${chin.y - 14}`, 0.85);
}

/** Hanging jowls and hollow temples. */
function drawSagging({ jaw, chin, width: w, colours }: Figure): string {
  const jowl = path`M${jaw.x} ${jaw.y - 20}Q${jaw.x - 30} ${jaw.y + 75} 125 ${chin.y - 12}Q${jaw.x - 70} ${jaw.y + 20} ${jaw.x} ${jaw.y - 20}z`;
  const temple = path`M${w - 12} 350Q${w - 70} 420 ${w - 20} 500z`;
  return fill(colours.skinDark, mirror(jowl + temple), 0.4);
}

function softSpot(id: string, colour: string, opacity: number): string {
  return (
    `<radialGradient id="${id}"><stop offset=".2" stop-color="${colour}" stop-opacity="${opacity}"/>` +
    `<stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`
  );
}
