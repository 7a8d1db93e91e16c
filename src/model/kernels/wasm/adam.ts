// Adam on WebAssembly in one loop of JavaScript. For large variables tfjs's twelve vector operations take as
// long; for the many small ones, the loop takes a sixth.

import type * as tfjs from '@tensorflow/tfjs-core';
import { ADAM_EPSILON } from '../kernels.ts';
import type { AdamUpdate } from '../tfjs/parameters.ts';
import { openWasmMemory } from './memory.ts';

export function createWasmAdam(tf: typeof tfjs): AdamUpdate {
  const { allocate, values } = openWasmMemory(tf);
  return (variable, step) => {
    const next: ReturnType<AdamUpdate> = [allocate(variable.value.shape), allocate(variable.value.shape), allocate(variable.value.shape)];
    const before = {
      value: values(variable.value),
      m: values(variable.m),
      v: values(variable.v),
      gradient: values(variable.gradient),
    };
    update(before, step, { value: values(next[0]), m: values(next[1]), v: values(next[2]) });
    return next;
  };
}

type Values = Record<'value' | 'm' | 'v', Float32Array>;

function update(
  { value, m, v, gradient }: Values & { gradient: Float32Array },
  { rate, beta1, beta2 }: Parameters<AdamUpdate>[1],
  next: Values,
): void {
  const { value: nextValue, m: nextM, v: nextV } = next;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const mean = beta1 * m[i]! + (1 - beta1) * g;
    const square = beta2 * v[i]! + (1 - beta2) * g * g;
    nextM[i] = mean;
    nextV[i] = square;
    nextValue[i] = value[i]! - (rate * mean) / (Math.sqrt(square) + ADAM_EPSILON);
  }
}
