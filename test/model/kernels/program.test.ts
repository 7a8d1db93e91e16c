import { describe, expect, it } from 'vitest';
import { describeProcessor } from '../../../src/machine/processor.ts';
import type { AdamStep, Kernels } from '../../../src/model/kernels/kernels.ts';
import { Eager } from '../../../src/model/kernels/tensorflow/eager.ts';
import { chooseForms } from '../../../src/model/kernels/tensorflow/forms.ts';
import { Graph } from '../../../src/model/kernels/tensorflow/graph.ts';
import { DataType, type Handle } from '../../../src/model/kernels/tensorflow/handles.ts';
import { Program } from '../../../src/model/kernels/tensorflow/program.ts';
import { createTensorflowKernels } from '../../../src/model/kernels/tensorflow/tensorflow.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import { relativeError, withKernels, withTensorflow } from '../../helpers/kernels.ts';
import { replayGraph } from '../../helpers/replay-graph.ts';

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

describe.each(['tensorflow', 'tensorflow bfloat16', 'wasm', 'cpu'] as const)('averages of parameters on %s', (backend) => {
  const averagedSpecs = [
    { name: 'w', shape: [2, 2] },
    { name: 'gamma', shape: [2], isFloat32: true },
    { name: 'bias', shape: [2], inert: true },
  ];
  const values = new Map<string, Float32Array>([...start, ['gamma', Float32Array.of(1, 1)], ['bias', Float32Array.of(7, 8)]]);

  /** After each step of Adam and the average, in one compiled call: all that a checkpoint holds. */
  const train = ({ first = 1, last = 4, from = values } = {}) =>
    withKernels(backend, async (k) => {
      const parameters = k.parameters(averagedSpecs, from, { averaged: true });
      let step = 0;
      const move = k.compile(([x]) => {
        const before = k.matMul(x!, parameters.get('w'));
        const push = k.tensorFloat32(Float32Array.of(1, 1, -1, -1), [2, 2]); // made inside
        parameters.applyAdam(
          new Map([
            ['w', push],
            ['gamma', k.tensorFloat32(Float32Array.of(1, -1), [2])],
          ] as const),
          () => ({ ...adam, step }),
        );
        parameters.applyAverage(() => 1 - 1 / (step + 1));
        return [before, k.add(parameters.getAverage('w'), before), parameters.getAverage('bias')];
      });
      const held: Map<string, Float32Array>[] = [];
      const seen: Float32Array[] = [];
      for (step = first; step <= last; step++) {
        const results = k.scope(() => move([k.tensor(Float32Array.of(0, 0, 0, 0), [2, 2])]));
        seen.push(await k.read(results[1]!));
        k.free(...new Set(results.slice(0, 2)));
        held.push(await parameters.export());
      }
      const read = [await k.read(parameters.getAverage('w')), await k.read(parameters.getAverage('gamma'))];
      return { parameters, held, seen, read, bias: await k.read(parameters.getAverage('bias')) };
    });

  it('follow the values after each step, bit for bit the same when repeated and when gone on with', async () => {
    const { held, seen, read, bias } = await train();
    let expected = [...values.get('w')!];
    for (const [i, { w, 'w.ema': average }] of held.map((all) => Object.fromEntries(all)).entries()) {
      const decay = 1 - 1 / (i + 2);
      expected = expected.map((old, j) => decay * old + (1 - decay) * w![j]!);
      expect(relativeError(average!, Float32Array.from(expected))).toBeLessThan(1e-6);
    }
    const last = held.at(-1)!;
    const bound = backend.endsWith('bfloat16') ? 2 ** -8 : 0;
    expect(relativeError(seen.at(-1)!, last.get('w.ema')!), 'read after the step, inside it').toBeLessThanOrEqual(bound);
    expect(relativeError(read[0]!, last.get('w.ema')!), 'read after the step, in the type of activations').toBeLessThanOrEqual(bound);
    expect(read[1], 'in float32').toEqual(last.get('gamma.ema'));
    expect([...bias], 'of an inert parameter its value').toEqual([7, 8]);
    expect([...last.keys()]).toEqual(['w', 'w.adam_m', 'w.adam_v', 'w.ema', 'gamma', 'gamma.adam_m', 'gamma.adam_v', 'gamma.ema', 'bias']);
    expect((await train()).held).toEqual(held);
    expect((await train({ first: 3, from: held[1]! })).held).toEqual(held.slice(2));
  });

  it('are the values where none are given, and what was exported where they are', async () => {
    await withKernels(backend, async (k) => {
      const parameters = k.parameters(averagedSpecs, values, { averaged: true });
      expect(await parameters.read('w.ema')).toEqual(values.get('w'));
      parameters.import(new Map([...values, ['gamma.ema', Float32Array.of(3, 4)]]));
      const { 'w.ema': w, 'gamma.ema': gamma } = Object.fromEntries(await parameters.export());
      expect([w, gamma]).toEqual([values.get('w'), Float32Array.of(3, 4)]);
      expect([...parameters.stored]).toContainEqual(['w.ema', [2, 2]]);
    });
  });

  it('are the values of parameters of which none are kept', async () => {
    await withKernels(backend, async (k) => {
      const parameters = k.parameters(averagedSpecs, values);
      expect(await k.read(parameters.getAverage('gamma'))).toEqual(values.get('gamma'));
      expect([...(await parameters.export()).keys()].filter((name) => name.endsWith('.ema'))).toEqual([]);
      const move = k.compile(([x]) => {
        parameters.applyAverage(() => 0.5);
        return [k.add(x!, x!)];
      });
      expect(() => k.scope(() => move([k.tensor(Float32Array.of(0), [1])]))).toThrow('no parameter named w.ema');
    });
  });
});

