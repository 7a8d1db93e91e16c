// Reverse-mode differentiation: a tape remembers the calls of a forward pass and walks them back. It only calls kernels, so that what is
// compiled holds the same operations as a backward pass written by hand.

import { type Call, GRADIENTS, type Operations } from '../kernels/gradients.ts';
import type { Kernels, Parameters, Tensor } from '../kernels/kernels.ts';

export interface Tape {
  /** The kernels, each call remembered. */
  readonly k: Operations;
  /**
   * The gradients of all `wanted` for those of `outputs`. Computes only what lies on a path from something wanted to an output: neither
   * gradients of weights where those of pictures are wanted, nor of pictures where those of weights are. Throws where there is no path.
   * Needs the tensors that were computed on those paths: call it in their scope.
   */
  backward(outputs: readonly Tensor[], dOutputs: readonly Tensor[], wanted: readonly Tensor[]): Tensor[];
}

export function createTape(kernels: Kernels): Tape {
  const calls: Call[] = [];
  return {
    k: recordCalls(kernels, calls),
    backward(outputs, dOutputs, wanted) {
      const leading = findLeading(calls, wanted);
      const gradients = new Map<Tensor, Tensor>();
      const add = (tensor: Tensor, gradient: Tensor) => {
        const before = gradients.get(tensor);
        gradients.set(tensor, before ? kernels.add(before, gradient) : gradient);
      };
      for (const [i, output] of outputs.entries()) add(output, dOutputs[i]!);
      for (const call of calls.toReversed()) {
        if (!call.inputs.some((input) => leading.has(input))) continue;
        const received = call.outputs.map((output) => gradients.get(output));
        if (received.every((gradient) => gradient === undefined)) continue;
        if (received.includes(undefined)) throw new Error('an operation of which only some outputs are used has no gradient');
        const ofInputs = call.backward(...(received as Tensor[]));
        for (const [i, input] of call.inputs.entries()) if (leading.has(input)) add(input, ofInputs[i]!());
      }
      return wanted.map((tensor, i) => gradients.get(tensor) ?? fail(`no output depends on tensor ${i} of those wanted`));
    },
  };
}

/** Gradients of every parameter that is not inert, by name: what applyAdam takes. The parameters must be those of the forward pass. */
export function differentiate(
  tape: Tape,
  { outputs, dOutputs, by }: { outputs: readonly Tensor[]; dOutputs: readonly Tensor[]; by: Parameters },
): Map<string, Tensor> {
  const names = by.specs.filter(({ inert }) => !inert).map(({ name }) => name);
  const gradients = tape.backward(
    outputs,
    dOutputs,
    names.map((name) => by.get(name)),
  );
  return new Map(names.map((name, i) => [name, gradients[i]!]));
}

function recordCalls(kernels: Kernels, calls: Call[]): Operations {
  type Operation = (...parameters: unknown[]) => unknown;
  const record = (name: keyof typeof GRADIENTS): Operation => {
    const rule = GRADIENTS[name] as (k: Kernels, result: unknown, ...parameters: unknown[]) => Call;
    return (...parameters) => {
      const result = (kernels[name] as Operation)(...parameters);
      const call = rule(kernels, result, ...parameters);
      const isNoStep = call.outputs.some((output) => call.inputs.includes(output)); // a cast to the same type gives its input back
      if (!isNoStep) calls.push(call);
      return result;
    };
  };
  const names = Object.keys(GRADIENTS) as (keyof typeof GRADIENTS)[];
  const recorded = Object.fromEntries(names.map((name) => [name, record(name)]));
  return { ...recorded, tensor: kernels.tensor, tensorFloat32: kernels.tensorFloat32 } as unknown as Operations;
}

/** What is wanted, and all that was computed from it. */
function findLeading(calls: readonly Call[], wanted: readonly Tensor[]): Set<Tensor> {
  const leading = new Set(wanted);
  for (const { inputs, outputs } of calls) {
    if (inputs.some((input) => leading.has(input))) for (const output of outputs) leading.add(output);
  }
  return leading;
}

function fail(message: string): never {
  throw new Error(message);
}
