import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { readInstallation } from '../../../src/machine/installation.ts';
import { loadBackend } from '../../../src/model/kernels/load-backend.ts';

describe('loading a backend', () => {
  test('WebAssembly multiplies, and leaves the handling of errors to the program', async () => {
    const events = ['uncaughtException', 'unhandledRejection'] as const;
    const hooks = () => events.map((event) => process.listeners(event as 'uncaughtException').length);
    const before = hooks();
    const { tf } = await loadBackend({ name: 'wasm' });
    expect(tf.getBackend()).toBe('wasm');
    expect([...tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync()]).toEqual([19, 22, 43, 50]);
    expect(hooks()).toEqual(before);
  });

  test('the installed TensorFlow computes, also on newer Nodes, and reports the version that was set up, without its usual notices', async () => {
    const { installation, fault } = readInstallation();
    if (!installation) expect.fail(`${fault}: these tests need it, run \`npm run setup\` first`);
    // A process of its own: TensorFlow reads its log level once, and writes past Node.
    const bundle = join(FACET_ROOT, 'dist', `test-${process.pid}`, 'backend.mjs');
    buildSync({
      entryPoints: [join(FACET_ROOT, 'src/model/kernels/load-backend.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['@tensorflow/*'],
      define: { FACET_ROOT: JSON.stringify(FACET_ROOT) },
    });
    const program = `
      import util from 'node:util';
      import { loadBackend } from ${JSON.stringify(bundle)};
      for (const removed of ['isArray', 'isNullOrUndefined']) delete util[removed]; // as in Node 23 and later
      const { tf } = await loadBackend({ name: 'tensorflow' });
      const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
      const twice = tf.concat([product, product]);
      console.log(JSON.stringify([tf.getBackend(), tf.backend().binding.TF_Version, ...twice.dataSync()]));`;
    const { TF_CPP_MIN_LOG_LEVEL: _, ...env } = process.env;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' });
    rmSync(join(bundle, '..'), { recursive: true });
    // Two lines about oneDNN come before TensorFlow has read its log level; nothing else may.
    expect(stderr.split('\n').filter((line) => line !== '' && !/InitializeLog|oneDNN/.test(line))).toEqual([]);
    expect(JSON.parse(stdout)).toEqual(['tensorflow', installation!.tensorflow, 19, 22, 43, 50, 19, 22, 43, 50]);
  });
});
