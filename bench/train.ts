// Facet's training step beside PyTorch's, alternating in one run: npm run bench:train [-- --backend NAME PRECISION …]
// ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 makes both do with AVX2. On a GPU PyTorch is measured on the same card, eager and with the
// whole step as one CUDA graph. BENCH_TINY=1 tries all cases with tiny nets; BENCH_SIZES="512x32 64x64" takes only these widths and batches.
// The peer: pip install --target .peers torch==2.13.0+cpu numpy       Without it, Facet is measured alone.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom } from '../src/experiment/random.ts';
import { median } from '../src/experiment/units.ts';
import { chooseBackend, kindOf } from '../src/machine/backend.ts';
import type { Tensor } from '../src/model/kernels/kernels.ts';
import { loadKernels } from '../src/model/kernels/load.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { tellRow } from './rows.ts';
import { drawPictures } from './step-pictures.ts';

type Precision = 'float32' | 'tf32' | 'bfloat16';

interface Case {
  width: number;
  batch: number;
  steps: number;
  precision: Precision;
}

const backend = await chooseBackend();
const isTiny = process.env.BENCH_TINY === '1';
const isOnGpu = backend.name === 'webgpu' || kindOf(backend) === 'tensorflow cuda';
const POSSIBLE: Precision[] =
  backend.name !== 'tensorflow' ? ['float32'] : isOnGpu ? ['float32', 'tf32', 'bfloat16'] : ['float32', 'bfloat16'];
const PRECISIONS = POSSIBLE.filter((each) => process.argv.length === 2 || process.argv.includes(each));
const LABELS = 5;
const THREADS = availableParallelism();
const ALTERNATIONS = Number(process.env.BENCH_ALTERNATIONS ?? 5);
/** Of one alternation on a GPU. */
const GPU_SECONDS = 0.5;
const ASKED = process.env.BENCH_SIZES?.split(' ');
/** Steps of one alternation, on a processor. */
const SIZES = [
  { width: 512, batch: 32, steps: 2 },
  ...(isOnGpu ? [{ width: 512, batch: 128, steps: 1 }] : []),
  { width: 128, batch: 64, steps: 6 },
  { width: 64, batch: 64, steps: 12 },
]
  .filter(({ width, batch }) => !ASKED || ASKED.includes(`${width}x${batch}`))
  .map((size) => (isTiny ? { width: size.width / 8, batch: 4, steps: 1 } : size));
const peerEnvironment = { ...process.env, PYTHONPATH: join(FACET_ROOT, '.peers') };
const asksPython = (program: string) => spawnSync('python3', ['-c', program], { env: peerEnvironment }).status === 0;
const hasPeer = process.env.BENCH_PEER !== 'none' && asksPython('import torch');
const hasCuda = hasPeer && isOnGpu && asksPython('import torch; assert torch.cuda.is_available()');
tellRow(backend.version, { runs: process.env.TF_XLA_FLAGS ? 'by XLA' : 'as it does by default' });

const rows = [];
for (const size of SIZES) {
  for (const precision of PRECISIONS) rows.push(await measure({ ...size, precision }));
}
console.table(rows);
mkdirSync(join(FACET_ROOT, 'dist', 'bench'), { recursive: true });
writeFileSync(
  join(FACET_ROOT, 'dist', 'bench', 'train.json'),
  `${JSON.stringify({ threads: THREADS, alternations: ALTERNATIONS, rows }, null, 2)}\n`,
);
if (!hasPeer && process.env.BENCH_PEER !== 'none')
  console.log('PyTorch is not in .peers: Facet alone. See the first lines of bench/train.ts.');
process.exit(0);

/** Images a second of both, and the ratio pair by pair: medians. */
async function measure({ width, batch, steps: stepsOnProcessor, precision }: Case) {
  const asked = { width, batch, steps: stepsOnProcessor, precision };
  const peer = hasPeer ? createPeer(asked, hasCuda ? 'cuda' : 'cpu') : undefined; // they load while Facet does
  const graph = hasCuda ? createPeer(asked, 'cuda-graph') : undefined;
  const facet = await createFacet(asked);
  const firstSeconds = await facet(2);
  await peer?.run(2);
  await graph?.run(2);
  const steps = isOnGpu && !isTiny ? Math.max(2, Math.min(60, Math.round((GPU_SECONDS * 5) / (await facet(5))))) : stepsOnProcessor;
  const pairs: { ours: number; theirs: number; asGraph: number; ratio: number }[] = [];
  for (let i = 0; i < ALTERNATIONS; i++) {
    const ours = (batch * steps) / (await facet(steps));
    const theirs = peer ? (batch * steps) / (await peer.run(steps)) : Number.NaN;
    const asGraph = graph ? (batch * steps) / (await graph.run(steps)) : Number.NaN;
    pairs.push({ ours, theirs, asGraph, ratio: ours / theirs });
  }
  peer?.end();
  graph?.end();
  const medianOf = (key: 'ours' | 'theirs' | 'asGraph' | 'ratio') => Number(median(pairs.map((pair) => pair[key]))!.toFixed(2));
  const row = {
    width,
    batch,
    precision,
    facet: medianOf('ours'),
    ...(peer && { pytorch: medianOf('theirs'), ratio: medianOf('ratio') }),
    ...(graph && { pytorchGraph: medianOf('asGraph') }),
  };
  tellRow(`width ${width}, batch ${batch}, ${precision}`, {
    'Facet images/s': row.facet,
    ...(peer && { [hasCuda ? 'PyTorch eager' : 'PyTorch on the CPU']: row.pytorch!, ratio: row.ratio! }),
    ...(graph && { 'PyTorch CUDA graph': row.pytorchGraph! }),
    'first steps s': firstSeconds,
  });
  return row;
}

/** Runs the product's own step, losses read in the end as the product's loop does, and tells the seconds. */
async function createFacet({ width, batch, precision }: Case): Promise<(steps: number) => Promise<number>> {
  const k = await loadKernels(backend, precision);
  const shape = { latentSize: 100, conditions: LABELS, width, imageSize: 64 as const };
  const random = createRandom(1, 'bench');
  const { stored, input } = drawPictures(k, batch, random);
  const trainer = createTrainer(k, shape, 1, { stored });
  const labels = Float32Array.from({ length: batch * LABELS }, () => random.integer(2));
  let step = 0;
  return async (steps) => {
    const start = performance.now();
    const made: Tensor[] = [];
    for (let i = 0; i < steps; i++) {
      await k.ready();
      const noise = Float32Array.from({ length: batch * 100 }, () => random.normal());
      const { real, fake, fooled } = trainer.step({
        ...input,
        labels,
        noise,
        adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step: ++step },
      });
      made.push(real, fake, fooled);
    }
    await Promise.all(made.map((logits) => k.read(logits)));
    k.free(...made);
    return (performance.now() - start) / 1000;
  };
}

function createPeer({ width, batch, precision }: Case, place: 'cpu' | 'cuda' | 'cuda-graph') {
  const args = [join(FACET_ROOT, 'bench/peers/torch_peer.py'), batch, LABELS, width, THREADS, precision, place].map(String);
  const child: ChildProcessWithoutNullStreams = spawn('python3', args, { env: peerEnvironment });
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(steps: number): Promise<number> {
      child.stdin.write(`${steps}\n`);
      return Number((await lines.next()).value);
    },
    end: () => child.stdin.end(),
  };
}
