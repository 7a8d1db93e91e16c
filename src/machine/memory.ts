// The memory that this process may use. Throws nothing.

import { freemem, totalmem } from 'node:os';
import { readMemoryLimit } from './control-groups.ts';

/** Bytes that this process may use, and that are free now. */
export function describeMemory(): { totalBytes: number; freeBytes: number } {
  const { limitBytes, leftBytes } = readMemoryLimit();
  return { totalBytes: Math.min(totalmem(), limitBytes), freeBytes: Math.min(freemem(), leftBytes) };
}
