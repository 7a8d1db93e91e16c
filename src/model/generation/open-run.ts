// A trained run as a maker of faces: what `facet generate`, its check and the library stand on.

import { createRandom } from '../../experiment/random.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { readLabelRows, requireRunRecord } from '../../results/read.ts';
import type { RunRecord } from '../../results/records.ts';
import { startEngine } from '../child/engine.ts';
import { type LabelRows, parseLabelRows, recordLabelRows } from '../data/label-rows.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { WhichCheckpoint } from './find-checkpoint.ts';
import { loadGenerator } from './load-generator.ts';
import { type Bits, chooseOpenBits, type OpenBits } from './open-bits.ts';

export interface FaceRequest {
  /** Attributes, and at most one rotation, of the run's conditions. */
  fixed: Bits;
  count: number;
  seed: number;
  /** What the attributes are that are not fixed (open-bits.ts). */
  open: 'drawn' | 'usual' | 'zero';
}

interface Face {
  /** [S, S, 3] in [-1, 1] */
  pixels: Float32Array;
  /** Every label bit of the run. */
  bits: Bits;
  index: number;
}

export interface DrawnBits {
  /** Of each face, every label bit of the run. */
  bits: Bits[];
  /** Pictures that the run learned from which have all fixed attributes; null where their labels were not looked at. */
  matching: number | null;
  /** All that it learned from; null like `matching`. */
  pictures: number | null;
}

export interface OpenRun {
  readonly record: RunRecord;
  /** On what it computes, in float32. */
  readonly k: Kernels;
  /** Names of the label bits: attributes, then rotations. */
  readonly conditions: readonly string[];
  readonly imageSize: number;
  readonly latentSize: number;
  /** Of the checkpoint. */
  readonly step: number;
  /** The same request gives the same faces; the first ones do not depend on the count, nor the noise on what is fixed. */
  generate(request: FaceRequest): Promise<Face[]>;
  /** `near`: of which faces these are the other ends: each stays as near to its bits as the data allow. */
  drawBits(request: FaceRequest, near?: readonly Bits[]): Promise<DrawnBits>;
  /**
   * One picture for each; bits may lie between 0 and 1, those that are absent are 0. noise [bits.length, latentSize] -> [bits.length, S, S,
   * 3] in [-1, 1]
   */
  render(bits: readonly Readonly<Record<string, number>>[], noise: Float32Array): Promise<Float32Array>;
  free(): void;
}

/**
 * The best checkpoint by default, the averaged weights where the run keeps them. Without `k` a backend is loaded, as the run was trained
 * on it where this machine has that. Opens the data only of a run without label-rows.json, and only when open bits depend on it. Throws a
 * UserError or a DamagedFile.
 */
