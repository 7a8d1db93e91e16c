import { describe, expect, it } from 'vitest';
import { replayGraph } from '../../../bench/replay-graph.ts';
import type { AdamStep, Kernels } from '../../../src/model/kernels/kernels.ts';
import { Eager } from '../../../src/model/kernels/tensorflow/eager.ts';
import { Program } from '../../../src/model/kernels/tensorflow/program.ts';
import { createTensorflowKernels } from '../../../src/model/kernels/tensorflow/tensorflow.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import { withKernels, withTensorflow } from '../../helpers/kernels.ts';

const specs = [{ name: 'w', shape: [2, 2] }];
const start = new Map([['w', Float32Array.of(1, 2, 3, 4)]]);
const adam: AdamStep = { learningRate: 0.1, beta1: 0.5, beta2: 0.999, step: 1 };

/** Reads w before and after a step of Adam in one call. */
function createMover(k: Kernels) {
  const parameters = k.parameters(specs, start);
  let rate = 0.1;
  const move = k.compile(([x]) => {
    const before = k.matMul(x!, parameters.get('w'));
    parameters.applyAdam(new Map([['w', k.tensorFloat32(Float32Array.of(1, 1, -1, -1), [2, 2])]]), () => ({ ...adam, learningRate: rate }));
    return [before, k.matMul(x!, parameters.get('w'))];
  });
  return {
    parameters,
    async call(rows: number, learningRate = 0.1) {
      rate = learningRate;
      const identity = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 === Math.floor(i / 2) % 2 ? 1 : 0));
      const results = k.scope(() => move([k.tensorFloat32(identity, [rows, 2])]));
      const values = await Promise.all(results.map((result) => k.read(result)));
      k.free(...results);
      return values.map((value) => [...value.slice(0, 4)].map((x) => Number(x.toFixed(3))));
    },
  };
}

describe.each(['tensorflow', 'wasm'] as const)('what is compiled on %s', (backend) => {
  it('reads a parameter as it is before an update, and as it is after it', async () => {
    await withKernels(backend, async (k) => {
      const { call } = createMover(k);
      expect(await call(2)).toEqual([
        [1, 2, 3, 4],
        [0.9, 1.9, 3.1, 4.1],
      ]);
    });
  });

  it('asks for the learning rate at every call', async () => {
    await withKernels(backend, async (k) => {
      const { call } = createMover(k);
      await call(2, 0);
      expect((await call(2, 0.5))[0]).toEqual([1, 2, 3, 4]);
      expect((await call(2, 0))[0]).not.toEqual([1, 2, 3, 4]);
    });
  });

  it('keeps parameters and moments where it gets inputs of another shape, and where it is given others', async () => {
    await withKernels(backend, async (k) => {
      const [same, other] = [createMover(k), createMover(k)];
      for (let i = 0; i < 4; i++) await same.call(2);
      for (const rows of [2, 4, 2, 6]) await other.call(rows);
      expect(await other.parameters.export()).toEqual(await same.parameters.export());
      other.parameters.import(start);
      expect((await other.call(4))[0]).toEqual([1, 2, 3, 4]);
      expect([...start.get('w')!]).toEqual([1, 2, 3, 4]); // the update in place was not in our memory
    });
  });

  it('lets values be read between calls, and does not change what has been read', async () => {
    await withKernels(backend, async (k) => {
      const { call, parameters } = createMover(k);
      expect([...(await parameters.read('w'))]).toEqual([1, 2, 3, 4]);
      await call(2);
      const read = await parameters.read('w');
      const before = [...read];
      await call(2);
      expect([...read]).toEqual(before);
      expect([...(await parameters.read('w'))]).not.toEqual(before);
    });
  });
});

describe.each(['float32', 'bfloat16'] as const)('the graph of a training step in %s', (precision) => {
  it.each([8, 24, 64])('has the shapes and types that TensorFlow computes, at width %i', async (width) => {
    await withTensorflow(async (binding) => {
      const program = new Program(new Eager(binding));
      const k = createTensorflowKernels(binding, { precision, forms: 'avx512', program });
      const shape = { latentSize: 10, conditions: 3, width, imageSize: 32 as const };
      const trainer = createTrainer(k, shape, 1);
      trainer.step({ pixels: new Float32Array(2 * 32 * 32 * 3), labels: new Float32Array(6), noise: new Float32Array(20), adam });
      let compared = 0;
      replayGraph(binding, program.graphs[0]!, ({ node, outputs }) => {
        if (node.op.startsWith('FusedBatchNorm')) outputs.length = 3; // the others are the gradient's own business
        outputs.forEach(({ shape, dtype }, i) => {
          expect({ shape, dtype }, `${node.op} ${node.name}:${i}`).toEqual({
            shape: [...node.outputs[i]!.shape],
            dtype: node.outputs[i]!.dtype,
          });
          compared++;
        });
      });
      expect(compared).toBeGreaterThan(200);
    });
  });
});
