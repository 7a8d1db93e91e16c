// (pure) Whether TensorFlow computes with oneDNN in a run.

import { ONE_DNN_VARIABLE, readOneDnn } from '../../machine/one-dnn.ts';
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
