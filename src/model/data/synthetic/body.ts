// Room: model/data. Neck, shoulders and clothes of a synthetic face, with necktie and necklace.

import type { Figure } from './figure.ts';
import { ellipse, fill, mirror, mix, outlined, path, stroke } from './ink.ts';
import { CLOTHES, pick, SUITS, TIES } from './palette.ts';

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
