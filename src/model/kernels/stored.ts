// (pure) Which arrays are kept of each parameter, by the names that a checkpoint gives them.

import type { ParameterSpec } from './kernels.ts';

const AVERAGE = '.ema';

/** Shapes by name: of each parameter its value, its Adam moments and, if asked for, its average; of an inert one the value alone. */
export function listStored(specs: readonly ParameterSpec[], averaged: boolean): Map<string, readonly number[]> {
  const suffixes = ['', '.adam_m', '.adam_v', ...(averaged ? [AVERAGE] : [])];
  return new Map(specs.flatMap(({ name, shape, inert }) => (inert ? [''] : suffixes).map((suffix) => [`${name}${suffix}`, shape])));
}

export const averageOf = (name: string): string => `${name}${AVERAGE}`;

/** What `import` gives to a stored array: an average that is missing is the value, anything else is zero. */
export function findStored(values: ReadonlyMap<string, Float32Array>, name: string, shape: readonly number[]): Float32Array {
  const substitute = name.endsWith(AVERAGE) ? values.get(name.slice(0, -AVERAGE.length)) : undefined;
  return values.get(name) ?? substitute ?? new Float32Array(shape.reduce((a, b) => a * b, 1));
}
