// (pure) The fields of `training`. docs/decisions/013-model-options.md says why each option is there.

import * as z from 'zod';
import { positiveInteger, probability } from './numbers.ts';

export const trainingSchema = z
  .strictObject({
    epochs: positiveInteger.max(100_000).default(8).describe('Passes over the pictures.'),
    batchSize: z.int().min(2).max(8192).default(128).describe('Pictures a step. At least 2, for batch statistics.'),
    learningRate: z.number().positive().max(1).default(0.0002).describe('Step size of Adam, for both networks.'),
    discriminatorLearningRate: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe('Another step size for the discriminator (two time-scale update, Heusel et al. 2017). Default: learningRate.'),
    learningRateSchedule: z
      .enum(['constant', 'step', 'linear'])
      .default('constant')
      .describe('constant; step: a tenth from two thirds of the steps on; linear: falls to zero over the second half of the steps.'),
    adamBeta1: z.number().min(0).lt(1).default(0.5).describe('Decay of the first moment in Adam.'),
    adamBeta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the second moment in Adam.'),
    precision: z
      .enum(['float32', 'tf32', 'bfloat16'])
      .default('float32')
      .describe(
        "Number format of activations. Weights, losses, statistics and Adam stay float32. tf32: float32 whose products and convolutions NVIDIA's cards compute with 10 bits of mantissa; float32 never does that.",
      ),
    seed: z.int().min(0).max(0xffff_ffff).default(1).describe('Decides initial weights, shuffles, noise and augmentation.'),
    loss: z
      .enum(['crossEntropy', 'hinge'])
      .default('crossEntropy')
      .describe('crossEntropy: the non-saturating loss of Goodfellow et al. 2014. hinge: that of Lim, Ye 2017.')
      .meta({ before: 'crossEntropy' }),
    emaDecay: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        "Decay of the running average of the generator's weights (Yazici et al. 2019; less at first: at most (1 + step) / (10 + step)). Grids, evaluations, the best checkpoint and generated pictures use the average. 0: there is none.",
      )
      .meta({ before: 0 }),
    labelSmoothing: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('The discriminator learns 1 minus this as the target of real pictures (Salimans et al. 2016). Only with loss crossEntropy.')
      .meta({ before: 0 }),
    balancedSampling: probability
      .default(0)
      .describe(
        "The share of a picture's chance to be drawn that goes by how rare its labels are. 0: every picture comes once an epoch. Above: pictures are drawn with repetition, as many an epoch.",
      )
      .meta({ before: 0 }),
    diffAugment: z
      .array(z.enum(['translation', 'cutout', 'color']))
      .max(3)
      .meta({ expected: 'a list of translation, cutout or color' })
      .default([])
      .describe(
        'Random changes of real and generated pictures alike, in this order, seen by the discriminator alone (Zhao et al. 2020). For hundreds of pictures, not for thousands.',
      )
      .meta({ before: [] }),
    discriminatorSteps: z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe('Steps of the discriminator for each step of the generator. Steps an epoch count those of the discriminator.')
      .meta({ before: 1 }),
    stopDiverged: z
      .boolean()
      .default(true)
      .describe(
        'Whether a run ends as diverged once its losses have left every sensible range: beyond 1000 in nine of ten steps of an epoch (with fewer than 20 steps an epoch, of the last 20). Changes no weights. false: only where a loss is no finite number.',
      )
      .meta({ before: false }),
  })
  .describe('How the two networks are trained.');
