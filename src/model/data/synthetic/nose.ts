// Room: model/data. The nose of a synthetic face: ordinary, big, pointy, or both.

import type { Figure } from './figure.ts';
import { ellipse, ellipses, fill, mirror, path, stroke } from './ink.ts';

export function drawNose(figure: Figure): string {
  const { labels } = figure;
  if (labels.Pointy_Nose) return drawPointyNose(figure, labels.Big_Nose ? 80 : 52);
  return labels.Big_Nose ? drawBigNose(figure) : drawSmallNose(figure);
}

function drawSmallNose({ colours, noseY: y, lit }: Figure): string {
  const shade = path`M${-lit * 22} 480Q${-lit * 18} 560 ${-lit * 42} ${y - 4}Q${-lit * 6} ${y + 4} ${-lit * 6} 540z`;
  const base = path`M0 ${y + 8}Q22 ${y + 14} 36 ${y - 2}`;
  return fill(colours.skinDark, shade, 0.28) + stroke(colours.skinDark, 13, mirror(base), 0.85);
}

/** Broad wings, open nostrils, a bright tip. */
function drawBigNose({ colours, noseY: y, lit }: Figure): string {
  const bulk = path`M0 450L34 450Q44 520 96 ${y - 24}Q104 ${y + 26} 50 ${y + 24}Q25 ${y + 36} 0 ${y + 36}z`;
  const wing = path`M62 ${y - 62}Q112 ${y - 30} 86 ${y + 14}`;
  return (
    fill(colours.skinShade, mirror(bulk), 0.85) +
    fill(colours.skinLight, ellipse(lit * 12, y - 34, 36, 30), 0.9) +
    stroke(colours.skinDark, 15, mirror(wing)) +
    fill(0x2c0f0a, ellipses(40, y + 12, 22, 11), 0.85)
  );
}

/** A ridge between a lit and a dark flank that runs out in a point. */
function drawPointyNose({ colours, noseY: y, lit }: Figure, spread: number): string {
  const flank = (side: number) => path`M0 430L${side * spread} ${y - 14}L0 ${y + 32}z`;
  return (
    fill(colours.skinDark, flank(-lit), 0.62) +
    fill(colours.skinLight, flank(lit), 0.95) +
    stroke(colours.skinDark, 13, mirror(path`M0 ${y + 32}L${spread} ${y - 16}`))
  );
}