describe.each(['float32', 'bfloat16'] as const)('the graph of a training step in %s', (precision) => {
  const everyOption = {
    spectralNorm: true,
    discriminatorLabels: 'projection',
    conditionalNorm: true,
    auxiliaryWeight: 0.5,
    upsampling: 'resize',
    loss: 'hinge',
    emaDecay: 0.999,
    diffAugment: ['translation', 'cutout', 'color'],
    labelShares: [0.1, 0.2, 0.3],
  } as const;

  it.each([
    { name: 'at width 8', width: 8, options: {} },
    { name: 'at width 24', width: 24, options: {} },
    { name: 'at width 64', width: 64, options: {} },
    { name: 'with every option of the model', width: 8, options: everyOption },
    { name: 'with pictures that lie on the device', width: 8, options: {}, isStored: true },
  ])('has the shapes and types that TensorFlow computes, $name', async ({ width, options, isStored = false }) => {
    await withTensorflow(async (binding) => {
      const program = new Program(new Eager(binding));
      const k = createTensorflowKernels(binding, { precision, forms: chooseForms(describeProcessor()), program, pictureBytes: 2 ** 20 });
      const shape = { latentSize: 10, conditions: 3, width, imageSize: 32 as const, ...options };
      const source = { count: 3, pixels: 32 ** 2, numbers: new Float32Array(256), walks: () => new Float32Array(8 * 32 ** 2) };
      const stored = isStored ? k.storePictures({ ...source, read: () => new Uint8Array(3 * 32 ** 2 * 3) }) : null;
      const trainer = createTrainer(k, shape, 1, { ...options, stored });
      const pixels = isStored
        ? { pictures: new Float32Array(2), walks: new Float32Array(2) }
        : { pixels: new Float32Array(2 * 32 * 32 * 3) };
      trainer.step({ ...pixels, labels: new Float32Array(6), noise: new Float32Array(20), adam });
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

// The counts of the backward passes that were once written by hand: a gradient that no update applies would show here.
it('has in the graph of a training step only what the step needs', async () => {
  const counts = await withTensorflow(async (binding) => {
    const program = new Program(new Eager(binding));
    const k = createTensorflowKernels(binding, { precision: 'float32', forms: 'own', onGpu: true, program });
    const trainer = createTrainer(k, { latentSize: 10, conditions: 3, width: 16, imageSize: 32 }, 1);
    trainer.step({ pixels: new Float32Array(2 * 32 * 32 * 3), labels: new Float32Array(6), noise: new Float32Array(20), adam });
    const counted = new Map<string, number>();
    for (const { op } of program.graphs[0]!.nodes) counted.set(op, (counted.get(op) ?? 0) + 1);
    return counted;
  });
  const expected = {
    AddV2: 15,
    BatchMatMulV2: 10,
    BiasAdd: 10,
    BiasAddGrad: 7,
    ConcatV2: 3,
    Conv2D: 15,
    Conv2DBackpropFilter: 11,
    Conv2DBackpropInput: 12,
    FusedBatchNormGradV3: 10,
    FusedBatchNormV3: 10,
    LeakyRelu: 16,
    LeakyReluGrad: 15,
    MatMul: 22,
    ReadVariableOp: 38,
    Reshape: 66,
    ResourceApplyAdam: 26,
    SplitV: 4,
    TanhGrad: 1,
    Transpose: 5,
  };
  expect(Object.fromEntries(Object.keys(expected).map((op) => [op, counts.get(op)]))).toEqual(expected);
});

describe('a graph', () => {
  const trace = async (work: (tf: Eager, graph: Graph) => void) =>
    withTensorflow(async (binding) => {
      const tf = new Eager(binding);
      const graph = new Graph(tf, 'test');
      tf.trace(graph, () => work(tf, graph));
      return graph.nodes;
    });
  const read = (tf: Eager, graph: Graph, shape: readonly number[]) =>
    graph.add('ReadVariableOp', [tf.type('dtype', DataType.float32)], [graph.variable('w', shape)])[0]!;
  const update = (graph: Graph, shape: readonly number[]) =>
    graph.add(
      'ResourceApplyAdam',
      [],
      ['w', 'm', 'v'].map((name) => graph.variable(name, shape)),
    );

  it('refuses an operation of which it is not known what it gives and whether it shares memory', async () => {
    await expect(trace((tf) => tf.run('Squeeze', [], [tf.create(Float32Array.of(1), [1, 1])]))).rejects.toThrow(
      'Squeeze has no row in tensorflow/operations.ts',
    );
  });

  const T = (tf: Eager) => tf.type('T', DataType.float32);
  const split = (tf: Eager, x: Handle, { sizes, axis }: { sizes: number[]; axis: number }) =>
    tf.run('SplitV', [T(tf), tf.int('num_split', 2)], [x, tf.constant(sizes), tf.constant([axis], [])], 2)[0]!;
  const sumOver = (tf: Eager, x: Handle, axis: number) => tf.run('Sum', [T(tf), tf.bool('keep_dims', true)], [x, tf.constant([axis])])[0]!;
  const views: [string, boolean, readonly number[], (tf: Eager, x: Handle) => Handle][] = [
    ['Reshape', true, [4, 2], (tf, x) => tf.run('Reshape', [T(tf)], [x, tf.constant([8])])[0]!],
    ['Identity', true, [4, 2], (tf, x) => tf.run('Identity', [T(tf)], [x])[0]!],
    ['Transpose of an axis of size 1', true, [4, 1], (tf, x) => tf.run('Transpose', [T(tf)], [x, tf.constant([1, 0])])[0]!],
    ['Transpose', false, [4, 2], (tf, x) => tf.run('Transpose', [T(tf)], [x, tf.constant([1, 0])])[0]!],
    ['SplitV along the first axis', true, [4, 2], (tf, x) => split(tf, x, { sizes: [2, 2], axis: 0 })],
    ['SplitV along the last axis', false, [4, 2], (tf, x) => split(tf, x, { sizes: [1, 1], axis: 1 })],
    ['Sum over an axis of size 1', true, [4, 1], (tf, x) => sumOver(tf, x, 1)],
    ['Sum', false, [4, 2], (tf, x) => sumOver(tf, x, 0)],
    ['BroadcastTo of the same shape', true, [4, 2], (tf, x) => tf.run('BroadcastTo', [T(tf)], [x, tf.constant([4, 2])])[0]!],
    ['BroadcastTo', false, [4, 1], (tf, x) => tf.run('BroadcastTo', [T(tf)], [x, tf.constant([4, 2])])[0]!],
    ['Tanh', false, [4, 2], (tf, x) => tf.run('Tanh', [T(tf)], [x])[0]!],
  ];

  it.each(views)('lets an update wait for what reads a %s of the variable: %s', async (_, isView, shape, view) => {
    const nodes = await trace((tf, graph) => {
      tf.run('Tanh', [T(tf)], [view(tf, read(tf, graph, shape) as Handle)]);
      update(graph, shape);
    });
    const reader = nodes.findLast(({ op }) => op === 'Tanh')!;
    expect(nodes.at(-1)!.inputs.includes(`^${reader.name}`)).toBe(isView);
  });

  // A tensor made from JavaScript's memory shares it where that memory begins at a multiple of 64 bytes, and so does a
  // view of it. JavaScript's memory begins at a multiple of 16 bytes: one of four places in a row is a multiple of 64.
  it.each(views)('knows that TensorFlow may give a %s the memory of its input: %s', async (name, mayBeView, shape, view) => {
    await withTensorflow(async (binding) => {
      const tf = new Eager(binding);
      const memory = new Float32Array(1024);
      const firsts = [0, 4, 8, 12].map((offset) => {
        const values = memory.subarray(offset, offset + shape[0]! * shape[1]!).fill(0.25);
        const [result] = tf.scope(() => {
          const made = view(tf, tf.create(values, shape));
          values.fill(0.5);
          return [made];
        });
        const [first] = tf.values(result!);
        tf.free(result!);
        memory.fill(0);
        return first;
      });
      if (!mayBeView) expect(new Set(firsts).size, 'shares no memory').toBe(1);
      if (name === 'Reshape') expect(firsts, 'a view is noticed here').toContain(0.5);
    });
  });
});
