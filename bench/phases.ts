// Where a training step's time goes: npm run bench:phases [-- WIDTH BATCH PRECISION PRESET]
// Computes the operations of a compiled step one by one and adds up their times by name, beside the time of the step as one graph,
// in which operations share memory, are joined, and run side by side. With one thread (OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1
// TF_NUM_INTEROP_THREADS=1) these are processor times, which other work on the machine disturbs little.

import { createRandom } from '../src/experiment/random.ts';
import { PRESET_NAMES } from '../src/experiment/schema/presets.ts';
import { median } from '../src/experiment/units.ts';
import { describeProcessor } from '../src/machine/processor.ts';
import { loadBackend } from '../src/model/kernels/load-backend.ts';
import { Eager } from '../src/model/kernels/tensorflow/eager.ts';
import { chooseForms } from '../src/model/kernels/tensorflow/forms.ts';
import type { Binding } from '../src/model/kernels/tensorflow/handles.ts';
import { Program } from '../src/model/kernels/tensorflow/program.ts';
import { createTensorflowKernels } from '../src/model/kernels/tensorflow/tensorflow.ts';
import type { NetworkShape } from '../src/model/networks/shape.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { replayGraph } from '../test/helpers/replay-graph.ts';
import { presetOptions } from './preset-options.ts';

const [width = 64, batch = 64] = process.argv.slice(2, 4).map(Number);
const precision = process.argv[4] === 'bfloat16' ? 'bfloat16' : 'float32';
const isAlone = process.env.TF_NUM_INTRAOP_THREADS === '1';
const CONDITIONS = 5;
const REPETITIONS = Math.max(5, Math.round(2500 / width));

const { tf } = await loadBackend({ name: 'tensorflow' });
const { binding } = tf.backend() as unknown as { binding: Binding };
const program = new Program(new Eager(binding));
const k = createTensorflowKernels(binding, { precision, forms: chooseForms(describeProcessor()), program });
const preset = PRESET_NAMES.find((name) => name === process.argv[5]) ?? 'article';
const options = presetOptions(preset);
const shape: NetworkShape = { latentSize: 100, conditions: CONDITIONS, width, imageSize: 64, ...options };
const trainer = createTrainer(k, shape, 1, { ...options, labelShares: new Array<number>(CONDITIONS).fill(0.3) });
const random = createRandom(1, 'bench');
const pixels = Float32Array.from({ length: batch * 64 * 64 * 3 }, () => random.uniform() * 2 - 1);
const labels = Float32Array.from({ length: batch * CONDITIONS }, () => random.integer(2));
const noise = Float32Array.from({ length: batch * 100 }, () => random.normal());
const wholeSteps: number[] = [];
const steps: Map<string, { ms: number; calls: number }>[] = [];
for (let step = 1; step <= REPETITIONS + 3; step++) {
  const start = now();
  const logits = trainer.step({ pixels, labels, noise, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step } });
  for (const tensor of Object.values(logits)) await k.read(tensor);
  k.free(...Object.values(logits));
  const ms = now() - start;
  const byName = new Map<string, { ms: number; calls: number }>();
  replayGraph(
    binding,
    program.graphs[0]!,
    ({ node, outputs, ms }) => {
      const name = describe(node.op, outputs);
      const sum = byName.get(name) ?? { ms: 0, calls: 0 };
      byName.set(name, { ms: sum.ms + ms, calls: sum.calls + 1 });
    },
    now,
  );
  if (step <= 3) continue;
  wholeSteps.push(ms);
  steps.push(byName);
}
const names = [...new Set(steps.flatMap((byName) => [...byName.keys()]))];
const rows = names.map((operation) => {
  const ms = median(steps.map((byName) => byName.get(operation)?.ms ?? 0))!;
  return { operation, calls: steps[0]!.get(operation)?.calls ?? 0, ms: Number(ms.toFixed(2)) };
});
const sum = rows.reduce((total, { ms }) => total + ms, 0);
rows.sort((a, b) => b.ms - a.ms);
console.table(rows.map((row) => ({ ...row, share: `${((row.ms / sum) * 100).toFixed(1)} %` })));
console.log(
  `${preset}, width ${width}, batch ${batch}, ${precision}: ${sum.toFixed(1)} ms${isAlone ? ' of processor time' : ''} in ` +
    `${rows.reduce((total, { calls }) => total + calls, 0)} operations one by one; the same step as one graph: ${median(wholeSteps)!.toFixed(1)} ms`,
);
process.exit(0);

function describe(name: string, results: { shape: readonly number[] }[]): string {
  return /Conv2D|MatMul|Patches/.test(name) ? `${name} -> [${results[0]!.shape}]` : name;
}

function now(): number {
  if (!isAlone) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
