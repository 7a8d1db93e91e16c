// (pure) Whether TensorFlow computes with oneDNN in a run.

import type { RunRecord } from '../../results/records.ts';

/** Read by TensorFlow when a process starts. */
export const ONE_DNN_VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';

/**
 * On, unless the environment says otherwise: by itself TensorFlow leaves it off on processors with AVX2 alone, where it is about twice
 * as fast. It changes the last bits, so a run keeps what it began with. null: as TensorFlow decides, which is what runs of former
 * versions had.
 */
export function chooseOneDnn(
  environment: Readonly<Record<string, string | undefined>>,
  former: Pick<RunRecord, 'provenance'> | null,
): boolean | null {
  if (former) return former.provenance.oneDnn ?? null;
  const asked = environment[ONE_DNN_VARIABLE];
  if (asked === undefined || asked === '1') return true;
  return asked === '0' ? false : null;
}
