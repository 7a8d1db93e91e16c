// (pure) The fields of `model`. docs/decisions/013-model-options.md says why each option is there.

import * as z from 'zod';
import { PRESET_NAMES } from '../presets.ts';
import { positiveInteger } from './numbers.ts';

export const modelSchema = z
  .strictObject({
    latentSize: positiveInteger.max(4096).default(100).describe('Numbers in the noise vector z.'),
    width: z.int().min(8).max(2048).multipleOf(8).default(512).describe("Channels at 4x4; 512 is the article's size. A multiple of 8."),
    preset: z
      .enum(PRESET_NAMES)
      .default('article')
      .describe(
        "Gives the options below, and those of training, their defaults. article: the article's DCGAN. modern: what makes faces follow their labels. Each option can still be set, or varied by a sweep.",
      )
      .meta({ before: 'article' }),
    spectralNorm: z
      .boolean()
      .default(false)
      .describe(
        'Divide each weight of the discriminator by its largest singular value, in place of batch norms (Miyato et al. 2018; one power iteration a step).',
      )
      .meta({ before: false }),
    discriminatorLabels: z
      .enum(['planes', 'projection'])
      .default('planes')
      .describe(
        'How the discriminator sees the labels. planes: as further channels of the picture. projection: by the inner product of its features with the embedded labels (Miyato, Koyama 2018).',
      )
      .meta({ before: 'planes' }),
    conditionalNorm: z
      .boolean()
      .default(false)
      .describe("Let scale and shift of the generator's batch norms depend on the labels (de Vries et al. 2017).")
      .meta({ before: false }),
    auxiliaryWeight: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        "Weight of the loss of a classifier of the labels on the discriminator's features (Odena et al. 2017; class-balanced cross-entropy, on real pictures for the discriminator and on generated ones for the generator). 0: there is none.",
      )
      .meta({ before: 0 }),
    upsampling: z
      .enum(['transposed', 'resize'])
      .default('transposed')
      .describe(
        'How the last layer of the generator makes the picture, twice as large as its map. transposed: a transposed 4x4 convolution. resize: nearest neighbours, then a 3x3 convolution, against checkerboards (Odena et al. 2016).',
      )
      .meta({ before: 'transposed' }),
  })
  .describe('The conditional DCGAN.');
