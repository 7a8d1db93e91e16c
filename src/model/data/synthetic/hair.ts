// (pure) The hair of a synthetic face: which cut it has, and what lies behind and before the head.

import type { Figure } from './figure.ts';
import { ellipse, fill, flip, hex, mirror, path, stroke } from './ink.ts';

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

/** Women's hair that is neither straight nor wavy: a bun on top, or a tail to one side, behind the head. */
function drawTiedHair(figure: Figure): string {
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

const WAVES = 4;

/** The mass of long hair behind neck and shoulders, as path data. */
function outlineLongBack({ width: w, top }: Figure): string {
  const x = w + 62;
  return mirror(path`M0 ${top - 30}L${0.6 * w} ${top - 30}C${x + 20} 200 ${x + 20} 600 ${x} 960L${w - 90} 960L${w - 90} 700L0 700z`);
}

/** Long hair, straight or wavy: a cap and the locks that fall over ears and shoulders from a parting. */
function drawLongHair(figure: Figure): string {
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

/** Of curly hair, on either side of the head. */
const SCALLOPS = 5;

/** Short hair close to the skull, smooth: hair without a texture of its own. */
function drawCrop(figure: Figure): string {
  const { labels, colours, width: w, top, lit } = figure;
  const crown = top - (labels.Male ? 34 : 44);
  const cap = drawCap(figure, path`L${w + 12} 470C${w + 30} 240 ${0.66 * w} ${crown} 0 ${crown}z`);
  const shine = path`M${lit * 60} ${crown + 46}Q${lit * (w - 90)} ${crown + 66} ${lit * (w - 44)} 270`;
  return cap + stroke(colours.hairLight, 22, labels.Receding_Hairline ? '' : shine, 0.5);
}

/** Short hair combed over from a parting, in straight strands, with an angular outline; bold, it also covers the ears. */
function drawSweep(figure: Figure): string {
  const { colours, width: w, top, parted, pen } = figure;
  const crown = top - 78;
  const side = pen.bold ? path`L${w - 18} 560Q${w + 20} 592 ${w + 54} 556L${w + 52} 330` : path`L${w + 16} 480L${w + 34} 330`;
  const outline = side + path`L${w + 4} 260L${w * 0.8} 130L${w * 0.5} ${crown + 14}L0 ${crown}z`;
  const strand = (i: number) => {
    const x = parted * (w * 0.62 - i * w * 0.24);
    return path`M${x} ${crown + 26 + Math.abs(i - 2) * 8}L${x - parted * w * 0.2} 218`;
  };
  return (
    drawCap(figure, outline) +
    stroke(colours.hairDark, 14, strand(0) + strand(2) + strand(4) + (pen.bold ? mirror(path`M${w + 14} 340L${w + 14} 556`) : ''), 0.9) +
    stroke(colours.hairLight, 13, strand(1) + strand(3) + strand(5) + (pen.bold ? mirror(path`M${w + 36} 340L${w + 38} 548`) : ''), 0.8)
  );
}

/** Short curly hair: a scalloped outline with curls inside. */
function drawCurls(figure: Figure): string {
  const { colours, width: w, top } = figure;
  const at = (scallop: number, reach: number) => {
    const angle = (Math.PI / 2) * (scallop / SCALLOPS);
    return { x: reach * (w + 22) * Math.cos(angle), y: 400 - reach * (462 - top) * Math.sin(angle) };
  };
  let outline = path`L${w + 10} 480L${w + 22} 400`;
  let curls = '';
  for (let i = 0; i < SCALLOPS; i++) {
    const start = at(i + 0.15, 0.86);
    outline += curve(at(i + 0.5, 1.24), at(i + 1, 1));
    curls += path`M${start.x} ${start.y}` + curve(at(i + 0.5, 1.06), at(i + 0.85, 0.86));
  }
  const waves = path`M30 ${top + 30}q40 -40 70 10t70 10`;
  return (
    drawCap(figure, `${outline}z`) + stroke(colours.hairLight, 14, mirror(curls), 0.75) + stroke(colours.hairDark, 14, mirror(waves), 0.9)
  );
}

/** `outline` leads from the right temple to the top of the head. */
function drawCap(figure: Figure, outline: string): string {
  return fill(`url(#h${figure.id})`, mirror(startHairline(figure) + followHairline(figure) + outline));
}

function curve(control: { x: number; y: number }, end: { x: number; y: number }): string {
  return path`Q${control.x} ${control.y} ${end.x} ${end.y}`;
}

/** The hairline's middle. */
function startHairline({ labels }: Figure): string {
  return labels.Receding_Hairline ? 'M0 236' : 'M0 226';
}

/** From the hairline's middle to the right temple. A receding one leaves the corners of the forehead bare. */
function followHairline({ labels, width: w, top, pen }: Figure): string {
  if (labels.Receding_Hairline && pen.bold) {
    return path`C${0.1 * w} 236 ${0.1 * w} ${top + 24} ${0.4 * w} ${top + 28}C${0.8 * w} ${top + 50} ${w - 16} 290 ${w - 16} 470`;
  }
  return labels.Receding_Hairline
    ? path`C${0.16 * w} 236 ${0.22 * w} 140 ${0.48 * w} 142C${0.84 * w} 160 ${w - 16} 300 ${w - 20} 470`
    : path`C${0.4 * w} 222 ${0.72 * w} 240 ${0.82 * w} 330Q${w - 34} 360 ${w - 26} 470`;
}

/** Bangs: a fringe over the forehead down to the brows. */
function drawFringe({ labels, id, colours, width: w, top, pen }: Figure): string {
  const low = pen.fringe;
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
