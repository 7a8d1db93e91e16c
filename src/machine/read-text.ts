// Reads the small files in which the kernel describes the machine.

import { readFileSync } from 'node:fs';

/** '' where there is no such file. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
