// (pure) What `facet init` puts into a folder.

import { formatJsonSchema } from '../../experiment/schema/json-schema.ts';

export const EXPERIMENT_NAME = 'first-sweep.yaml';
export const IGNORE_NAME = '.gitignore';
const SCHEMA_NAME = 'facet.schema.json';

/** What must not be committed. */
export const IGNORED = ['results/', 'node_modules/'];

/** Name -> text. */
export const FIRST_FILES: ReadonlyMap<string, () => string> = new Map([
  [EXPERIMENT_NAME, formatExperiment],
  [SCHEMA_NAME, formatJsonSchema],
  [IGNORE_NAME, () => `${IGNORED.join('\n')}\n`],
]);

function formatExperiment(): string {
  return `# yaml-language-server: $schema=./${SCHEMA_NAME}
#
# Two small runs on drawn faces: a minute or two on 2 CPU cores. An editor with the YAML language server completes every
# field from the schema beside this file.
name: first-sweep
description: How do two and five attributes compare?

dataset:
  source: synthetic # draws its faces itself; folder: your own pictures, celeba: CelebA
  images: 2000
  imageSize: 32

model:
  preset: modern # article: the article's DCGAN
  width: 32

training:
  epochs: 8
  batchSize: 32

sweep:
  grid:
    attributes:
      two: [Male, Smiling]
      five: [Male, Young, Smiling, Eyeglasses, Blond_Hair]
    # training.seed: [1, 2, 3] # each of them again with other seeds: tells chance from effect
    # model.width: [32, 64] # any other field
`;
}
