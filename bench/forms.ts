// What each form of each convolution of a step costs, in ms of processor time: npm run bench:forms [-- WIDTH BATCH PRECISION]
// The tables of src/model/kernels/tensorflow/forms.ts come from this. ONEDNN_MAX_CPU_ISA=AVX2 measures that class of processor on a
// wider one. The forms of one size alternate; the figures are the least of all turns, with one thread.

import { createRandom } from '../src/experiment/random.ts';
import { loadBackend } from '../src/model/kernels/load-backend.ts';
import { createConvolutions } from '../src/model/kernels/tensorflow/convolutions.ts';
import { Eager } from '../src/model/kernels/tensorflow/eager.ts';
import { type Binding, DataType } from '../src/model/kernels/tensorflow/handles.ts';

const [width = 64, batch = 64] = process.argv.slice(2, 4).map(Number);
const precision = process.argv[4] === 'bfloat16' ? 'bfloat16' : 'float32';
const TURNS = Math.max(5, Math.round(2000 / width));

const { tf } = await loadBackend({ name: 'tensorflow' });
const eager = new Eager((tf.backend() as unknown as { binding: Binding }).binding);
const kernelsOf = (conv: 'own' | 'patches', filterGradient: 'own' | 'patches', inputGradient: 'own' | 'windows' | 'fold') =>
  createConvolutions(eager, {
    onGpu: false,
    forms: { bfloat16: 'bfloat16', conv: () => conv, filterGradient: () => filterGradient, inputGradient: () => inputGradient },
  });
const kernels = {
  own: kernelsOf('own', 'own', 'own'),
  patches: kernelsOf('patches', 'patches', 'own'),
  windows: kernelsOf('own', 'own', 'windows'),
  fold: kernelsOf('own', 'own', 'fold'),
};

const random = createRandom(1, 'bench');
const tensor = (shape: number[]) => {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
  return eager.cast(eager.create(values, shape), precision === 'bfloat16' ? DataType.bfloat16 : DataType.float32);
};
const now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

for (const [side, inputs, outputs] of [
  [32, 3, width / 8],
  [32, 3, width / 4],
  [16, width / 4, width / 2],
  [8, width / 2, width],
  [4, width, 2 * width],
] as const) {
  const x = tensor([batch, 2 * side, 2 * side, inputs]);
  const dy = tensor([batch, side, side, outputs]);
  const filter = tensor([4, 4, inputs, outputs]);
  const cases: Record<string, () => void> = {
    conv: () => kernels.own.conv(x, filter),
    'conv, patches': () => kernels.patches.conv(x, filter),
    'input gradient': () => kernels.own.convInputGradient(dy, filter),
    'input gradient, windows': () => kernels.windows.convInputGradient(dy, filter),
    'input gradient, fold': () => kernels.fold.convInputGradient(dy, filter),
    'filter gradient': () => kernels.own.convFilterGradient(x, dy),
    'filter gradient, patches': () => kernels.patches.convFilterGradient(x, dy),
  };
  const least: Record<string, number> = {};
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, work] of Object.entries(cases)) {
      const start = now();
      eager.scope(() => {
        work();
        return [];
      });
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, now() - start);
    }
  }
  const gflop = (2 * 16 * inputs * outputs * batch * side * side) / 1e9;
  const rounded = Object.fromEntries(Object.entries(least).map(([name, ms]) => [name, Number(ms.toFixed(2))]));
  console.log(`y [${batch},${side},${side},${outputs}] of x with ${inputs} channels, ${gflop.toFixed(2)} GFLOP:`);
  console.table(rounded);
}
process.exit(0);
