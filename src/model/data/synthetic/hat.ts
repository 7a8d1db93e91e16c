// Room: model/data. Hats of synthetic faces: a knitted cap, a hat with a brim, a peaked cap.

import type { Figure } from './figure.ts';
import { ellipse, fill, mirror, mix, path, stroke } from './ink.ts';
import { HATS, pick } from './palette.ts';

export function drawHat({ labels, style, width, parted }: Figure): string {
  if (!labels.Wearing_Hat) return '';
  const colour = pick(HATS, (style.hat * 7.3) % 1);
  const dark = mix(colour, 0x08060c, 0.4);
  const light = mix(colour, 0xffffff, 0.3);
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
      fill(dark, path`M${46 - w} 210Q0 176 ${w - 46} 210V284H${46 - w}z`) +
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
