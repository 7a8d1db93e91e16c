// Room: experiment/sweep (pure). Seeded draws for sweep.random.

import * as z from 'zod';
import { createRandom, type Random } from '../random.ts';

export interface Range {
  min: number;
  max: number;
  scale: 'linear' | 'log';
  /** Only multiples of this are drawn; undefined for any number. */
  step: number | undefined;
}

/** Each axis has its own stream: another axis, or more samples, never changes what was drawn before. */
export function createAxisStream(seed: number, field: string): Random {
  return createRandom(seed, 'sweep', field);
}

/** The step in which a field's numbers go, as its schema says: 8 for a multiple of 8, 1 for whole numbers. */
export function stepOfField(schema: z.ZodType, integer: boolean): number | undefined {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json.multipleOf ?? (integer || json.type === 'integer' ? 1 : undefined);
}

/** The multiples of `step` within the range; infinitely many count as Infinity. */
export function countSteps({ min, max, step }: Range): number {
  return step === undefined ? Number.POSITIVE_INFINITY : Math.floor(max / step) - Math.ceil(min / step) + 1;
}

/** Uniform over the range, or over its logarithm. Six digits: the last ones of a logarithm differ between machines. */
export function drawNumber(range: Range, random: Random): number {
  const { min, max, scale, step } = range;
  const u = random.uniform();
  if (step !== undefined && scale === 'linear') return (Math.ceil(min / step) + Math.floor(u * countSteps(range))) * step;
  const exact = scale === 'log' ? Math.exp(Math.log(min) + u * (Math.log(max) - Math.log(min))) : min + u * (max - min);
  const rounded = step === undefined ? Number(exact.toPrecision(6)) : Math.round(exact / step) * step;
  return Math.min(
    step === undefined ? max : Math.floor(max / step) * step,
    Math.max(step === undefined ? min : Math.ceil(min / step) * step, rounded),
  );
}
