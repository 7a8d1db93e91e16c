// Room: model/data. Glasses and earrings of a synthetic face.

import type { Figure } from './figure.ts';
import { ellipses, mirror, outlined, path, stroke } from './ink.ts';
import { FRAMES, pick } from './palette.ts';

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
