// The library: what a script gets from `import … from 'facet'`. Its types are read where none of Facet's sources are, so what is exported
// here mentions only types of this file and of words/.

import { understand } from './cli/generate/understand.ts';
import { vocabularyOf } from './experiment/sample-condition.ts';
import { UserError } from './experiment/user-error.ts';
import { quote } from './experiment/yaml/quote.ts';
import { chooseBackend } from './machine/backend.ts';
import { toBytes } from './model/generation/canvas.ts';
import { type OpenRun, openRun } from './model/generation/open-run.ts';
import { loadKernels } from './model/kernels/load.ts';
import { setUpTensorflow } from './runner/set-up-tensorflow.ts';
import { type Description, parseDescription } from './words/parse-description.ts';

export { type Description, type Phrases, parseDescription, type Vocabulary } from './words/parse-description.ts';

export interface LoadOptions {
  /** Which of the checkpoints that the run keeps: the best one by its evaluation (default), or the one after an epoch. */
  checkpoint?: 'best' | { epoch: number };
  /** On what pictures are computed; by default what FACET_BACKEND names, else the fastest that is here. */
  backend?: 'tensorflow' | 'webgpu' | 'wasm';
}

export interface GenerateOptions {
  /** How many faces; 1 by default. */
  count?: number;
  /** A whole number from 0; 1 by default. The same seed, request and run give the same faces, whatever `count` is. */
  seed?: number;
  /**
   * What the attributes are that the request leaves open. `drawn` (default): as they occur together in the pictures that the run learned
   * from, anew for each face; `usual`: what most of these pictures have; `zero`: none of them.
   */
  open?: 'drawn' | 'usual' | 'zero';
}

export interface GeneratedFace {
  /** Rows from the top, three bytes a pixel: red, green, blue. */
  readonly pixels: Uint8Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** What the generator was asked for: each attribute and rotation of the run. */
  readonly attributes: Readonly<Record<string, 0 | 1>>;
  /** The picture as a PNG file. */
  png(): Promise<Uint8Array>;
}

export interface FaceGenerator {
  /** Attributes and rotations that the run was trained on. */
  readonly conditions: readonly string[];
  /** Width and height of a face in pixels. */
  readonly imageSize: number;
  /** The step of training at which the checkpoint was written. */
  readonly step: number;
  /**
   * Makes faces.
   * @param what a description in English, or attributes with 1 for yes and 0 for no. What the run was not trained on is left out of a
   * description and refused among attributes.
   * @throws an Error of one line where nothing of the description can be used, or an option is not as it should be
   */
  generate(what: string | Readonly<Record<string, 0 | 1>>, options?: GenerateOptions): Promise<GeneratedFace[]>;
  /** What `generate` understands of a description; `untrained`: attributes in it that the run was not trained on. */
  parse(text: string): Description & { untrained: string[] };
  /** Gives the memory of the weights back. Nothing can be generated afterwards. */
  free(): void;
}

/**
 * Loads the generator of a trained run. In an installed package the first call sets up native TensorFlow and says so on standard error;
 * where that cannot be done it computes on WebGPU or WebAssembly.
 * @param runFolder such as `results/attr-sweep/ten-…`
 * @throws an Error of one line where there is no such run, no such checkpoint or no such backend
 */
export async function loadGenerator(runFolder: string, options: LoadOptions = {}): Promise<FaceGenerator> {
  const { checkpoint = 'best', backend } = options;
  if (!(await setUpTensorflow(backend))) throw new UserError('The set-up of native TensorFlow was interrupted.');
  const k = backend && (await loadKernels(await chooseBackend({ ...process.env, FACET_BACKEND: backend }), 'float32'));
  const run = await openRun(runFolder, { checkpoint, k });
  let isFree = false;
  const parse = (text: string) => parseFor(run, text);
  return {
    conditions: run.conditions,
    imageSize: run.imageSize,
    step: run.step,
    async generate(what, options = {}) {
      if (isFree) throw new UserError('generate: this generator was freed. Load it again.');
      const { count = 1, seed = 1, open = 'drawn' } = options;
      requireWhole('count', count, 1);
      requireWhole('seed', seed, 0);
      if (!['drawn', 'usual', 'zero'].includes(open))
        throw new UserError(`open: expected drawn, usual or zero, got ${quote(String(open))}`);
      const fixed = typeof what === 'string' ? understand(what, { config: run.record.config, set: {} }).fixed : requireBits(what);
      const faces = await run.generate({ fixed, count, seed, open });
      return faces.map(({ pixels, bits }) => createFace(pixels, { size: run.imageSize, attributes: bits }));
    },
    parse,
    free() {
      if (!isFree) run.free();
      isFree = true;
    },
  };
}

function parseFor({ conditions, record }: OpenRun, text: string): Description & { untrained: string[] } {
  const description = parseDescription(text, vocabularyOf(record.config.attributes, record.config.dataset.phrases));
  const { attributes, rotation } = description;
  const names = [...Object.keys(attributes), ...(rotation ? [rotation] : [])];
  return { ...description, untrained: names.filter((name) => !conditions.includes(name)) };
}

function requireBits(attributes: unknown): Record<string, 0 | 1> {
  if (typeof attributes !== 'object' || attributes === null)
    throw new UserError(`generate: expected a description or attributes, got ${quote(String(attributes))}`);
  const wrong = Object.entries(attributes).find(([, value]) => value !== 0 && value !== 1);
  if (wrong) throw new UserError(`${wrong[0]}: expected 0 or 1, got ${quote(String(wrong[1]))}`);
  return { ...attributes };
}

function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new UserError(`${name}: expected a whole number from ${least}, got ${quote(String(value))}`);
}

/** values [size, size, 3] in [-1, 1] */
function createFace(values: Float32Array, { size, attributes }: { size: number; attributes: GeneratedFace['attributes'] }): GeneratedFace {
  const pixels = toBytes(values);
  return {
    pixels,
    width: size,
    height: size,
    attributes,
    async png() {
      const { default: sharp } = await import('sharp');
      return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
        .png()
        .toBuffer();
    },
  };
}