export async function openRun(
  runFolder: string,
  { checkpoint = 'best', k: given }: { checkpoint?: WhichCheckpoint; k?: Kernels } = {},
): Promise<OpenRun> {
  const record = requireRunRecord(runFolder);
  const k = given ?? (await startEngine(runFolder, withFloat32(record))).kernels;
  const generator = loadGenerator(runFolder, { k, checkpoint });
  const { conditions, shape, step, free } = generator;
  const { imageSize, latentSize } = shape;
  const { attributes } = record.config;
  let rows: LabelRows | null | undefined;

  async function drawBits(request: FaceRequest, near?: readonly Bits[]): Promise<DrawnBits> {
    const { fixed, count, seed, open } = request;
    requireConditions(fixed, conditions, attributes.length);
    const dependsOnRows = open !== 'zero' && attributes.some((name) => fixed[name] === undefined);
    rows ??= readRows(runFolder, record);
    if (rows === null && dependsOnRows) rows = await countRows(record);
    const known = rows;
    const ofAttributes = Object.fromEntries(Object.entries(fixed).filter(([name]) => attributes.includes(name)));
    const nearby = near && ((index: number) => new Map(attributes.map((name) => [name, near[index]![name]!] as const)));
    const chosen = chooseOpenBits(known, { fixed: ofAttributes, seed, open, ...(nearby && { near: nearby }) });
    const bits = Array.from({ length: count }, (_, index) => allBits(chosen, { index, fixed, conditions }));
    return { bits, matching: chosen.matching, pictures: known?.pictures ?? null };
  }

  async function render(bits: readonly Readonly<Record<string, number>>[], noise: Float32Array): Promise<Float32Array> {
    const labels = new Float32Array(bits.length * conditions.length);
    bits.forEach((each, i) => {
      for (let bit = 0; bit < conditions.length; bit++) labels[i * conditions.length + bit] = each[conditions[bit]!] ?? 0;
    });
    return generator.sample(noise, labels);
  }

  return {
    record,
    k,
    conditions,
    imageSize,
    latentSize,
    step,
    drawBits,
    render,
    async generate(request) {
      const { bits } = await drawBits(request);
      const pixels = await render(bits, createNoise(request, latentSize));
      const values = imageSize ** 2 * 3;
      return bits.map((each, index) => ({ pixels: pixels.slice(index * values, (index + 1) * values), bits: each, index }));
    },
    free,
  };
}

/** [count, latentSize]; `candidates`: which noise each face has, by default its first. */
export function createNoise(
  { count, seed }: Pick<FaceRequest, 'count' | 'seed'>,
  latentSize: number,
  candidates?: readonly number[],
): Float32Array {
  const noise = new Float32Array(count * latentSize);
  for (let index = 0; index < count; index++) {
    noise.set(drawNoise({ seed, index, candidate: candidates?.[index] ?? 0 }, latentSize), index * latentSize);
  }
  return noise;
}

/** [latentSize]: standard normal, each face's from streams of its own. */
export function drawNoise(
  { seed, index, candidate }: { seed: number; index: number; candidate: number },
  latentSize: number,
): Float32Array {
  const random = createRandom(seed, 'generated noise', index, ...(candidate > 0 ? [candidate] : []));
  const noise = new Float32Array(latentSize);
  for (let i = 0; i < latentSize; i++) noise[i] = random.normal();
  return noise;
}

/** Pictures are made in float32 also of a run that was trained in bfloat16: every backend can, and they differ by rounding alone. */
function withFloat32(record: RunRecord): RunRecord {
  return { ...record, config: { ...record.config, training: { ...record.config.training, precision: 'float32' } } };
}

/** Of label-rows.json; null for a run of before. */
function readRows(runFolder: string, { config }: RunRecord): LabelRows | null {
  const recorded = readLabelRows(runFolder);
  return recorded && recorded.names.join('\n') === config.attributes.join('\n') ? parseLabelRows(recorded) : null;
}

/** Of the data that the run learned from. */
async function countRows(record: RunRecord): Promise<LabelRows> {
  const { openRunData } = await import('../child/run-data.ts'); // it reads pictures of every form: long to load, and rarely needed
  const packed = await openRunData(record);
  packed.close();
  return parseLabelRows(recordLabelRows(packed, record.config.attributes));
}

function requireConditions(fixed: Bits, conditions: readonly string[], attributes: number): void {
  for (const name of Object.keys(fixed)) {
    if (!conditions.includes(name)) throw new UserError(`Expected conditions of this run (${conditions.join(', ')}), got ${quote(name)}`);
  }
  const turns = conditions.slice(attributes).filter((name) => fixed[name] === 1);
  if (turns.length > 1) throw new UserError(`Expected at most one rotation, got ${turns.join(' and ')}`);
}

/** In the order of the conditions. */
function allBits(chosen: OpenBits, { index, fixed, conditions }: { index: number; fixed: Bits; conditions: readonly string[] }): Bits {
  const bits = chosen.bitsOf(index);
  return Object.fromEntries(conditions.map((name) => [name, bits.get(name) ?? fixed[name] ?? 0]));
}
