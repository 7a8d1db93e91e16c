// (pure) The fields of `trainer`: a program of one's own that trains the runs. docs/trainers.md is its contract.

import * as z from 'zod';

const declaredMetricSchema = z.strictObject({
  label: z.string().min(1).max(60).optional().describe('What it is called in tables and charts. Default: its name.'),
  unit: z.string().min(1).max(20).optional().describe('Such as dB. Default: none.'),
  better: z.enum(['min', 'max']).optional().describe('Whether less or more of it is better. Default: neither.'),
  meaning: z.string().min(1).max(200).optional().describe('What a value says, in a clause for a reader.'),
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
    data: z
      .enum(['none', 'packed'])
      .default('none')
      .describe('packed: the pictures that `dataset` names are packed before the first run, and FACET_DATA names their folder.'),
  })
  .describe("A program of one's own that trains the runs in place of Facet's.");

export type DeclaredMetrics = z.infer<typeof trainerSchema>['metrics'];
