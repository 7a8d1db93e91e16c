import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { withKernels } from '../../helpers/kernels.ts';

const draw = (name: string, size: number) => {
  const random = createRandom(1, name);
  return Float32Array.from({ length: size }, () => random.normal());
};

/** Weights after three steps of a compiled function. */
const train = () =>
  withKernels('tensorflow', async (k) => {
    const specs = [{ name: 'w', shape: [4, 4, 3, 5] }];
    const parameters = k.parameters(specs, new Map([['w', draw('w', 240)]]));
    let step = 0;
    const move = k.compile(([x]) => {
      const y = k.tanh(k.conv(x!, parameters.get('w')));
      const dw = k.convFilterGradient(x!, k.tanhGradient(k.add(k.mul(y, y), y), y));
      parameters.applyAdam(new Map([['w', k.add(k.mul(dw, dw), dw)]]), () => ({ learningRate: 0.01, beta1: 0.5, beta2: 0.9, step }));
      return [y];
    });
    for (step = 1; step <= 3; step++) k.free(...k.scope(() => move([k.tensor(draw('x', 2 * 8 * 8 * 3), [2, 8, 8, 3])])));
    return parameters.export();
  });

// The variable acts from the first session of a process on, which therefore has no other test.
it('XLA puts operations of a compiled step together where TF_XLA_FLAGS asks for it, keeps them, and repeats bit for bit', async () => {
  const kept = mkdtempSync(join(tmpdir(), 'facet-xla-'));
  const flags = ['auto_jit=2', 'cpu_global_jit', `persistent_cache_directory=${kept}`, 'persistent_cache_device_types=CPU'];
  vi.stubEnv('TF_XLA_FLAGS', flags.map((flag) => `--tf_xla_${flag}`).join(' '));
  try {
    const first = await train();
    expect(readdirSync(kept).filter((name) => name.startsWith('xla_compile_cache')).length).toBeGreaterThan(0);
    expect(await train()).toEqual(first);
  } finally {
    vi.unstubAllEnvs();
    rmSync(kept, { recursive: true });
  }
});
