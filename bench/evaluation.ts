// What judging a run costs beside its training: npm run bench:evaluation -- RUN_FOLDER
// Of a run with a checkpoint, whose data and oracle are in the cache. Processor times, which other work on the machine disturbs little.

import { resolveEvery } from '../src/experiment/evaluation-plan.ts';
import { median } from '../src/experiment/units.ts';
import { defaultCacheRoot } from '../src/machine/cache-root.ts';
import { startEngine } from '../src/model/child/engine.ts';
import { openRunData } from '../src/model/child/run-data.ts';
import { createBatches } from '../src/model/data/batches.ts';
import { createEvaluation } from '../src/model/evaluation/evaluate.ts';
import { createOracleEvaluation } from '../src/model/evaluation/evaluate-with-oracle.ts';
import { openEvaluationData } from '../src/model/evaluation/held-out.ts';
import { openOracle } from '../src/model/evaluation/oracle/oracle.ts';
import { loadGenerator } from '../src/model/generation/load-generator.ts';
import { trainLoop } from '../src/model/training/loop.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { requireRunRecord } from '../src/results/read.ts';

const folder = process.argv[2]!;
const STEPS = 60;
const record = requireRunRecord(folder);
const { dataset, attributes, augmentation, training, model, evaluation, samples } = record.config;
const packed = await openRunData(record);
const engine = await startEngine(folder, record);
const k = engine.kernels;

const batches = createBatches({ packed, attributes, augmentation, batchSize: training.batchSize, seed: training.seed });
const shape = { ...model, conditions: batches.conditionNames.length, imageSize: dataset.imageSize };
const trainer = createTrainer(k, shape, training.seed, { ...training, labelShares: attributes.map(() => 0.5) });
const marks: number[] = [];
await trainLoop({
  trainer,
  batches,
  training,
  checkpointEverySeconds: undefined,
  from: { step: 0, seconds: 0 },
  shouldStop() {
    marks.push(processorSeconds());
    return marks.length > STEPS;
  },
  onMetrics() {},
  onEpoch: async () => {},
  onCheckpoint: async () => {},
});
const stepSeconds = median(marks.slice(6).map((mark, i) => mark - marks[i + 5]!))!;
const trainingSeconds = stepSeconds * batches.stepsPerEpoch * training.epochs;

const generator = loadGenerator(folder, { k });
const few = createEvaluation({ k, packed, attributes });
const float32 = engine.float32();
const options = { cacheRoot: defaultCacheRoot() };
const [data, dataSeconds] = await time(() => openEvaluationData(dataset, { ...options, packed }));
const { rotations } = augmentation;
const [oracle, oracleSeconds] = await time(() => openOracle({ ...options, k: float32, data, rotations }));
const many = createOracleEvaluation({ k: float32, oracle, heldOut: data.heldOut, attributes });
const [, fewFirst] = await time(() => few.evaluate(generator));
const [, fewNext] = await time(() => few.evaluate(generator));
const [, manyFirst] = await time(() => many.measure(generator, evaluation.pictures));
const [, manyNext] = await time(() => many.measure(generator, evaluation.pictures));
const [, final] = await time(() => many.measure(generator, evaluation.finalPictures));
const [, floor] = await time(() => many.measureReal(packed));

const times = (every: number) => Math.ceil(training.epochs / every);
const whileTraining = dataSeconds + oracleSeconds + manyFirst + (times(resolveEvery(record.config)) - 1) * manyNext;
const light = fewFirst + (times(samples.every) - 1) * fewNext;
const share = (seconds: number) => `${((100 * seconds) / trainingSeconds).toFixed(1)} %`;
const row = (what: string, seconds: number) => ({ what, seconds: Number(seconds.toFixed(2)), 'of the training': share(seconds) });
console.table([
  row(`training: ${training.epochs} epochs of ${batches.stepsPerEpoch} steps`, trainingSeconds),
  row(`few pictures: first ${fewFirst.toFixed(2)} s, then ${fewNext.toFixed(2)} s, ${times(samples.every)} times`, light),
  row(`oracle opened`, dataSeconds + oracleSeconds),
  row(`oracle, ${evaluation.pictures} pictures: first ${manyFirst.toFixed(2)} s, then ${manyNext.toFixed(2)} s`, manyNext),
  row(`oracle, while it trains: ${times(resolveEvery(record.config))} times, opened once`, whileTraining),
  row(`oracle, in the end: ${evaluation.finalPictures} pictures of one checkpoint`, final),
  row('oracle, in the end: real pictures', floor),
  row('all, where last and best differ', light + whileTraining + 2 * final + floor),
]);
process.exit(0);

async function time<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = processorSeconds();
  const result = await work();
  return [result, processorSeconds() - start];
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
