// Room: model/data. What marks the skin of a synthetic face: lines of age, bags under the eyes, blemishes.

import type { Figure } from './figure.ts';
import { ellipse, fill, mirror, mix, path, stroke } from './ink.ts';

/** Turns with the eyes. */
export function drawComplexion(figure: Figure): string {
  const { labels } = figure;
  return (
    (labels.Young ? '' : drawLines(figure)) +
    (labels.Bags_Under_Eyes ? drawBags(figure) : '') +
    (labels.Attractive ? '' : drawBlemishes(figure))
  );
}

/** Lines on the forehead, beside nose, mouth and eyes. */
function drawLines({ eye, chin, mouthY, colours }: Figure): string {
  const x = eye.x + eye.half;
  const forehead = path`M-150 262Q0 240 150 262M-165 297Q0 276 165 297M-140 332Q0 314 140 332`;
  const mouth = path`M70 598Q132 640 136 ${mouthY + 22}M120 ${mouthY + 46}Q128 ${chin.y - 60} 112 ${chin.y - 40}`;
  const eyes = path`M${x + 8} 448L${x + 52} 424M${x + 12} 466L${x + 58} 466M${x + 8} 484L${x + 50} 508`;
  return stroke(colours.skinDark, 12, forehead + mirror(mouth + eyes), 0.85);
}

function drawBags({ eye: { x, y: eyeY, lower }, colours }: Figure): string {
  const y = eyeY + lower * 0.75 + 10;
  const bag = path`M${x - 66} ${y}Q${x} ${y + 24} ${x + 66} ${y - 4}Q${x} ${y + 100} ${x - 66} ${y}z`;
  const rim = path`M${x - 58} ${y + 18}Q${x} ${y + 78} ${x + 60} ${y + 12}`;
  return fill(0x462450, mirror(bag), 0.76) + stroke(mix(colours.skinDark, 0x1c0a1c, 0.4), 15, mirror(rim), 0.95);
}

/** Spots on cheeks and forehead, in places that differ from face to face. */
function drawBlemishes({ style, width, colours }: Figure): string {
  let spots = '';
  for (let i = 0; i < 8; i++) {
    const a = (style.marks * 97 + i * 0.618) % 1;
    const b = (style.marks * 61 + i * 0.382) % 1;
    const side = i % 2 ? 1 : -1;
    spots += i < 6 ? ellipse(side * width * (0.34 + 0.46 * a), 550 + 150 * b, 12 + 5 * a) : ellipse(side * 150 * a, 280 + 50 * b, 14);
  }
  return fill(mix(colours.skinDark, 0xb03a2e, 0.45), spots, 0.72);
}
