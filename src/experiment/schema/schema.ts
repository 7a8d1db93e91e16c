// (pure) What an experiment file may say. Each field, its meaning, bounds and default stand in sections/, the one place for them. After a
// change: npm run schema.
//
// Ids of runs (run-id.ts) hash the fields of a run's configuration that decide its weights, so that finished work is found again.
// - A new field carries `.meta({ before: … })`: the value that every run had before the field existed, written out. A run with that
//   value has the id that it would have had without the field. Never change or remove it, also when the default changes.
// - A field without `before` is hashed always: those of format 1. Their defaults may change, since ids hash the value and not its origin.
// - A field that changes no weights is left out in run-id.ts: samples (also `every`, which says how often a run is evaluated: halving
//   evaluates at its own epochs, and the weights are the same), evaluation, checkpoint, model.preset (what it stands for is hashed),
//   places of data, dataset.phrases, dataset.maxLeftOut, trainer.metrics, trainer.data, training.stopDiverged.
// - A field that is renamed, removed or given another meaning would make ids lie: add another field instead.

import * as z from 'zod';
import { augmentationSchema } from './sections/augmentation.ts';
import { checkpointSchema } from './sections/checkpoint.ts';
import { datasetSchema } from './sections/dataset.ts';
import { evaluationSchema } from './sections/evaluation.ts';
import { executionSchema } from './sections/execution.ts';
import { modelSchema } from './sections/model.ts';
import { samplesSchema } from './sections/samples.ts';
import { trainerSchema } from './sections/trainer.ts';
import { trainingSchema } from './sections/training.ts';
import { type HalvingConfig, sweepSchema } from './sweep-schema.ts';

/** What decides a run's result. One RunConfig is one training. */
export const runConfigSchema = z.strictObject({
  dataset: datasetSchema.prefault({}),
  attributes: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(256)
    .meta({ expected: 'a list of 1 to 256 attributes' })
    .describe('Attributes to learn; their order is the order of the label bits.'),
  augmentation: augmentationSchema.prefault({}),
  model: modelSchema.prefault({}),
  training: trainingSchema.prefault({}),
  samples: samplesSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
  checkpoint: checkpointSchema.prefault({}),
  trainer: trainerSchema.optional(),
});

export const experimentSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .meta({ expected: 'a name of at most 64 lower-case letters, digits, dots, dashes or underscores' })
    .describe('Names the folder under results/. Each file has its own: a name is not inherited.'),
  description: z.string().optional().describe('What the experiment asks, for the dashboard. Not inherited.'),
  extends: z
    .string()
    .min(1)
    .optional()
    .describe('Another experiment file, relative to this one. Maps are merged, lists and single values replaced; null drops what it gave.'),
  ...runConfigSchema.shape,
  attributes: runConfigSchema.shape.attributes.optional(),
  sweep: sweepSchema.optional(),
  execution: executionSchema.prefault({}),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
export type DatasetConfig = RunConfig['dataset'];
export type EvaluationConfig = RunConfig['evaluation'];
export type ExecutionConfig = z.infer<typeof executionSchema>;

/** One point of the sweep: its configuration, and the value each axis has there, as written for a person. */
export interface SweepPoint {
  config: RunConfig;
  /** Axis -> label, in axis order, e.g. { attributes: 'five', 'training.seed': '2' }. */
  axes: Record<string, string>;
}

/** A whole experiment, checked and expanded. */
export interface Experiment {
  name: string;
  description: string | undefined;
  /** The file it was read from, as given by the user. */
  file: string;
  execution: ExecutionConfig;
  /** Set where poor runs are to stop early. */
  halving?: HalvingConfig | undefined;
  points: SweepPoint[];
}
