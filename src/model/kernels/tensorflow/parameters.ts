// Parameters of native TensorFlow: variables of the session, updated in place by one fused Adam op each, and their averages by one more.

import { ADAM_EPSILON, type AdamStep, type ParameterSpec, type Parameters, type Tensor } from '../kernels.ts';
import { averageOf, findStored, listStored } from '../stored.ts';
import { DataType, type Handle } from './handles.ts';
import type { Program, Variable } from './program.ts';

interface Options {
  specs: readonly ParameterSpec[];
  initial: ReadonlyMap<string, Float32Array>;
  /** Data type of the activations. */
  activation: number;
  averaged: boolean;
}

export function createTensorflowParameters(program: Program, { specs, initial, activation, averaged }: Options): Parameters {
  const { tf } = program;
  /** What a checkpoint holds: values and moments by name. */
  const stored = new Map<string, Variable>();
  for (const [name, shape] of listStored(specs, averaged)) stored.set(name, program.variable(shape));
  const float32 = new Set(specs.filter(({ isFloat32 }) => isFloat32).map(({ name }) => name));
  const find = (name: string): Variable => {
    const variable = stored.get(name);
    if (!variable) throw new Error(`no parameter named ${name}`);
    return variable;
  };
  const assignAll = (values: ReadonlyMap<string, Float32Array>) => {
    program.assign(new Map([...stored].map(([name, variable]) => [variable, findStored(values, name, variable.shape)])));
  };
  const typeOf = (name: string) => (float32.has(name) ? DataType.float32 : activation);
  const read = (name: string) => tf.values(program.value(find(name))) as Float32Array;
  assignAll(initial);

  return {
    specs,
    stored: new Map([...stored].map(([name, { shape }]) => [name, shape])),
    get: (name) => program.value(find(name), typeOf(name)),
    getAverage: (name) => program.value(stored.get(averageOf(name)) ?? find(name), typeOf(name)),
    applyAdam(gradients: ReadonlyMap<string, Tensor>, stepOf: () => AdamStep) {
      const setting = (of: (step: AdamStep) => number) => program.scalar(() => of(stepOf()));
      const settings = [
        setting(({ beta1, step }) => beta1 ** step),
        setting(({ beta2, step }) => beta2 ** step),
        setting(({ learningRate }) => learningRate),
        setting(({ beta1 }) => beta1),
        setting(({ beta2 }) => beta2),
        tf.create(Float32Array.of(ADAM_EPSILON), []),
      ];
      const attributes = [tf.type('T', DataType.float32), tf.bool('use_locking', false), tf.bool('use_nesterov', false)];
      for (const { name, inert } of specs) {
        if (inert) continue;
        const gradient = gradients.get(name);
        if (!gradient) throw new Error(`no gradient for ${name}`);
        const variables = [find(name), find(`${name}.adam_m`), find(`${name}.adam_v`)];
        program.update('ResourceApplyAdam', {
          attributes,
          variables,
          inputs: [...settings, tf.cast(gradient as Handle, DataType.float32)],
        });
      }
    },
    applyAverage(decay: () => number) {
      const rate = program.scalar(() => 1 - decay());
      const T = tf.type('T', DataType.float32);
      for (const { name, inert } of specs) {
        if (inert) continue;
        const average = find(averageOf(name));
        // average - rate * (average - value), by the one operation that does this in place
        const difference = tf.run('Sub', [T], [program.value(average), program.value(find(name))])[0]!;
        program.update('ResourceApplyGradientDescent', {
          attributes: [T, tf.bool('use_locking', false)],
          variables: [average],
          inputs: [rate, difference],
        });
      }
    },
    read: async (name) => read(name),
    export: async () => new Map([...stored.keys()].map((name) => [name, read(name)])),
    import: assignAll,
  };
}
