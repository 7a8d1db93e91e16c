// How many runs at once carry most on this machine, or on its GPU: npm run bench:parallel
// Starts 1, 2 and 4 processes, on a GPU 8 too, that train with the cores divided among them, on a GPU all on the same one, and adds up their images a
// second. They measure in the same seconds: each waits until all have made their first steps.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import { createRandom } from '../src/experiment/random.ts';
import { median } from '../src/experiment/units.ts';
import { chooseBackend, kindOf } from '../src/machine/backend.ts';
import { loadKernels } from '../src/model/kernels/load.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { createChildEnvironment } from '../src/runner/executors/local/child-environment.ts';
import { tellRow } from './rows.ts';
import { drawPictures } from './step-pictures.ts';

const SECONDS = process.env.BENCH_TINY === '1' ? 1 : 3;
const [width, batch] = process.argv.slice(2).map(Number);

if (width && batch) {
  console.log(await imagesPerSecond(width, batch));
  process.exit(0);
}
const rows = [];
const backend = await chooseBackend();
const isOnGpu = backend.name === 'webgpu' || kindOf(backend) === 'tensorflow cuda';
const COUNTS = isOnGpu ? [1, 2, 4, 8] : [1, 2, 4];
const isTiny = process.env.BENCH_TINY === '1';
console.log(backend.version);
for (const size of [
  { width: 64, batch: 64 },
  { width: 512, batch: 32 },
].map((size) => (isTiny ? { width: size.width / 8, batch: 4 } : size))) {
  for (const processes of COUNTS) {
    const totals = [];
    for (let i = 0; i < (isOnGpu || isTiny ? 1 : 3); i++) totals.push(await together(processes, size));
    rows.push({ ...size, processes, imagesPerSecond: Number(median(totals)!.toFixed(1)) });
    tellRow(`width ${size.width}, batch ${size.batch}, runs at once: ${processes}`, { 'images/s in all': rows.at(-1)!.imagesPerSecond });
  }
}
console.table(rows);

async function together(processes: number, size: { width: number; batch: number }): Promise<number> {
  const threads = Math.max(1, Math.floor(availableParallelism() / processes));
  const env = createChildEnvironment({ index: 0, gpus: null, threads });
  const children = Array.from(
    { length: processes },
    () => execa({ env, stderr: 'ignore' })`${process.execPath} ${process.argv[1]!} ${String(size.width)} ${String(size.batch)}`,
  );
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data'))); // "ready"
  for (const { stdin } of children) stdin.end('go');
  const outputs = await Promise.all(children);
  return outputs.reduce((sum, { stdout }) => sum + Number(stdout.split('\n').at(-1)), 0);
}

async function imagesPerSecond(width: number, batch: number): Promise<number> {
  const k = await loadKernels(await chooseBackend(), 'float32');
  const random = createRandom(1, 'bench');
  const { stored, input } = drawPictures(k, batch, random);
  const trainer = createTrainer(k, { latentSize: 100, conditions: 5, width, imageSize: 64 }, 1, { stored });
  const labels = Float32Array.from({ length: batch * 5 }, () => random.integer(2));
  const noise = Float32Array.from({ length: batch * 100 }, () => random.normal());
  let step = 0;
  const train = async (until: () => boolean) => {
    while (!until()) {
      const { real, fake, fooled } = trainer.step({
        ...input,
        labels,
        noise,
        adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step: ++step },
      });
      if (step % 16 === 0) await k.read(fooled);
      await k.ready();
      k.free(real, fake, fooled);
    }
  };
  await train(() => step === 2);
  console.log('ready');
  for await (const _ of process.stdin); // until it ends
  const start = performance.now();
  const first = step;
  await train(() => performance.now() - start > SECONDS * 1000);
  return ((step - first) * batch) / ((performance.now() - start) / 1000);
}
