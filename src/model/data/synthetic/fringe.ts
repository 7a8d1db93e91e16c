// Room: model/data. Bangs of synthetic faces: a fringe over the forehead down to the brows.

import type { Figure } from './figure.ts';
import { fill, path, stroke } from './ink.ts';

export function drawFringe({ labels, id, colours, width: w, top }: Figure): string {
  const low = 346;
  const crown = top - 40;
  const teeth = labels.Wavy_Hair ? 5 : 7;
  const half = w - 22;
  const step = (2 * half) / teeth;
  let edge = '';
  let gaps = '';
  for (let i = 0; i < teeth; i++) {
    const from = half - i * step;
    const to = from - step;
    edge += labels.Wavy_Hair
      ? path`Q${(from + to) / 2} ${low + 56} ${to} ${low - 14}`
      : path`L${from - step * 0.3} ${low + 20}L${to} ${low - 10}`;
    if (i < teeth - 1) gaps += path`M${to} ${low - 10}Q${to * 0.9} ${(low + crown) / 2} ${to * 0.5} ${crown + 70}`;
  }
  const cap = path`M${-half} ${low - 14}C${-w} 200 ${-0.6 * w} ${crown} 0 ${crown}C${0.6 * w} ${crown} ${w} 200 ${half} ${low - 14}`;
  return fill(`url(#h${id})`, `${cap}${edge}z`) + stroke(colours.hairDark, 12, gaps, 0.85);
}
