// Room: model/data. Women's hair that is neither straight nor wavy is tied: a bun on top, or a tail to one side.

import type { Figure } from './figure.ts';
import { ellipse, fill, path, stroke } from './ink.ts';

/** What shows behind the head. */
export function drawTiedHair(figure: Figure): string {
  return figure.style.cut < 0.5 ? drawBun(figure) : drawTail(figure);
}

function drawBun({ colours }: Figure): string {
  return (
    fill(colours.hair, ellipse(0, 72, 104, 72)) +
    stroke(colours.hairLight, 12, path`M-62 62Q0 8 62 62`, 0.8) +
    stroke(colours.hairDark, 12, path`M-80 100Q0 60 80 100`)
  );
}

function drawTail({ colours, width: w, parted: s }: Figure): string {
  const tail =
    path`M${s * (w - 60)} 200C${s * (w + 120)} 180 ${s * (w + 190)} 420 ${s * (w + 120)} 600` +
    path`C${s * (w + 70)} 740 ${s * (w + 130)} 820 ${s * (w + 60)} 900C${s * (w - 20)} 800 ${s * (w + 10)} 620 ${s * (w - 10)} 420z`;
  const shine = path`M${s * (w + 50)} 270C${s * (w + 130)} 380 ${s * (w + 90)} 600 ${s * (w + 60)} 720`;
  const ribbon = path`M${s * (w + 8)} 250L${s * (w + 52)} 210`;
  return fill(colours.hair, tail) + stroke(colours.hairLight, 12, shine, 0.7) + stroke(0xd43d5f, 30, ribbon);
}
