// Room: model/data. Where a synthetic face's hair begins on the forehead.

import type { Figure } from './figure.ts';
import { path } from './ink.ts';

/** The hairline's middle. */
export function startHairline({ labels }: Figure): string {
  return labels.Receding_Hairline ? 'M0 236' : 'M0 226';
}

/** From the hairline's middle to the right temple. A receding one leaves the corners of the forehead bare. */
export function followHairline({ labels, width: w }: Figure): string {
  return labels.Receding_Hairline
    ? path`C${0.16 * w} 236 ${0.22 * w} 140 ${0.48 * w} 142C${0.84 * w} 160 ${w - 16} 300 ${w - 20} 470`
    : path`C${0.4 * w} 222 ${0.72 * w} 240 ${0.82 * w} 330Q${w - 34} 360 ${w - 26} 470`;
}
