// What a generator is worth to the oracle: thousands of pictures that are asked for with the labels of held-out ones, judged block by
// block. Pixels are kept for a block only; features and logits of all stay.

import type { AttributeMeasure } from '../../results/records.ts';
import type { BatchData } from '../data/batches.ts';
import type { Generator } from '../generation/generator.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { inTurn } from './evaluate.ts';
import type { Evaluator, Pictures } from './evaluator.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { EVALUATORS } from './index.ts';
import { measureAttributes } from './metrics/attribute-accuracy.ts';
import { joinRows } from './oracle/judge.ts';
import type { Judged, Oracle } from './oracle/oracle.ts';
import { addOrientations, chooseSubset, createNoise, readLabels, readPixels } from './requests.ts';

/** Pictures in memory at once: 512 of 64x64 take 25 MB. */
const BLOCK = 512;
/** Held-out pictures to compare with: more change a value little and cost time at each evaluation. */
const MOST_REAL = 4000;
/** Of the pictures asked for, so many more are asked for in each orientation in turn. */
const SHARE_TURNED = 0.25;

export interface OracleEvaluation {
  /** Held-out pictures that generated ones are compared with. */
  readonly realCount: number;
  /** `count` pictures of the generator, and a quarter more where it knows orientations. */
  measure(generator: Generator, count: number, onBlock?: OnBlock): Promise<OracleMeasure>;
  /** The same values of real pictures, as those that the run learns from. */
  measureReal(packed: BatchData, onBlock?: OnBlock): Promise<Record<string, number>>;
}

interface OracleMeasure {
  /** By the metric's name. */
  values: Record<string, number>;
  /** By attribute and rotation of the run. */
  attributes: Record<string, AttributeMeasure>;
}

/** Called before each block, with the pictures done and all there will be. What it throws ends the evaluation. */
export type OnBlock = (done: number, total: number) => Promise<void>;

export interface OracleEvaluationOptions {
  /** In float32. */
  k: Kernels;
  oracle: Pick<Oracle, 'labels' | 'accuracy' | 'judge' | 'heldOut'>;
  heldOut: BatchData;
  /** Of the run. */
  attributes: readonly string[];
  /** The network of `evaluation.features`, where the run names one. */
  readFeatures?: FeatureNetwork['readFeatures'] | undefined;
  evaluators?: readonly Evaluator[];
}

export function createOracleEvaluation(options: OracleEvaluationOptions): OracleEvaluation {
  const { k, oracle, heldOut, attributes, evaluators = EVALUATORS } = options;
  const own = evaluators.filter(({ usesOracle }) => usesOracle);
  const order = chooseSubset(heldOut.count, heldOut.count);
  const real = order.slice(0, MOST_REAL);
  let prepared: Promise<unknown[]> | undefined;

  const prepare = (onBlock: OnBlock) => {
    prepared ??= judgeHeldOut(onBlock).then((pictures) => inTurn(own, (evaluator) => evaluator.prepare(pictures, k)));
    prepared.catch(() => {
      prepared = undefined; // stopped, as a rule: the next evaluation begins again
    });
    return prepared;
  };
  const measureAll = async (generated: Pictures, onBlock: OnBlock): Promise<Record<string, number>> => {
    const references = await prepare(onBlock);
    const values = await inTurn(own, (evaluator, i) => evaluator.measure(generated, references[i], k));
    return Object.assign({}, ...values);
  };

  return {
    realCount: real.length,
    async measure(generator, count, onBlock = noBlock) {
      const orientations = generator.shape.conditions - attributes.length + 1;
      const turned = orientations === 1 ? 0 : orientations * Math.ceil((count * SHARE_TURNED) / orientations);
      const total = count + turned;
      const generated = await judgeGenerated(generator, { count, orientation: 'upright' }, (done) => onBlock(done, total));
      if (turned > 0)
        generated.turned = await judgeGenerated(generator, { count: turned, orientation: 'inTurn' }, (done) =>
          onBlock(count + done, total),
        );
      return { values: await measureAll(generated, onBlock), attributes: measureAttributes(generated) };
    },
    async measureReal(packed, onBlock = noBlock) {
      return measureAll(await judgeReal(packed, chooseSubset(packed.count, MOST_REAL), onBlock), onBlock);
    },
  };

  /** What the oracle saw when it was made need not be looked at again. */
  async function judgeHeldOut(onBlock: OnBlock): Promise<Pictures> {
    const known = oracle.heldOut;
    if (known === undefined || known.count < heldOut.count || options.readFeatures) return judgeReal(heldOut, real, onBlock);
    const judged = {
      features: pickRows(known.features, real, known.count),
      logits: pickRows(known.logits, real, known.count),
      count: real.length,
    };
    return describe({ judged }, { labels: readLabels(heldOut, { indices: real, attributes }), attributes });
  }

  async function judgeReal(packed: BatchData, indices: Uint32Array, onBlock: OnBlock): Promise<Pictures> {
    const judged = await judgeBlocks(indices.length, onBlock, async (first, last) => readPixels(packed, indices.subarray(first, last)));
    return describe(judged, { labels: readLabels(packed, { indices, attributes }), attributes });
  }

  async function judgeGenerated(
    { shape, conditions, sample }: Generator,
    { count, orientation }: { count: number; orientation: 'upright' | 'inTurn' },
    onBlock: OnBlock,
  ): Promise<Pictures> {
    const indices = Uint32Array.from({ length: count }, (_, i) => order[i % order.length]!);
    const labels = readLabels(heldOut, { indices, attributes });
    const asked = addOrientations(labels, { attributes: attributes.length, conditions: shape.conditions, orientation });
    const draw = createNoise(orientation === 'upright' ? 'noise for the oracle' : 'noise for orientations');
    const judged = await judgeBlocks(count, onBlock, (first, last) =>
      sample(draw((last - first) * shape.latentSize), asked.slice(first * shape.conditions, last * shape.conditions)),
    );
    return describe(judged, orientation === 'upright' ? { labels, attributes } : { labels: asked, attributes: conditions });
  }

  async function judgeBlocks(
    count: number,
    onBlock: OnBlock,
    readBlock: (first: number, last: number) => Promise<Float32Array>,
  ): Promise<JudgedBlocks> {
    const { readFeatures } = options;
    const blocks: (Judged & { others?: Float32Array })[] = [];
    for (let first = 0; first < count; first += BLOCK) {
      await onBlock(first, count);
      const pixels = await readBlock(first, Math.min(count, first + BLOCK));
      blocks.push({ ...(await oracle.judge(pixels)), ...(readFeatures && { others: await readFeatures(pixels) }) });
    }
    return {
      judged: {
        count,
        features: joinRows(blocks.map(({ features }) => features)),
        logits: joinRows(blocks.map(({ logits }) => logits)),
      },
      ...(readFeatures && { features: joinRows(blocks.map(({ others }) => others!)) }),
    };
  }

  function describe({ judged, features }: JudgedBlocks, of: Pick<Pictures, 'labels' | 'attributes'>): Pictures {
    const { imageSize } = heldOut;
    return { ...of, pixels: new Float32Array(0), count: judged.count, imageSize, judged, oracle, ...(features && { features }) };
  }
}

type JudgedBlocks = Required<Pick<Pictures, 'judged'>> & Pick<Pictures, 'features'>;

const noBlock: OnBlock = async () => {};

/** values [count, width] -> the rows at these indices */
function pickRows(values: Float32Array, indices: Uint32Array, count: number): Float32Array {
  const width = values.length / count;
  const picked = new Float32Array(indices.length * width);
  for (const [i, row] of indices.entries()) picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  return picked;
}
