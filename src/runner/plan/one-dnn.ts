// (pure) Whether TensorFlow computes with oneDNN in a run, and with which instructions of the processor.

import { ONE_DNN_VARIABLE, readMaxCpuIsa, readOneDnn } from '../../machine/one-dnn.ts';
import type { Begun } from './threads.ts';

/**
 * On, unless the environment says otherwise in words that TensorFlow reads: by itself TensorFlow leaves it off on processors with AVX2
 * alone, where it is about twice as fast. It changes the last bits, so a run keeps what it began with. null: as TensorFlow decides, which
 * is what runs of former versions had.
 */
export function chooseOneDnn(environment: Readonly<Record<string, string | undefined>>, former: Begun | null): boolean | null {
  if (former) return former.provenance.oneDnn ?? null;
  return readOneDnn(environment[ONE_DNN_VARIABLE]) ?? true;
}

/**
 * The instruction set above which oneDNN uses nothing: as the environment says, for a new run; as it began, for one that goes on, since
 * other instructions change the last bits. null: no limit, whatever the environment says. undefined: as the environment says, which is what
 * runs of former versions had.
 */
export function chooseMaxCpuIsa(
  environment: Readonly<Record<string, string | undefined>>,
  former: Begun | null,
): string | null | undefined {
  return former ? former.provenance.maxCpuIsa : readMaxCpuIsa(environment);
}
