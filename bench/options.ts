// What each option of the model costs: npm run bench:options [-- WIDTH BATCH PRECISION]
// The step with one option, or with model.preset modern, beside the article's, in alternating rounds of one process. BENCH_ROUNDS: how
// many. With one thread (OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1) other work on the machine disturbs it little.

import { createRandom } from '../src/experiment/random.ts';
import { median } from '../src/experiment/units.ts';
import { chooseBackend } from '../src/machine/backend.ts';
import { loadKernels } from '../src/model/kernels/load.ts';
import type { NetworkShape } from '../src/model/networks/shape.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { type Options, presetOptions } from './preset-options.ts';

const [width = 64, batch = 64] = process.argv.slice(2, 4).map(Number);
const precision = process.argv[4] === 'bfloat16' ? 'bfloat16' : 'float32';
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const STEPS = Math.max(2, Math.round(600 / width));
const CONDITIONS = 10;

const CASES: Record<string, Options> = {
  article: {},
  spectralNorm: { spectralNorm: true },
  'discriminatorLabels: projection': { discriminatorLabels: 'projection' },
  conditionalNorm: { conditionalNorm: true },
  'auxiliaryWeight: 0.5': { auxiliaryWeight: 0.5 },
  'upsampling: resize': { upsampling: 'resize' },
  'loss: hinge': { loss: 'hinge' },
  'labelSmoothing: 0.1': { labelSmoothing: 0.1 },
  'emaDecay: 0.999': { emaDecay: 0.999 },
  'diffAugment: all': { diffAugment: ['translation', 'cutout', 'color'] },
  'discriminatorSteps: 2': { discriminatorSteps: 2 },
  modern: presetOptions('modern'),
};

const cases = [];
for (const [name, options] of Object.entries(CASES)) cases.push({ name, run: await prepare(options), rounds: [] as Cost[] });
for (const { run } of cases) await run(4);
for (let round = 0; round < ROUNDS; round++) {
  for (const { run, rounds } of cases) rounds.push(await run(STEPS));
}
const article = cases[0]!.rounds;
const rows = cases.map(({ name, rounds }) => {
  const ratio = (of: keyof Cost) => Number(median(rounds.map((cost, i) => cost[of] / article[i]![of]))!.toFixed(3));
  return {
    option: name,
    'ms a step': Number(median(rounds.map(({ wallMs }) => wallMs))!.toFixed(1)),
    'of the article': ratio('wallMs'),
    'processor time, of the article': ratio('processorMs'),
  };
});
console.table(rows);
console.log(`width ${width}, batch ${batch}, ${precision}, ${CONDITIONS} labels, 64x64: medians of ${ROUNDS} rounds of ${STEPS} steps`);
process.exit(0);

interface Cost {
  wallMs: number;
  processorMs: number;
}

/** Trains steps and says what one of them cost. */
async function prepare(options: Options): Promise<(steps: number) => Promise<Cost>> {
  const k = await loadKernels(await chooseBackend(), precision);
  const shape: NetworkShape = { latentSize: 100, conditions: CONDITIONS, width, imageSize: 64, ...options };
  const labelShares = new Array<number>(CONDITIONS).fill(0.3);
  const trainer = createTrainer(k, shape, 1, { ...options, labelShares });
  const random = createRandom(1, 'bench');
  const pixels = Float32Array.from({ length: batch * 64 * 64 * 3 }, () => random.uniform() * 2 - 1);
  const labels = Float32Array.from({ length: batch * CONDITIONS }, () => random.integer(2));
  const noise = Float32Array.from({ length: batch * 100 }, () => random.normal());
  let step = 0;
  return async (steps) => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < steps; i++) {
      const logits = trainer.step({ pixels, labels, noise, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step: ++step } });
      for (const tensor of Object.values(logits)) await k.read(tensor);
      k.free(...Object.values(logits));
    }
    const { user, system } = process.cpuUsage(before);
    return { wallMs: (performance.now() - start) / steps, processorMs: (user + system) / 1000 / steps };
  };
}
