// Room: model/data. Brows of a synthetic face: flat or arched, fine or bushy.

import type { Figure } from './figure.ts';
import { fill, mirror, path, stroke } from './ink.ts';

export function drawBrows({ labels, eye, browY, colours }: Figure): string {
  const bushy = labels.Bushy_Eyebrows;
  const arched = labels.Arched_Eyebrows;
  const thick = bushy ? 56 : labels.Male ? 27 : 19;
  const inner = eye.x - (bushy ? 88 : 74);
  const outer = eye.x + (bushy ? 100 : 88);
  const peak = eye.x + 22;
  const y = browY + (arched ? 10 : 4);
  const innerY = y - (arched ? 14 : 0);
  const peakY = y - (arched ? 60 : labels.Male ? 6 : 14);
  const brow =
    path`M${inner} ${innerY - thick / 2}Q${peak - 40} ${peakY - thick * 0.62} ${peak} ${peakY - thick * 0.62}` +
    path`Q${peak + 44} ${peakY - thick * 0.5} ${outer} ${y + 14}Q${peak + 32} ${peakY + thick * 0.35} ${peak - 8} ${peakY + thick * 0.4}` +
    path`Q${peak - 44} ${peakY + thick * 0.45} ${inner} ${innerY + thick / 2}z`;
  const tufts =
    path`M${inner + 10} ${innerY}l-8 -40M${inner + 48} ${(innerY + peakY) / 2}l2 -46` +
    path`M${inner + 90} ${peakY}l12 -42M${outer - 46} ${(y + peakY) / 2}l20 -30`;
  return fill(colours.bodyHair, mirror(brow), bushy ? 1 : 0.92) + stroke(colours.bodyHair, 13, bushy ? mirror(tufts) : '');
}
