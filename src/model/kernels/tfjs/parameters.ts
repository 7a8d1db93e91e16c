// Parameters, their Adam moments and their averages on a backend of tfjs itself.

import type * as tfjs from '@tensorflow/tfjs-core';
import { ADAM_EPSILON, type AdamStep, type ParameterSpec, type Parameters } from '../kernels.ts';
import { averageOf, findStored, listStored } from '../stored.ts';

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

interface Options {
  specs: readonly ParameterSpec[];
  initial: ReadonlyMap<string, Float32Array>;
  adam: AdamUpdate;
  averaged: boolean;
}

export function createTfjsParameters(tf: Tf, { specs, initial, adam, averaged }: Options): Parameters {
  const stored = listStored(specs, averaged);
  const tensors = new Map<string, tfjs.Tensor>();
  const learning = specs.filter(({ inert }) => !inert);
  const find = (name: string): tfjs.Tensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`no parameter named ${name}`);
    return tensor;
  };
  const replace = (name: string, tensor: tfjs.Tensor) => {
    tensors.get(name)?.dispose();
    tensors.set(name, tf.keep(tensor));
  };
  const assignAll = (values: ReadonlyMap<string, Float32Array>) => {
    for (const [name, shape] of stored) replace(name, tf.tensor(findStored(values, name, shape).slice(), [...shape]));
  };
  const read = async (name: string) => (await find(name).data<'float32'>()).slice();
  assignAll(initial);
  return {
    specs,
    stored,
    get: find,
    getAverage: (name) => tensors.get(averageOf(name)) ?? find(name),
    applyAdam(gradients, stepOf: () => AdamStep) {
      const { learningRate, beta1, beta2, step } = stepOf();
      const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
      for (const { name, shape } of learning) {
        const gradient = gradients.get(name) as tfjs.Tensor | undefined;
        if (!gradient) throw new Error(`no gradient for ${name}`);
        const [m, v] = [`${name}.adam_m`, `${name}.adam_v`];
        const variable = { value: find(name), m: find(m), v: find(v) };
        const next = tf.tidy(() => adam({ ...variable, gradient: tf.reshape(gradient, [...shape]) }, { rate, beta1, beta2 }));
        for (const [i, part] of [name, m, v].entries()) replace(part, next[i]!);
      }
    },
    applyAverage(decay) {
      const rate = 1 - decay();
      for (const { name } of learning) {
        const average = find(averageOf(name));
        replace(
          averageOf(name),
          tf.tidy(() => tf.sub(average, tf.mul(tf.sub(average, find(name)), rate))),
        );
      }
    },
    read,
    async export() {
      const values = new Map<string, Float32Array>();
      for (const name of stored.keys()) values.set(name, await read(name));
      return values;
    },
    import: assignAll,
  };
}
