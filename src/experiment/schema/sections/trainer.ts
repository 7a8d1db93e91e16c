// (pure) The fields of `trainer`: a program of one's own that trains the runs. docs/trainers.md is its contract.

import * as z from 'zod';

const declaredMetricSchema = z.strictObject({
  better: z.enum(['min', 'max']).optional().describe('Whether less or more of it is better. Default: neither.'),
});

export const trainerSchema = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .meta({ expected: 'a list of words, such as [python3, train.py]' })
      .describe("The program and its words; the run's folder follows as the last. It is started in the folder of the experiment file."),
    parameters: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Whatever the program reads, free-form. A sweep sets trainer.parameters.NAME.'),
    metrics: z
      .record(z.string().min(1).max(100), declaredMetricSchema)
      .default({})
      .describe('What is known of metrics that the program writes, by name.'),
  })
  .describe("A program of one's own that trains the runs in place of Facet's.");

export type DeclaredMetrics = z.infer<typeof trainerSchema>['metrics'];
