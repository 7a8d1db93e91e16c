// (pure) The environment variables that decide how oneDNN computes in TensorFlow. They are read when a process starts.

/** Switches oneDNN. */
export const ONE_DNN_VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';

/** Each names an instruction set above which oneDNN uses nothing. The first that is not empty counts. */
export const MAX_CPU_ISA_VARIABLES = ['ONEDNN_MAX_CPU_ISA', 'DNNL_MAX_CPU_ISA'] as const;

/**
 * What the variable's value asks for, as TensorFlow reads it: 0, false, 1 or true, in upper or lower case. null for anything else:
 * TensorFlow decides by itself.
 */
export function readOneDnn(value: string | null | undefined): boolean | null {
  const text = value?.toLowerCase();
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : null;
}

/** The instruction set that the environment names, as it is written there; null where it names none. */
export function readMaxCpuIsa(environment: Readonly<Record<string, string | undefined>>): string | null {
  return MAX_CPU_ISA_VARIABLES.map((name) => environment[name]).find(Boolean) ?? null;
}
