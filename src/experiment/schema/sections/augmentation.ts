// (pure) The fields of `augmentation`.

import * as z from 'zod';
import { probability } from './numbers.ts';

export const augmentationSchema = z
  .strictObject({
    horizontalFlip: z.boolean().default(true).describe('Mirror a random half of the pictures of each batch.'),
    rotations: z
      .array(z.union([z.literal(90), z.literal(180), z.literal(270)]))
      .max(3)
      .meta({ expected: 'a list of angles of 90, 180 or 270' })
      .default([])
      .describe('Degrees, counter-clockwise. Each angle becomes one more condition bit; all bits zero means upright.'),
    rotationProbability: probability.default(0.2).describe('The share of pictures that is rotated, angles being equally likely.'),
  })
  .describe('Changes made to real pictures while training.');
