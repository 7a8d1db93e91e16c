// (pure) The fields of `dataset`.

import * as z from 'zod';
import { positiveInteger } from './numbers.ts';

const phraseListSchema = z.array(z.string().trim().min(1).max(100)).max(100);

const phrasesSchema = z
  .union([phraseListSchema, z.strictObject({ yes: phraseListSchema.optional(), no: phraseListSchema.optional() })])
  .meta({ expected: 'a list of phrases, or {yes: […], no: […]}' });

/** A text of digits is a number that was written otherwise than YAML wants it. */
const imagesSchema = z
  .union([
    positiveInteger.max(1_000_000),
    z
      .string()
      .min(1)
      .regex(/[^\d_,.\s+-]|^\.{1,2}$/),
  ])
  .meta({ expected: 'a whole number from 1 to 1000000, or the path of the pictures' });

export const datasetSchema = z
  .strictObject({
    source: z.enum(['synthetic', 'celeba', 'folder']).default('synthetic').describe('Where the labelled pictures come from.'),
    root: z
      .string()
      .min(1)
      .optional()
      .describe(
        'celeba, folder: the folder of the pictures and their label file. ~ and variables of the environment are replaced. A relative path is looked for from the working directory, then beside the experiment file.',
      ),
    images: imagesSchema
      .optional()
      .describe(
        'synthetic: how many faces to draw. Default 12000. celeba, folder: where the pictures are, if not in root: a folder, a zip archive, or parquet files; written like root, or relative to it.',
      ),
    seed: z.int().min(0).max(0xffff_ffff).optional().describe('synthetic: the seed of the drawn faces. Default 1.'),
    partition: z.enum(['train', 'valid', 'test', 'all']).optional().describe('celeba: the official split to use. Default train.'),
    labels: z
      .string()
      .min(1)
      .optional()
      .describe(
        'celeba, folder: the list of labels, if it has another name or place than usual: relative to root, or written like root. Default: of celeba, its own list; of folder, the only CSV in root, or the only list of labels.',
      ),
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
    maxLeftOut: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'celeba, folder: the largest share of the listed pictures that may be missing or broken and are left out; with more, nothing is trained. Default 0.01. It changes no run id.',
      ),
    drawings: z
      .union([z.literal(1), z.literal(2)])
      .optional()
      .describe('synthetic: 2 draws attributes that are hard to see bolder; 1 draws the faces of former versions. Default 2.')
      .meta({ before: 1 }),
    phrases: z
      .record(z.string().min(1).max(100), phrasesSchema)
      .optional()
      .describe(
        'Words of descriptions for attributes of this data set: {Has_Scar: [scarred, "scar on the cheek"]}, or {yes: […], no: […]}. A name itself is always read. They change no weights and no run id.',
      ),
  })
  .describe('The labelled pictures to learn from.');
