// (pure) The fields of `sweep`: which fields of a run vary over the runs of an experiment, and which runs are to stop early.

import * as z from 'zod';
import { METRICS } from '../metrics.ts';

const positiveInteger = z.int().positive();

/** Sweeps are read loosely here: read-axes.ts checks every value of an axis against the field that it sets. */
const axisValues = z
  .union([z.array(z.unknown()).min(1), z.record(z.string(), z.unknown())])
  .meta({ expected: 'a list of at least 1 value, or a map of names to values' });
const axes = z.record(z.string(), axisValues).meta({ expected: 'a map of fields to their values' });
const points = z
  .array(z.record(z.string(), z.unknown()).meta({ expected: 'a map of fields to one value each' }))
  .meta({ expected: 'a list of points, each a map of fields to one value' });

/** A random axis that is drawn from a range. */
export const rangeSchema = z.strictObject({
  min: z.number().describe('The lowest value that can be drawn.'),
  max: z.number().describe('The highest value that can be drawn.'),
  scale: z.enum(['linear', 'log']).default('linear').describe('log: every order of magnitude is equally likely.'),
  integer: z.boolean().default(false).describe('Whole numbers only. Fields that take only whole numbers, or multiples, get them anyway.'),
});

export const randomSchema = z
  .object({
    samples: positiveInteger.max(100_000).describe('How many points are drawn. More samples add points and keep the earlier ones.'),
    seed: z.int().min(0).max(0xffff_ffff).default(1).describe('Decides what is drawn, each axis by itself.'),
  })
  .catchall(z.unknown())
  .describe(
    'Axes drawn at random, reproducibly: each of the samples draws one value for every axis named here, and is combined with every point of grid and zip. Numbers from a range keep 6 digits.',
  );

const halvingSchema = z
  .strictObject({
    metric: z
      .enum(METRICS.map(({ name }) => name))
      .meta({ expected: 'the name of a metric, such as slicedWasserstein, frechetDistance or relativeAccuracy' })
      .describe(`What runs are compared by. ${describeMetrics()}`),
    mode: z
      .enum(['min', 'max'])
      .optional()
      .describe('Whether less or more of it is better. Default: what is better for the metric; min where neither is by itself.'),
    minEpochs: positiveInteger.max(100_000).default(1).describe('Epochs before the first comparison.'),
    factor: z
      .int()
      .min(2)
      .max(1000)
      .default(3)
      .describe('One of so many runs goes on at each comparison, and so many times the epochs later comes the next.'),
  })
  .describe(
    'Asynchronous successive halving (ASHA, Li et al. 2018): runs are compared after minEpochs, minEpochs x factor, … epochs; the best go on from their checkpoints, the others stop early.',
  );

function describeMetrics(): string {
  const judged = METRICS.filter(({ when }) => when === 'evaluation').map(({ name, label }) => `${name} (${label})`);
  return `The value that the evaluation of the epoch found: ${judged.join(', ')}. Of the others the mean over the steps of the epoch.`;
}

export const sweepSchema = z
  .strictObject({
    grid: axes
      .optional()
      .describe('Every combination of these axes. An axis lists its values, or names them. The last axis changes fastest.'),
    zip: z
      .array(axes)
      .meta({ expected: 'a list of groups, each a map of fields to their values' })
      .optional()
      .describe('Axes that move together, as many values each. Each group is one more axis of the grid, after the others.'),
    random: randomSchema.optional(),
    halving: halvingSchema.optional(),
    exclude: points
      .optional()
      .describe('Points of grid, zip and random to leave out: those that match everything named, by name or by value.'),
    include: points
      .optional()
      .describe(
        "Points to add, after exclude. What a point does not name takes the file's own value. Without grid, zip and random these are the only runs.",
      ),
  })
  .describe('Which fields vary over the runs. Equal points are one run. At most 100000 runs.');

/** The direction is always set: sweep/read-axes.ts takes that of the metric where the file has none. */
export type HalvingConfig = z.infer<typeof halvingSchema> & { mode: 'min' | 'max' };

/** For a trainer of somebody else, which may record metrics that the table does not know. */
export const openSweepSchema = sweepSchema.extend({
  halving: halvingSchema.extend({ metric: z.string().min(1).max(100) }).optional(),
});
