// (pure) What a synthetic face wears: shirt or suit with necktie or necklace, hat, glasses and earrings.

import type { Figure } from './figure.ts';
import { CLOTHES, FRAMES, pick, SUITS, TIES } from './figure.ts';
import { ellipse, ellipses, fill, mirror, mix, outlined, path, stroke } from './ink.ts';

/** Neck, shoulders and what covers them. */
export function drawBody(figure: Figure): string {
  const { labels, colours, neck, chin } = figure;
  const skin = mirror(path`M0 650L${neck} 650L${neck} 860C${neck} 900 300 905 420 1010L0 1010z`);
  const shadow = path`M${-neck} 700V835Q0 ${chin.y + 95} ${neck} 835V700z`;
  return (
    fill(colours.skin, skin) +
    fill(colours.skinDark, shadow, 0.55) +
    (labels.Wearing_Necktie ? drawSuit(figure) : drawShirt(figure)) +
    (labels.Wearing_Necklace ? drawNecklace(figure) : '')
  );
}

function drawShirt({ labels, style, neck }: Figure): string {
  const colour = pick(CLOTHES, style.clothes);
  const depth = labels.Male ? 985 : 1075;
  const shoulder = labels.Male ? 560 : 500;
  const x = neck + 22;
  const hem = path`M${-x} 872Q0 ${depth} ${x} 872`;
  const cloth =
    hem + path`C${x + 150} 915 ${shoulder} 930 ${shoulder + 40} 1010H${-shoulder - 40}C${-shoulder} 930 ${-x - 150} 915 ${-x} 872z`;
  return fill(colour, cloth) + stroke(mix(colour, 0x000000, 0.35), 16, hem);
}

function drawSuit({ labels, style, neck }: Figure): string {
  const suit = pick(SUITS, style.clothes);
  const tie = pick(TIES, style.jewels);
  const shoulder = labels.Male ? 580 : 510;
  const x = neck + 30;
  return (
    fill(0xf4f4f2, mirror(path`M0 905L${x} 848L${x + 30} 1010L0 1010z`)) +
    fill(suit, mirror(path`M0 1100L${x} 850C${x + 150} 905 ${shoulder} 920 ${shoulder} 1010L0 1100z`)) +
    stroke(mix(suit, 0xffffff, 0.25), 10, mirror(path`M${x} 865L70 1010`)) +
    fill(tie, path`M-46 872H46L30 928L66 1010H-66L-30 928z`) +
    stroke(mix(tie, 0x000000, 0.45), 10, path`M-32 930H32`) +
    fill(0xffffff, mirror(path`M${x} 838L26 880L96 935z`)) +
    stroke(0x9a9ca4, 8, mirror(path`M26 880L96 935`))
  );
}

/** Nine beads on a bow, the middle one larger. */
function drawNecklace({ style, neck }: Figure): string {
  let beads = '';
  for (let bead = -4; bead <= 4; bead++) {
    const t = bead / 4;
    beads += ellipse(t * (neck + 6), 958 - 84 * t * t, bead === 0 ? 28 : 19);
  }
  return style.jewels < 0.5 ? outlined(0xf2b71f, 0x6b4308, 8, beads) : outlined(0xfdfbf4, 0x59606e, 8, beads);
}

/** A knitted cap, a hat with a brim, or a peaked cap. */
export function drawHat(figure: Figure): string {
  if (!figure.labels.Wearing_Hat) return '';
  return figure.pen.bold ? `<g transform="translate(0 -24)">${drawHatShape(figure)}</g>` : drawHatShape(figure);
}

function drawHatShape({ style, width, parted, pen }: Figure): string {
  const colour = pick(pen.hats, (style.hat * 7.3) % 1);
  const dark = mix(colour, 0x08060c, 0.4);
  const light = pen.bold ? 0xf8f5ee : mix(colour, 0xffffff, 0.3);
  const band = pen.bold ? light : dark;
  const w = width + 34;
  const crown = mirror(path`M0 18C190 18 ${w + 6} 90 ${w} 300L0 300z`);
  if (style.hat < 0.34) {
    return (
      fill(colour, crown) +
      stroke(dark, 12, mirror(path`M150 70Q190 150 190 240M50 40Q66 150 66 240`), 0.6) +
      fill(light, path`M${-w - 14} 226Q0 190 ${w + 14} 226V322Q0 286 ${-w - 14} 322z`) +
      fill(light, ellipse(0, 26, 58, 52))
    );
  }
  if (style.hat < 0.67) {
    return (
      fill(colour, mirror(path`M0 64Q30 64 60 52C150 30 ${w - 60} 60 ${w - 50} 290L0 290z`)) +
      fill(band, path`M${46 - w} 210Q0 176 ${w - 46} 210V284H${46 - w}z`) +
      fill(colour, ellipse(0, 290, w + 130, 48)) +
      fill(dark, path`M${-w - 100} 306Q0 366 ${w + 100} 306Q0 346 ${-w - 100} 306z`)
    );
  }
  const back = -parted * (w - 20);
  const peak = parted * (w + 70);
  return (
    fill(colour, crown) +
    stroke(dark, 11, `M0 20V250${mirror('M130 60Q170 150 172 280')}`, 0.6) +
    fill(light, path`M-92 240C-92 150 92 150 92 240z`) +
    fill(dark, path`M${back} 292Q0 226 ${peak} 292Q0 372 ${back} 292z`)
  );
}

/** Round or square frames. */
export function drawGlasses({ labels, style, eye: { x, y: eyeY }, width }: Figure): string {
  if (!labels.Eyeglasses) return '';
  const y = eyeY + 4;
  const round = (style.glasses * 4) % 1 < 0.5;
  const square = path`M${x - 104} ${y - 62}Q${x} ${y - 84} ${x + 110} ${y - 70}L${x + 98} ${y + 56}Q${x} ${y + 92} ${x - 90} ${y + 58}z`;
  const bridge = path`M${104 - x} ${y - 14}Q0 ${y - 40} ${x - 104} ${y - 14}`;
  const temple = path`M${x + 104} ${y - 30}L${width + 14} ${y - 22}`;
  const frame = pick(FRAMES, style.glasses);
  return outlined(0xd8ecff, frame, 25, round ? ellipses(x, y, 104, 88) : mirror(square), 0.16) + stroke(frame, 25, bridge + mirror(temple));
}

/** Gold hoops, or drops with a stone. */
export function drawEarrings({ labels, style, width }: Figure): string {
  if (!labels.Wearing_Earrings) return '';
  const x = width + 18;
  if (style.jewels < 0.5) {
    const hoops = ellipses(x, 640, 40, 54);
    return stroke(0x4a2c05, 32, hoops, 0.8) + stroke(0xffcb2f, 18, hoops);
  }
  const drop = path`M${x} 604L${x + 36} 665L${x} 726L${x - 36} 665z`;
  const stone = style.jewels < 0.75 ? 0x17c3c9 : 0xf7f7ff;
  return stroke(0xffd24a, 16, mirror(path`M${x} 570L${x} 620`)) + outlined(stone, 0x2a2030, 11, mirror(drop));
}
