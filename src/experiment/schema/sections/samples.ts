// (pure) The fields of `samples`.

import * as z from 'zod';
import { positiveInteger } from './numbers.ts';

const bitSchema = z.union([z.boolean(), z.literal(1), z.literal(0)]).meta({ expected: 'true or false, 1 or 0' });

const conditionSchema = z
  .union([
    z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe('A sentence: "a bald man with a beard"; what it does not say takes its usual value. `facet parse` tells how it is read.'),
    z.array(z.string()).describe('The attributes that are on; all others are off.'),
    z.record(z.string(), bitSchema).describe('Attribute -> on or off; the others take their usual value given these.'),
  ])
  .meta({ expected: 'a sentence, a list of attributes, or a map of attributes to true or false' });

export const samplesSchema = z
  .strictObject({
    every: positiveInteger.default(1).describe('Epochs between two evaluations, each with a sample grid; the last epoch always has both.'),
    rows: z.int().min(1).max(64).default(8).describe('Noise vectors, one a row.'),
    conditions: z
      .union([z.literal('auto'), z.array(conditionSchema).min(1).max(64)])
      .meta({ expected: 'auto, or a list of 1 to 64 conditions' })
      .default('auto')
      .describe('Columns of the grid. auto: all combinations while they fit, then the usual face and one column an attribute.'),
  })
  .describe(
    'The grid of generated pictures kept for each evaluated epoch. A change of rows or conditions trains nothing again: `facet grids` draws the grids anew.',
  );
