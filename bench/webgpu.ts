// What JavaScript and Dawn cost a step on WebGPU, without the card's work: npm run bench:webgpu
// On a GPU that computes nothing: JavaScript alone, at the sizes of real runs. On the GPU that there is (SwiftShader will do): how long a call
// takes until it is submitted, with a tiny net, each after the device has finished the one before, beside a copy of four bytes.

import { median } from '../src/experiment/units.ts';
import { Device, type Place } from '../src/model/kernels/webgpu/device.ts';
import { createWebgpuKernels } from '../src/model/kernels/webgpu/webgpu.ts';
import type { NetworkShape } from '../src/model/networks/shape.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { createIdleGpu } from '../test/helpers/idle-gpu.ts';
import { presetOptions } from './preset-options.ts';

const STEPS = 100;
const CONDITIONS = 5;
const PRESETS = ['article', 'modern'] as const;

for (const preset of PRESETS) {
  const [ms, dispatches] = await timeSteps(new Device(createIdleGpu()), { preset, width: 64, batch: 64 });
  console.log(`${preset}, width 64, batch 64, on a GPU that computes nothing: ${ms.toFixed(2)} ms a step for ${dispatches} dispatches`);
}
const device = await Device.open();
const empty = await timeEmpty(device);
for (const preset of PRESETS) {
  const [ms] = await timeSteps(device, { preset, width: 4, batch: 2 });
  console.log(
    `${preset}, width 4, batch 2, on the GPU: ${ms.toFixed(2)} ms until a step is submitted; a copy of four bytes ${empty.toFixed(2)} ms`,
  );
}
process.exit(0);

/** Median ms of a call of `step`, each after the device has nothing left to do. */
async function timeSteps(device: Device, { preset, width, batch }: { preset: (typeof PRESETS)[number]; width: number; batch: number }) {
  const k = createWebgpuKernels(device);
  const options = presetOptions(preset);
  const shape: NetworkShape = { latentSize: 100, conditions: CONDITIONS, imageSize: width < 64 ? 32 : 64, ...options, width };
  const trainer = createTrainer(k, shape, 1, { ...options, labelShares: Array(CONDITIONS).fill(0.5) });
  const pixels = new Float32Array(batch * shape.imageSize ** 2 * 3);
  const labels = new Float32Array(batch * CONDITIONS);
  const noise = new Float32Array(batch * 100);
  const times: number[] = [];
  let before = 0;
  for (let step = 1; step <= (width < 64 ? 10 : STEPS); step++) {
    before = device.counts.dispatches;
    const start = performance.now();
    const { real, fake, fooled } = trainer.step({ pixels, labels, noise, adam: { learningRate: 1e-4, beta1: 0.5, beta2: 0.999, step } });
    if (step > 2) times.push(performance.now() - start);
    await k.read(real);
    k.free(real, fake, fooled);
  }
  return [median(times)!, device.counts.dispatches - before] as const;
}

async function timeEmpty(device: Device): Promise<number> {
  const times: number[] = [];
  const [from, to] = [0, 1].map(() => ({ buffer: device.create(4), offset: 0 })) as [Place, Place];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    device.copy(from, to, 4);
    device.flush();
    times.push(performance.now() - start);
    await device.read(to, 1);
  }
  return median(times)!;
}
