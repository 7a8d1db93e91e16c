// How a run is judged: while it is trained, and in the end its last and its best checkpoint. The oracle is used where the configuration
// asks for one; where it fails, the training must not be lost for it.

import { isJudgedAfter, usesOracle } from '../../experiment/evaluation-plan.ts';
import type { EvaluationConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { defaultCacheRoot } from '../../machine/cache-root.ts';
import type { ProgressMessage } from '../../results/child-messages.ts';
import { describeProblem } from '../../results/errors.ts';
import { readEvaluations } from '../../results/lines/evaluations.ts';
import { checkpointsFolder } from '../../results/paths.ts';
import type { EvaluationFile, Measured, RunRecord } from '../../results/records.ts';
import type { PackedDataset } from '../data/packing/packed.ts';
import { createEvaluation } from '../evaluation/evaluate.ts';
import { createOracleEvaluation, type OnBlock, type OracleEvaluation } from '../evaluation/evaluate-with-oracle.ts';
import { openFeatureNetwork } from '../evaluation/feature-network.ts';
import { type EvaluationData, openEvaluationData, withoutHeldOut } from '../evaluation/held-out.ts';
import { type Oracle, openOracle } from '../evaluation/oracle/oracle.ts';
import type { Generator } from '../generation/generator.ts';
import { loadGenerator } from '../generation/load-generator.ts';
import { findJudgedCheckpoints } from '../training/checkpoints/best-checkpoint.ts';
import { listCheckpoints } from '../training/checkpoints/checkpoint.ts';
import type { RunEngine } from './engine.ts';

export interface RunEvaluation {
  /** Whether the oracle judges, too, after this epoch. */
  isJudgedAfter(epoch: number): boolean;
  /** Values by the metric's name. An oracle that fails is named in the log, and its values are missing. */
  evaluate(generator: Generator, options: { judged: boolean }): Promise<Record<string, number>>;
  /**
   * What the last and the best of the run's checkpoints are worth. `former`: given back where it tells the same already: of these
   * checkpoints, by this oracle, on as many pictures. Throws a UserError where there is no checkpoint, and what keeps the oracle from
   * judging.
   */
  measure({ former }: { former: EvaluationFile | null }): Promise<EvaluationFile>;
}

interface Options {
  folder: string;
  record: Pick<RunRecord, 'config' | 'pauseAfterEpoch'>;
  /** What the run learns from. */
  packed: PackedDataset;
  stepsPerEpoch: number;
  engine: Pick<RunEngine, 'kernels' | 'float32'>;
  send: (message: ProgressMessage) => void;
  /** A line for a person. */
  log: (line: string) => void;
  /** Ends what takes long; the promise rejects with its reason. */
  stop: AbortSignal;
  /** Default: the run's own, of the cache. Rejects with what keeps it from judging. */
  openJudge?: (options: Options) => Promise<Judge>;
}

/** An oracle at work, and the pictures that it learned from and was judged on itself. */
interface Judge {
  oracle: Pick<Oracle, 'identity' | 'labels' | 'accuracy' | 'judge' | 'heldOut'>;
  data: Pick<EvaluationData, 'heldOut' | 'oracleTraining' | 'kind'>;
  evaluation: OracleEvaluation;
}

/** Makes the oracle first where the cache has none, which takes minutes. Rejects once `stop` is aborted. */
export async function openRunEvaluation(options: Options): Promise<RunEvaluation> {
  const { folder, record, packed, stepsPerEpoch, engine, send, log, stop, openJudge = openRunJudge } = options;
  const { config } = record;
  const { attributes, evaluation, training } = config;
  const few = createEvaluation({ k: engine.kernels, packed, attributes });
  const isJudged = usesOracle(evaluation, { epochs: training.epochs, pictures: packed.count });
  const judge = isJudged ? await openJudge(options).catch(keepProblem) : null;

  return {
    isJudgedAfter: (epoch) => isJudged && isJudgedAfter(epoch, record),
    async evaluate(generator, { judged }) {
      const values = await few.evaluate(generator);
      if (!judged || judge === null || 'problem' in judge) return values;
      try {
        return { ...values, ...(await judge.evaluation.measure(generator, evaluation.pictures, showLife)).values };
      } catch (error) {
        log(`The oracle could not judge: ${describeProblem(error)}`);
        return values;
      }
    },
    async measure({ former }) {
      if (judge !== null && 'problem' in judge) throw judge.problem;
      const checkpoints = listCheckpoints(folder);
      if (checkpoints.length === 0) throw new UserError(`${checkpointsFolder(folder)}: expected a checkpoint, found none`);
      const { last, best, bestBy } = findJudgedCheckpoints(checkpoints, {
        evaluations: readEvaluations(folder).records,
        bestBy: evaluation.bestBy,
      });
      if (former && isOf(former, { last: last.step, best: best.step, bestBy, oracle: judge?.oracle.identity, evaluation })) return former;
      const measuredLast = await measureCheckpoint(last.step, 'the last checkpoint');
      return {
        format: 1,
        oracle: judge && describeOracle(judge),
        bestBy,
        floor: judge ? await judge.evaluation.measureReal(withoutHeldOut(judge.data, packed), tell('real pictures')) : {},
        last: measuredLast,
        best: best.step === last.step ? measuredLast : await measureCheckpoint(best.step, 'the best checkpoint'),
      };
    },
  };

  async function keepProblem(problem: unknown): Promise<{ problem: unknown }> {
    stop.throwIfAborted();
    log(`There is no oracle: ${describeProblem(problem)}`);
    return { problem };
  }

  async function measureCheckpoint(step: number, name: string): Promise<Measured> {
    const generator = loadGenerator(folder, { k: engine.kernels, checkpoint: { step } });
    try {
      const values = await few.evaluate(generator);
      const position = { step, epoch: Math.ceil(step / stepsPerEpoch) };
      if (judge === null || 'problem' in judge) return { ...position, pictures: few.count, values, attributes: {} };
      const judged = await judge.evaluation.measure(generator, evaluation.finalPictures, tell(name));
      return {
        ...position,
        pictures: evaluation.finalPictures,
        values: { ...values, ...judged.values },
        attributes: judged.attributes,
      };
    } finally {
      generator.free();
    }
  }

  /** While it trains: it stops after the epoch, not between two blocks. */
  async function showLife(): Promise<void> {
    send({ type: 'phase', phase: 'evaluating' });
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Messages and signals come through between two blocks. */
  function tell(what: string): OnBlock {
    return async (done, total) => {
      send({ type: 'phase', phase: `evaluating ${what}: ${Math.floor((100 * done) / total)} %` });
      await new Promise((resolve) => setImmediate(resolve));
      stop.throwIfAborted();
    };
  }
}

async function openRunJudge({ record, packed, engine, send, log, stop }: Options): Promise<Judge> {
  const { dataset, attributes, augmentation, evaluation } = record.config;
  const options = { cacheRoot: defaultCacheRoot(), onNotice: log, signal: stop };
  const data = await openEvaluationData(dataset, { ...options, packed, onProgress: tellPercents(send, 'packing held-out pictures') });
  const k = engine.float32();
  const { rotations } = augmentation;
  const oracle = await openOracle({ ...options, k, data, rotations, onProgress: tellPercents(send, 'training the oracle') });
  const { imageSize } = dataset;
  const network = evaluation.features === undefined ? undefined : await openFeatureNetwork(evaluation.features, { imageSize });
  const { heldOut } = data;
  return {
    oracle,
    data,
    evaluation: createOracleEvaluation({ k, oracle, heldOut, attributes, readFeatures: network?.readFeatures }),
  };
}

/** A message for each further percent. */
function tellPercents(send: Options['send'], phase: string): (done: number, total: number) => void {
  let told = -1;
  return (done, total) => {
    const percent = Math.floor((100 * done) / total);
    if (percent === told) return;
    told = percent;
    send({ type: 'phase', phase: `${phase}: ${percent} %` });
  };
}

function describeOracle({ oracle, data }: Judge): EvaluationFile['oracle'] {
  return { identity: oracle.identity, heldOut: data.kind, pictures: data.heldOut.count, accuracy: { ...oracle.accuracy } };
}

interface Wanted {
  last: number;
  best: number;
  bestBy: string;
  oracle: string | undefined;
  evaluation: EvaluationConfig;
}

/** Whether the file says the same already: the process was killed between it and the outcome. */
function isOf(file: EvaluationFile, { last, best, bestBy, oracle, evaluation: { finalPictures, features } }: Wanted): boolean {
  const isOfThese = file.last.step === last && file.best.step === best && file.bestBy === bestBy && file.oracle?.identity === oracle;
  return isOfThese && (oracle === undefined || (file.last.pictures === finalPictures && features === undefined));
}
