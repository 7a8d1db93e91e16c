// Parameters and their Adam moments on a backend of tfjs itself.

import type * as tfjs from '@tensorflow/tfjs-core';
import { ADAM_EPSILON, type AdamStep, type ParameterSpec, type Parameters, type Tensor } from '../kernels.ts';

type Tf = typeof tfjs;

/** The next value and moments of one variable, as new tensors. `rate` is the learning rate with the bias correction. */
export type AdamUpdate = (
  variable: { value: tfjs.Tensor; m: tfjs.Tensor; v: tfjs.Tensor; gradient: tfjs.Tensor },
  step: { rate: number; beta1: number; beta2: number },
) => [value: tfjs.Tensor, m: tfjs.Tensor, v: tfjs.Tensor];

/** Out of elementwise operations, for any backend. */
export function composedAdam(tf: Tf): AdamUpdate {
  return ({ value, m, v, gradient }, { rate, beta1, beta2 }) => {
    const newM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
    const newV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    return [tf.sub(value, tf.div(tf.mul(newM, rate), tf.add(tf.sqrt(newV), ADAM_EPSILON))), newM, newV];
  };
}

interface Variable {
  spec: ParameterSpec;
  value: tfjs.Tensor;
  m: tfjs.Tensor | undefined;
  v: tfjs.Tensor | undefined;
}

interface Options {
  specs: readonly ParameterSpec[];
  initial: ReadonlyMap<string, Float32Array>;
  adam: AdamUpdate;
}

export function createTfjsParameters(tf: Tf, { specs, initial, adam }: Options): Parameters {
  const variables = new Map<string, Variable>();
  const assignAll = (values: ReadonlyMap<string, Float32Array>) => {
    for (const spec of specs) {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      const upload = (name: string) => tf.keep(tf.tensor((values.get(name) ?? new Float32Array(size)).slice(), [...spec.shape]));
      const before = variables.get(spec.name);
      tf.dispose([before?.value, before?.m, before?.v].filter((x) => x !== undefined));
      const moment = (suffix: string) => (spec.inert ? undefined : upload(`${spec.name}.${suffix}`));
      variables.set(spec.name, { spec, value: upload(spec.name), m: moment('adam_m'), v: moment('adam_v') });
    }
  };
  const get = (name: string): Tensor => {
    const variable = variables.get(name);
    if (!variable) throw new Error(`no parameter named ${name}`);
    return variable.value;
  };
  const read = async (name: string): Promise<Float32Array> => {
    const [, base, moment = 'value'] = /^(.*?)(?:\.adam_([mv]))?$/.exec(name)!;
    const tensor = variables.get(base!)?.[moment as 'value' | 'm' | 'v'];
    if (!tensor) throw new Error(`no parameter named ${name}`);
    return (await tensor.data<'float32'>()).slice();
  };
  assignAll(initial);
  return {
    specs,
    get,
    applyAdam(gradients, stepOf: () => AdamStep) {
      const { learningRate, beta1, beta2, step } = stepOf();
      const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
      for (const variable of variables.values()) {
        const { spec, value, m, v } = variable;
        if (!m || !v) continue;
        const gradient = gradients.get(spec.name) as tfjs.Tensor | undefined;
        if (!gradient) throw new Error(`no gradient for ${spec.name}`);
        const next = tf.tidy(() => adam({ value, m, v, gradient: tf.reshape(gradient, [...spec.shape]) }, { rate, beta1, beta2 }));
        tf.dispose([value, m, v]);
        [variable.value, variable.m, variable.v] = [tf.keep(next[0]), tf.keep(next[1]), tf.keep(next[2])];
      }
    },
    read,
    async export() {
      const values = new Map<string, Float32Array>();
      for (const { name, inert } of specs) {
        for (const suffix of inert ? [''] : ['', '.adam_m', '.adam_v']) values.set(`${name}${suffix}`, await read(`${name}${suffix}`));
      }
      return values;
    },
    import: assignAll,
  };
}
