// Room: model/data. Short cuts of synthetic faces: cropped or tied back, swept straight, curly.

import type { Figure } from './figure.ts';
import { followHairline, startHairline } from './hairline.ts';
import { fill, mirror, path, stroke } from './ink.ts';

/** Of curly hair, on either side of the head. */
const SCALLOPS = 5;

/** Close to the skull, smooth: hair without a texture of its own. */
export function drawCrop(figure: Figure): string {
  const { labels, colours, width: w, top, lit } = figure;
  const crown = top - (labels.Male ? 34 : 44);
  const cap = drawCap(figure, path`L${w + 12} 470C${w + 30} 240 ${0.66 * w} ${crown} 0 ${crown}z`);
  const shine = path`M${lit * 60} ${crown + 46}Q${lit * (w - 90)} ${crown + 66} ${lit * (w - 44)} 270`;
  return cap + stroke(colours.hairLight, 22, labels.Receding_Hairline ? '' : shine, 0.5);
}

/** Combed over from a parting, in straight strands, with an angular outline. */
export function drawSweep(figure: Figure): string {
  const { colours, width: w, top, parted } = figure;
  const crown = top - 78;
  const outline = path`L${w + 16} 480L${w + 34} 330L${w + 4} 260L${w * 0.8} 130L${w * 0.5} ${crown + 14}L0 ${crown}z`;
  const strand = (i: number) => {
    const x = parted * (w * 0.62 - i * w * 0.24);
    return path`M${x} ${crown + 26 + Math.abs(i - 2) * 8}L${x - parted * w * 0.2} 218`;
  };
  return (
    drawCap(figure, outline) +
    stroke(colours.hairDark, 14, strand(0) + strand(2) + strand(4), 0.9) +
    stroke(colours.hairLight, 13, strand(1) + strand(3) + strand(5), 0.8)
  );
}

/** A scalloped outline with curls inside. */
export function drawCurls(figure: Figure): string {
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
