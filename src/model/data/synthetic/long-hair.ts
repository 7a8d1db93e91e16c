// Room: model/data. Long hair of synthetic faces, straight or wavy.

import type { Figure } from './figure.ts';
import { followHairline, startHairline } from './hairline.ts';
import { fill, flip, mirror, path, stroke } from './ink.ts';

const WAVES = 4;

/** The mass behind neck and shoulders, as path data. */
export function outlineLongBack({ width: w, top }: Figure): string {
  const x = w + 62;
  return mirror(path`M0 ${top - 30}L${0.6 * w} ${top - 30}C${x + 20} 200 ${x + 20} 600 ${x} 960L${w - 90} 960L${w - 90} 700L0 700z`);
}

/** Cap and the locks that fall over ears and shoulders from a parting. */
export function drawLongHair(figure: Figure): string {
  const { id, labels, colours, width: w, top, parted } = figure;
  const wavy = labels.Wavy_Hair && !labels.Straight_Hair;
  const strands = wavy ? wavyStrands(w) : straightStrands(w, top);
  const side = wavy ? outlineWaves(w) : outlineStraight(w);
  return (
    fill(`url(#h${id})`, outlineLock(figure, side, parted) + flip(outlineLock(figure, side, -parted))) +
    stroke(colours.hairDark, 14, mirror(strands.dark), 0.9) +
    stroke(colours.hairLight, 14, mirror(strands.light), 0.8)
  );
}

/** The right lock: from the parting along the forehead to the temple, down and up its `side`, over the crown. */
function outlineLock(figure: Figure, side: string, parted: number): string {
  const { labels, width: w, top } = figure;
  const crown = top - 52;
  const partX = labels.Receding_Hairline ? 0 : parted * 66;
  const forehead = labels.Receding_Hairline
    ? startHairline(figure) + followHairline(figure)
    : path`M${partX} 182C${0.5 * w} 214 ${(parted > 0 ? 0.62 : 0.8) * w} 262 ${0.84 * w} 350Q${w - 26} 400 ${w - 26} 470`;
  return `${forehead}${side}${path`C${w + 52} 170 ${0.6 * w} ${crown} ${partX} ${crown}z`}`;
}

function outlineStraight(w: number): string {
  return path`L${w - 34} 700L${w - 62} 930L${w - 20} 985L${w + 62} 975L${w + 66} 600L${w + 56} 380`;
}

function outlineWaves(w: number): string {
  let inner = '';
  let outer = '';
  for (let i = 0; i < WAVES; i++) {
    inner += path`Q${w - 34 + (i % 2 ? 62 : -62)} ${530 + 120 * i} ${w - 34} ${590 + 120 * i}`;
    outer += path`Q${w + 164} ${872 - 155 * i} ${w + 76} ${795 - 155 * i}`;
  }
  return `${inner}${path`L${w - 34} 950Q${w + 20} 1000 ${w + 78} 950`}${outer}`;
}

function straightStrands(w: number, top: number): { light: string; dark: string } {
  const line = (inset: number) =>
    path`M30 ${top - 32 + inset * 0.5}C${0.7 * w} ${top - 2 + inset} ${w + 40 - inset} 260 ${w + 44 - inset} 480L${w + 40 - inset} 960`;
  return { light: line(14), dark: line(48) + path`M${w - 30} 560L${w - 30} 940` };
}

function wavyStrands(w: number): { light: string; dark: string } {
  const line = (x: number, y: number) => path`M${x} ${y}q46 62 0 124t0 124t0 124t0 124`;
  return { light: line(w + 34, 300) + path`M50 118q60 -30 100 30t80 60`, dark: line(w, 380) };
}
