// (pure) The fields of `evaluation`.

import * as z from 'zod';
import { METRICS } from '../../metrics.ts';
import { positiveInteger } from './numbers.ts';

/** Metrics of an evaluation of which less, or more, is better. */
const JUDGES = METRICS.filter(({ when, better }) => when === 'evaluation' && better !== null).map(({ name }) => name);

export const evaluationSchema = z
  .strictObject({
    oracle: z
      .union([z.literal('auto'), z.boolean()])
      .meta({ expected: 'auto, true or false' })
      .default('auto')
      .describe(
        'Whether an oracle judges generated pictures: a classifier of the attributes, trained once for each data set. auto: where training shows the networks at least 60000 pictures, or only it can tell which run or checkpoint is the best.',
      ),
    every: positiveInteger
      .max(100_000)
      .optional()
      .describe(
        'Epochs between two evaluations by the oracle; the last epoch always has one. Default: a fifth of the epochs, but no fewer than samples.every.',
      ),
    pictures: z.int().min(64).max(1_000_000).default(1000).describe('Pictures generated for each of these evaluations.'),
    finalPictures: z
      .int()
      .min(64)
      .max(1_000_000)
      .default(10_000)
      .describe('Pictures generated after training, for the last and for the best checkpoint.'),
    bestBy: z
      .enum(['auto', ...JUDGES])
      .meta({ expected: 'auto or the name of a metric, such as slicedWasserstein, frechetDistance or relativeAccuracy' })
      .default('auto')
      .describe(
        'The metric that decides which checkpoint is the best. auto: frechetDistance where the oracle judges, else slicedWasserstein.',
      ),
    features: z
      .string()
      .min(1)
      .optional()
      .describe('A tfjs graph model (its model.json) in whose features distances are measured as well. Found as dataset.root is.'),
  })
  .describe('How generated pictures are judged. Nothing here changes weights: a change trains nothing again.');
