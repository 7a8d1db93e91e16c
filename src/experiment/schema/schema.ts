// (pure) What each field of an experiment file means, its bounds and its default: the one place for them. After a change: npm run schema.
//
// Ids of runs (run-id.ts) hash the fields of a run's configuration that decide its weights, so that finished work is found again.
// - A new field carries `.meta({ before: … })`: the value that every run had before the field existed, written out. A run with that
//   value has the id that it would have had without the field. Never change or remove it, also when the default changes.
// - A field without `before` is hashed always: those of format 1. Their defaults may change, since ids hash the value and not its origin.
// - A field that changes no weights is left out in run-id.ts: samples (also `every`, which says how often a run is evaluated: halving
//   evaluates at its own epochs, and the weights are the same), evaluation, checkpoint, model.preset (what it stands for is hashed),
//   places of data.
// - A field that is renamed, removed or given another meaning would make ids lie: add another field instead.

import * as z from 'zod';
import { METRICS } from '../metrics.ts';
import { MAX_DURATION_SECONDS, parseBytes, parseDuration } from '../units.ts';
import { PRESET_NAMES } from './presets.ts';
import { type HalvingConfig, sweepSchema } from './sweep-schema.ts';

const positiveInteger = z.int().positive();
const probability = z.number().min(0).max(1);

const datasetSchema = z
  .strictObject({
    source: z.enum(['synthetic', 'celeba', 'folder']).default('synthetic').describe('Where the labelled pictures come from.'),
    root: z
      .string()
      .min(1)
      .optional()
      .describe('celeba, folder: the folder of the pictures and their label file. Relative to the working directory.'),
    images: positiveInteger.max(1_000_000).optional().describe('synthetic: how many faces to draw. Default 12000.'),
    seed: z.int().min(0).max(0xffff_ffff).optional().describe('synthetic: the seed of the drawn faces. Default 1.'),
    partition: z.enum(['train', 'valid', 'test', 'all']).optional().describe('celeba: the official split to use. Default train.'),
    labels: z.string().min(1).optional().describe('folder: the CSV of labels, relative to root. Default: the only CSV in root.'),
    limit: positiveInteger.optional().describe('celeba, folder: use only the first so many pictures.'),
    imageSize: z
      .union([z.literal(32), z.literal(64), z.literal(128)])
      .default(64)
      .describe('Side of the square pictures in pixels.'),
    crop: positiveInteger
      .max(10_000)
      .optional()
      .describe(
        'celeba, folder: side in pixels of the centred square cut out before the resize. Default: 178 for celeba, the whole shorter side for folder.',
      ),
    heldOut: z
      .number()
      .min(0)
      .max(0.5)
      .optional()
      .describe(
        'celeba, folder: the share of the pictures that is never trained on, for the evaluation: the same pictures in every run on the same data. Default 0.',
      )
      .meta({ before: 0 }),
    drawings: z
      .union([z.literal(1), z.literal(2)])
      .optional()
      .describe('synthetic: 2 draws attributes that are hard to see bolder; 1 draws the faces of former versions. Default 2.')
      .meta({ before: 1 }),
  })
  .describe('The labelled pictures to learn from.');

const augmentationSchema = z
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

const modelSchema = z
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
        'How the generator doubles its maps. transposed: a transposed 4x4 convolution. resize: nearest neighbours, then a 3x3 convolution (Odena et al. 2016).',
      )
      .meta({ before: 'transposed' }),
  })
  .describe('The conditional DCGAN.');

const trainingSchema = z
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
      .enum(['float32', 'bfloat16'])
      .default('float32')
      .describe('Number format of activations. Weights, losses, statistics and Adam stay float32.'),
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
  })
  .describe('How the two networks are trained.');

const conditionSchema = z
  .union([
    z.array(z.string()).describe('The attributes that are on; all others are off.'),
    z.record(z.string(), z.boolean()).describe('Attribute -> on or off; the others take their usual value given these.'),
  ])
  .meta({ expected: 'a list of attributes, or a map of attributes to true or false' });

