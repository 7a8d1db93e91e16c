// (pure) Everything that decides one synthetic face: its labels, and the nuisance that a model must see through.

import { createRandom, type Random } from '../../../experiment/random.ts';
import type { FaceLabels } from './labels.ts';
import { drawLabels } from './labels.ts';

/** A face, ready to be rendered. Fields without a unit are uniform in [0, 1) and choose from a palette or a range. */
export interface FaceTraits {
  labels: FaceLabels;
  /** Offset and turn in thousandths of the picture's side. */
  pose: { x: number; y: number; turn: number; scale: number; rollDegrees: number };
  /** Deviations from the mean shape, about normal, in [-2, 2]. */
  shape: { width: number; eyeGap: number; jaw: number; mouth: number; brows: number };
  style: Record<'skin' | 'hair' | 'part' | 'cut' | 'eyes' | 'lips' | 'makeup' | 'clothes' | 'hat' | 'glasses' | 'jewels' | 'marks', number>;
  backdrop: { top: number; bottom: number; tilt: number };
  /** Where the light comes from, and how much brighter that side is. */
  light: { angleRadians: number; strength: number };
  noise: { offset: number; level: number };
}

/**
 * Face number `index` of the data set with this seed, the same however many are drawn. `labels` overrides some or all of the
 * labels that it would have: the nuisance stays the same, so that two faces that differ in one label are otherwise one person.
 */
export function drawTraits(index: number, seed: number, labels?: Partial<FaceLabels>): FaceTraits {
  const drawn = drawLabels(createRandom(seed, 'synthetic', 'labels', index));
  return { labels: { ...drawn, ...labels }, ...drawNuisance(createRandom(seed, 'synthetic', 'nuisance', index)) };
}

function drawNuisance(random: Random): Omit<FaceTraits, 'labels'> {
  const uniform = () => random.uniform();
  const spread = () => Math.max(-2, Math.min(2, random.normal()));
  return {
    pose: { x: 16 * spread(), y: 11 * spread(), turn: 13 * spread(), scale: 1 + 0.025 * spread(), rollDegrees: 3 * spread() },
    shape: { width: spread(), eyeGap: spread(), jaw: spread(), mouth: spread(), brows: spread() },
    style: {
      skin: uniform(),
      hair: uniform(),
      part: uniform(),
      cut: uniform(),
      eyes: uniform(),
      lips: uniform(),
      makeup: uniform(),
      clothes: uniform(),
      hat: uniform(),
      glasses: uniform(),
      jewels: uniform(),
      marks: uniform(),
    },
    backdrop: { top: uniform(), bottom: uniform(), tilt: uniform() },
    light: { angleRadians: 2 * Math.PI * uniform(), strength: 0.05 + 0.15 * uniform() },
    noise: { offset: random.integer(1 << 16), level: 1 + 2.5 * uniform() },
  };
}
