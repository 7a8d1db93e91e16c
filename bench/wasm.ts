// GFLOP/s of a training step on WebAssembly, and where its time goes: npm run bench:wasm [-- WIDTH BATCH IMAGE_SIZE]
// Times every kernel by processor time, which other work on the machine disturbs less than the clock. WebAssembly computes
// on one thread; the garbage collector and the compiler of JavaScript run beside it and are counted too.

import { createRandom } from '../src/experiment/random.ts';
import { median } from '../src/experiment/units.ts';
import { chooseBackend } from '../src/machine/backend.ts';
import type { Kernels, Tensor } from '../src/model/kernels/kernels.ts';
import { loadKernels } from '../src/model/kernels/load.ts';
import { discriminatorChannels, generatorChannels, halvings, type NetworkShape } from '../src/model/networks/shape.ts';
import { createTrainer } from '../src/model/training/trainer.ts';

const CONDITIONS = 5;
const UNTIMED = new Set(['scope', 'keep', 'free', 'count', 'reshape', 'parameters', 'precision']);
const [width, batch, imageSize = 64] = process.argv.slice(2).map(Number);

const backend = await loadKernels(await chooseBackend({ ...process.env, FACET_BACKEND: 'wasm' }), 'float32');
const sizes = width ? [{ width, batch: batch ?? 32 }] : [32, 64].map((batch) => ({ width: 128, batch }));
for (const size of sizes) await measure({ ...size, imageSize: imageSize as NetworkShape['imageSize'] });

async function measure({ width, batch, imageSize }: { width: number; batch: number; imageSize: NetworkShape['imageSize'] }) {
  const phases = new Map<string, { calls: number; ms: number }>();
  const k = timed(backend, phases);
  const shape: NetworkShape = { latentSize: 100, conditions: CONDITIONS, width, imageSize };
  const gflop = (flopPerImage(shape) * batch) / 1e9;
  const trainer = createTrainer(k, shape, 1);
  const random = createRandom(1, 'bench');
  const pixels = Float32Array.from({ length: batch * imageSize ** 2 * 3 }, () => random.uniform() * 2 - 1);
  const labels = Float32Array.from({ length: batch * CONDITIONS }, () => random.integer(2));
  const noise = Float32Array.from({ length: batch * shape.latentSize }, () => random.normal());

  const repetitions = Math.min(60, Math.max(8, Math.round(300 / gflop)));
  const steps: { ms: number; wallMs: number; phases: [string, { calls: number; ms: number }][] }[] = [];
  for (let step = 1; step <= repetitions + 3; step++) {
    phases.clear();
    const [start, wallStart] = [processorMs(), performance.now()];
    const logits = trainer.step({ pixels, labels, noise, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step } });
    for (const tensor of Object.values(logits)) await k.read(tensor);
    k.free(...Object.values(logits));
    if (step > 3) steps.push({ ms: processorMs() - start, wallMs: performance.now() - wallStart, phases: [...phases] });
  }
  const total = median(steps.map(({ ms }) => ms))!;
  const wall = median(steps.map(({ wallMs }) => wallMs))!;
  const rows = steps[0]!.phases.map(([phase, { calls }]) => {
    const ms = median(steps.map((step) => new Map(step.phases).get(phase)?.ms ?? 0))!;
    return { phase, calls, ms: Number(ms.toFixed(2)), share: `${((ms / total) * 100).toFixed(1)} %` };
  });
  console.table(rows.toSorted((a, b) => b.ms - a.ms));
  console.log(
    `width ${width}, batch ${batch}, ${imageSize}x${imageSize}: ${gflop.toFixed(2)} GFLOP in ${total.toFixed(1)} ms of processor time: ` +
      `${(gflop / (total / 1000)).toFixed(1)} GFLOP/s, ${((batch / total) * 1000).toFixed(1)} images/s (by the clock: ${wall.toFixed(1)} ms)\n`,
  );
}

/**
 * Multiplications and additions of a step's convolutions and products for one image, in their plain form (2 for each weight
 * and position). G runs forwards once and backwards to its weights and inputs, but not to noise and labels. D runs forwards
 * on real, fake and fooled; on real and fake backwards to weights and, above the pictures, to inputs; on fooled to inputs
 * only, down to the pictures. Label planes count as the small products that they are, also in the layer after them.
 */
function flopPerImage(shape: NetworkShape): number {
  const levels = halvings(shape);
  const conv = (outputSize: number, inputs: number, outputs: number) => 2 * outputSize ** 2 * 16 * inputs * outputs;
  const g = { dense: 2 * (shape.latentSize + shape.conditions) * 16 * shape.width, ups: 0 };
  for (let level = 1; level <= levels; level++) {
    const channels = level === levels ? 3 : generatorChannels(shape, level);
    g.ups += conv(2 * 2 ** level, channels, generatorChannels(shape, level - 1));
  }
  const half = discriminatorChannels(shape, 1) / 2;
  const d = { image: conv(shape.imageSize / 2, 3, half), label: 2 * 9 * shape.conditions * half, downs: 0, logit: 0 };
  for (let level = 2; level <= levels; level++) {
    const [inputs, outputs] = [discriminatorChannels(shape, level - 1), discriminatorChannels(shape, level)];
    const size = shape.imageSize / 2 ** level;
    d.downs += level === 2 ? conv(size, half, outputs) + conv(3, half, outputs) : conv(size, inputs, outputs);
  }
  d.logit = 2 * 16 * discriminatorChannels(shape, levels);
  const generator = 2 * g.dense + 3 * g.ups;
  const discriminator = 6 * d.image + 5 * d.label + 8 * (d.downs + d.logit);
  return generator + discriminator;
}

/** The same kernels, each call added to `phases` by name, for convolutions by shape too. */
function timed(kernels: Kernels, phases: Map<string, { calls: number; ms: number }>): Kernels {
  const time = <A extends unknown[], R>(name: (result: R) => string, work: (...parameters: A) => R) => {
    return (...parameters: A): R => {
      const start = processorMs();
      const result = work(...parameters);
      const ms = processorMs() - start;
      const before = phases.get(name(result)) ?? { calls: 0, ms: 0 };
      phases.set(name(result), { calls: before.calls + 1, ms: before.ms + ms });
      return result;
    };
  };
  const wrapped = { ...kernels } as unknown as Record<string, unknown>;
  for (const [name, kernel] of Object.entries(kernels)) {
    if (UNTIMED.has(name)) continue;
    const describe = (result: unknown) => (/^conv|^matMul/.test(name) ? `${name} -> [${(result as Tensor).shape}]` : name);
    wrapped[name] = time(describe, kernel as (...parameters: unknown[]) => unknown);
  }
  wrapped.parameters = (...given: Parameters<Kernels['parameters']>) => {
    const parameters = kernels.parameters(...given);
    const { applyAdam, applyAverage } = parameters;
    return { ...parameters, applyAdam: time(() => 'applyAdam', applyAdam), applyAverage: time(() => 'applyAverage', applyAverage) };
  };
  return wrapped as unknown as Kernels;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