const samplesSchema = z
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

/** Metrics of an evaluation of which less, or more, is better. */
const JUDGES = METRICS.filter(({ when, better }) => when === 'evaluation' && better !== null).map(({ name }) => name);

const evaluationSchema = z
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
        'Epochs between two evaluations by the oracle; the last epoch always has one. Default: a sixth of the epochs, but no fewer than samples.every.',
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
      .default('auto')
      .describe(
        'The metric that decides which checkpoint is the best. auto: frechetDistance where the oracle judges, else slicedWasserstein.',
      ),
    features: z
      .string()
      .min(1)
      .optional()
      .describe('A tfjs graph model (its model.json) in whose features distances are measured as well. Relative to the working directory.'),
  })
  .describe('How generated pictures are judged. Nothing here changes weights: a change trains nothing again.');

const checkpointSchema = z
  .strictObject({
    everySeconds: z.number().positive().optional().describe('Also write a checkpoint after so many seconds within an epoch.'),
    keep: positiveInteger.default(2).describe('How many of the newest checkpoints stay on disk. The best by the evaluation stays as well.'),
  })
  .describe('Saved weights and optimizer state, from which a run continues exactly.');

const duration = z
  .union([
    z.number().positive().max(MAX_DURATION_SECONDS),
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*[smhd]$/)
      .refine((text) => parseDuration(text) !== undefined),
  ])
  .meta({ expected: 'a duration such as 90s, 15m, 6h or 2d, at most 24d' });

const memorySize = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(MB|GB|MiB|GiB)$/)
  .refine((text) => parseBytes(text) !== undefined)
  .meta({ expected: 'an amount of memory such as 6GB or 900MB' });

const executionSchema = z
  .strictObject({
    parallel: z
      .union([z.literal('auto'), positiveInteger.max(1024)])
      .default('auto')
      .describe('Runs at once. auto: as many as the GPUs hold, or what the CPU cores carry. A number: at most as many as the GPUs hold.'),
    gpusPerRun: z
      .union([z.int().min(0).max(1), z.number().min(0.01).max(0.5)])
      .meta({ expected: '1, 0, or a share of a GPU from 0.01 to 0.5, as a run computes on one GPU at most' })
      .default(1)
      .describe('GPUs given to each run, where there are any: 1, or a share. 0.5 puts two runs on each GPU. 0 trains on the CPU.'),
    gpuMemory: memorySize
      .optional()
      .describe(
        'GPU memory that a run needs, as nvidia-smi shows it, such as 6GB: as many runs share a GPU as fit into what is free of it, but no more than gpusPerRun says where that is a share.',
      ),
    timeout: duration
      .optional()
      .describe(
        'A run is stopped once it has been trained for so long in all: its metrics count the time of former attempts, before a retry, a resumption or a promotion by halving. Starting, sampling and saving count only in the attempt at hand. Seconds, or a number with s, m, h or d, such as 6h. A run that has timed out goes on only with a longer timeout.',
      ),
    stallTimeout: duration
      .optional()
      .describe('A run is stopped when no metric has come for so long, also before the first: loading data and TensorFlow counts.'),
    retries: z.int().min(0).max(100).default(0).describe('How often a run is started again after a failure named in retryOn.'),
    retryOn: z
      .array(z.enum(['crashed', 'out-of-memory', 'out-of-gpu-memory', 'no-space', 'timed-out', 'stalled']))
      .min(1)
      .max(6)
      .default(['crashed', 'out-of-memory', 'out-of-gpu-memory', 'stalled'])
      .describe('The failures after which a run is started again.'),
    backoff: duration.default('1s').describe('The wait before the first retry; it doubles with each further one, up to 5 minutes.'),
    failFast: z.boolean().default(false).describe('Stop the whole experiment once a run has failed for good.'),
  })
  .describe('How runs are carried out. Nothing here changes a result, but for its last bits, which depend on the threads of a run.');

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
