// Where a training step's time goes: npm run bench:phases [-- WIDTH BATCH PRECISION]
// Times every eager call of native TensorFlow by the name of its operation. The calls are synchronous: what is left of a
// step is JavaScript. With one thread (OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1) these are
// processor times, which other work on the machine disturbs little.

import { createRandom } from '../src/experiment/random.ts';
import { chooseBackend, loadBackend } from '../src/model/backend.ts';
import type { Binding } from '../src/model/kernels/eager.ts';
import { createTensorflowKernels } from '../src/model/kernels/tensorflow.ts';
import { createTrainer } from '../src/model/training/trainer.ts';

const [width = 64, batch = 64] = process.argv.slice(2, 4).map(Number);
const precision = process.argv[4] === 'bfloat16' ? 'bfloat16' : 'float32';
const isAlone = process.env.TF_NUM_INTRAOP_THREADS === '1';
const REPETITIONS = Math.max(5, Math.round(2500 / width));

const { tf } = await loadBackend(await chooseBackend());
const { binding } = tf.backend() as unknown as { binding: Binding };
const calls: { name: string; ms: number }[] = [];
const executeOp: Binding['executeOp'] = (name, attributes, inputs, outputs) => {
  const start = now();
  const results = binding.executeOp(name, attributes, inputs, outputs);
  calls.push({ name: describe(name, results), ms: now() - start });
  return results;
};
const k = createTensorflowKernels(Object.create(binding, { executeOp: { value: executeOp } }), { precision });

const trainer = createTrainer(k, { latentSize: 100, conditions: 5, width, imageSize: 64 }, 1);
const random = createRandom(1, 'bench');
const pixels = Float32Array.from({ length: batch * 64 * 64 * 3 }, () => random.uniform() * 2 - 1);
const labels = Float32Array.from({ length: batch * 5 }, () => random.integer(2));
const noise = Float32Array.from({ length: batch * 100 }, () => random.normal());
const steps: { ms: number; byName: Map<string, { ms: number; calls: number }> }[] = [];
for (let step = 1; step <= REPETITIONS + 3; step++) {
  calls.length = 0;
  const start = now();
  const logits = trainer.step({ pixels, labels, noise, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step } });
  for (const tensor of Object.values(logits)) await k.read(tensor);
  k.free(...Object.values(logits));
  const ms = now() - start;
  const byName = new Map<string, { ms: number; calls: number }>();
  for (const call of calls) {
    const sum = byName.get(call.name) ?? { ms: 0, calls: 0 };
    byName.set(call.name, { ms: sum.ms + call.ms, calls: sum.calls + 1 });
  }
  if (step > 3) steps.push({ ms, byName });
}
const total = median(steps.map(({ ms }) => ms));
const names = [...new Set(steps.flatMap(({ byName }) => [...byName.keys()]))];
const rows = names.map((name) => {
  const ms = median(steps.map(({ byName }) => byName.get(name)?.ms ?? 0));
  return {
    operation: name,
    calls: steps[0]!.byName.get(name)?.calls ?? 0,
    ms: Number(ms.toFixed(2)),
    share: `${((ms / total) * 100).toFixed(1)} %`,
  };
});
const inside = rows.reduce((sum, { ms }) => sum + ms, 0);
rows.sort((a, b) => b.ms - a.ms);
rows.push({
  operation: '(JavaScript)',
  calls: 1,
  ms: Number((total - inside).toFixed(2)),
  share: `${(((total - inside) / total) * 100).toFixed(1)} %`,
});
console.table(rows);
console.log(
  `width ${width}, batch ${batch}, ${precision}: a step takes ${total.toFixed(1)} ms${isAlone ? ' of processor time' : ''}, ` +
    `${steps[0]!.byName.size} kinds of calls, ${rows.slice(0, -1).reduce((sum, row) => sum + row.calls, 0)} calls`,
);
process.exit(0);

function describe(name: string, results: { shape: number[] }[]): string {
  return /Conv2D|MatMul|Patches/.test(name) ? `${name} -> [${results[0]!.shape}]` : name;
}

function now(): number {
  if (!isAlone) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
