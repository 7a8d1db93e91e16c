// (pure) A range of sweep.random: read, refused where the field takes no plain number, and drawn from, reproducibly.

import * as z from 'zod';
import { createRandom, type Random } from '../random.ts';
import { checkNode } from '../schema/check.ts';
import { describeExpectation } from '../schema/expectation.ts';
import { rangeSchema } from '../schema/sweep-schema.ts';
import type { Fault } from '../user-error.ts';
import { formatPath } from '../yaml/quote.ts';
import type { YamlMap, YamlScalar } from '../yaml/yaml-node.ts';
import { type Assignment, type AxisSource, readValue } from './axis.ts';

interface Range {
  min: number;
  max: number;
  scale: 'linear' | 'log';
  /** Only multiples of this are drawn; undefined for any number. */
  step: number | undefined;
}

/** What was drawn. Every value is checked like one that was written; drawing ends at the first that is wrong. */
export interface Draws {
  values: Assignment[];
  faults: Fault[];
}

/** The function that draws from the range, or what is wrong with the range. */
export function readRange(source: AxisSource & { node: YamlMap }, seed: number): { draw: (count: number) => Draws } | { faults: Fault[] } {
  const { field, schema, node, path } = source;
  const refuse = (message: string) => ({ faults: [{ ...node.place, path: formatPath(path), message }] });
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (json.type !== 'number' && json.type !== 'integer')
    return refuse(`expected a list of values, ${describeChoice(schema)}, got a range, which only a field of plain numbers can have`);

  const { value, faults } = checkNode(rangeSchema, node, path);
  if (value === undefined) return { faults };
  const ends = ['min', 'max'].flatMap((end) => checkNode(schema, node.entries.get(end)!.value, [...path, end]).faults);
  if (ends.length > 0) return { faults: ends };
  const range: Range = { ...value, step: findStep(json.multipleOf, value.integer || json.type === 'integer') };
  const refusal = refuseRange(range);
  if (refusal !== undefined) return refuse(refusal);
  return {
    draw(count) {
      const stream = createRandom(seed, 'sweep', field);
      const values: Assignment[] = [];
      for (let i = 0; i < count; i++) {
        const found: Fault[] = [];
        const assignment = readValue({ field, schema, node: createScalar(drawNumber(range, stream), node), path }, found);
        if (assignment === undefined)
          return {
            values,
            faults: found.map((fault) => ({ ...fault, message: `${fault.message}, drawn from this range; list the values` })),
          };
        values.push(assignment);
      }
      return { values, faults: [] };
    },
  };
}

/** `[32, 64, 128]`, or `each text` where the values cannot be listed. */
function describeChoice(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const options = json.anyOf?.map((option) => (option as { const?: unknown }).const);
  const values = json.enum ?? (json.type === 'boolean' ? [true, false] : options);
  return values === undefined || values.includes(undefined) ? `each ${describeExpectation(schema)}` : `[${values.join(', ')}]`;
}

/** The least number whose multiples are multiples of the field's own, and whole where they are to be; undefined for any number. */
function findStep(multipleOf: number | undefined, isWhole: boolean): number | undefined {
  if (!isWhole || multipleOf === undefined) return multipleOf ?? (isWhole ? 1 : undefined);
  for (let times = 1; times <= 1000; times++) if (Number.isInteger(multipleOf * times)) return multipleOf * times;
  return multipleOf; // what is drawn is checked all the same
}

function refuseRange(range: Range): string | undefined {
  if (range.min >= range.max) return `expected min below max, got ${range.min} and ${range.max}`;
  if (range.scale === 'log' && range.min <= 0) return `expected min above 0 for scale log, got ${range.min}`;
  return countSteps(range) > 0 ? undefined : `expected a range with a multiple of ${range.step} in it, got ${range.min} to ${range.max}`;
}

/** The multiples of `step` within the range; infinitely many count as Infinity. */
function countSteps({ min, max, step }: Range): number {
  return step === undefined ? Number.POSITIVE_INFINITY : Math.floor(max / step) - Math.ceil(min / step) + 1;
}

/** Uniform over the range, or over its logarithm. Six digits: the last ones of a logarithm differ between machines. */
function drawNumber(range: Range, random: Random): number {
  const { min, max, scale, step } = range;
  const u = random.uniform();
  if (step !== undefined && scale === 'linear') return (Math.ceil(min / step) + Math.floor(u * countSteps(range))) * step;
  const exact = scale === 'log' ? Math.exp(Math.log(min) + u * (Math.log(max) - Math.log(min))) : min + u * (max - min);
  const rounded = step === undefined ? Number(exact.toPrecision(6)) : Math.round(exact / step) * step;
  const lowest = step === undefined ? min : Math.ceil(min / step) * step;
  const highest = step === undefined ? max : Math.floor(max / step) * step;
  return Math.min(highest, Math.max(lowest, rounded));
}

/** A number as if it stood where the range stands. */
function createScalar(value: number, { place }: YamlMap): YamlScalar {
  return { kind: 'scalar', value, source: String(value), place, size: 1, depth: 1 };
}
