// (pure) The environment variable that switches oneDNN in TensorFlow.

/** Read by TensorFlow when a process starts. */
export const ONE_DNN_VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';

/**
 * What the variable's value asks for, as TensorFlow reads it: 0, false, 1 or true, in upper or lower case. null for anything else:
 * TensorFlow decides by itself.
 */
export function readOneDnn(value: string | null | undefined): boolean | null {
  const text = value?.toLowerCase();
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : null;
}
