// The pictures that a data set leaves out: told at every start, not only by the process that packs, and all listed in a file of the cache.

import { readFileSync } from 'node:fs';
import { plural } from '../../../experiment/units.ts';
import { writeFileAtomic } from '../../../results/files/write.ts';
import type { Fault, Source } from '../sources/source.ts';
import { nameSome } from './fault-tally.ts';
import { faultsFile, leftOutFile, type PackManifest } from './manifest.ts';

export interface LeftOut {
  /** Rows that cannot be used and pictures that cannot be read. */
  faults: readonly Fault[];
  /** What else is odd about the lists. */
  notices: readonly Fault[];
  /** Lists all of both; null where there are none, or it cannot be written. */
  file: string | null;
}

/** Of an open pack and its source as it is today. `writes`: the list, where it is another than before. */
export function listLeftOut(folder: string, manifest: PackManifest, source: Source, { writes }: { writes: boolean }): LeftOut {
  const faults = [...source.faults, ...readFaults(folder, manifest)];
  const { notices } = source;
  const lines = [...faults.map((fault) => describe('left out', fault)), ...notices.map((notice) => describe('oddity', notice))];
  const file = leftOutFile(folder);
  const text = `${lines.join('\n')}\n`;
  return { faults, notices, file: lines.length > 0 && (read(file) === text || (writes && write(file, text))) ? file : null };
}

/** Lines for a person; none where all is well. `count`: the pictures that are used. */
export function describeLeftOut({ faults, notices, file }: LeftOut, count: number): string[] {
  const lines: string[] = [];
  const all = (shown: number) => (file !== null && shown > SHOWN ? ` (all in ${file})` : '');
  if (faults.length > 0) {
    const some = nameSome({ count: faults.length, first: [...faults] });
    lines.push(`${faults.length} of ${faults.length + count} pictures are unusable and left out: ${some}${all(faults.length)}`);
  }
  if (notices.length > 0) {
    const some = nameSome({ count: notices.length, first: [...notices] });
    lines.push(`${plural(notices.length, 'oddity', 'oddities')} in the lists: ${some}${all(notices.length)}`);
  }
  return lines;
}

/** A line names so many by itself. */
const SHOWN = 3;

function readFaults(folder: string, { faults }: PackManifest): Fault[] {
  if (faults.count === faults.first.length) return faults.first;
  try {
    return JSON.parse(readFileSync(faultsFile(folder), 'utf8')) as Fault[];
  } catch {
    return faults.first;
  }
}

function describe(what: string, { name, reason }: Fault): string {
  return [what, name, reason].map((word) => word.replace(/[\t\r\n]/g, ' ')).join('\t');
}

function write(path: string, text: string): boolean {
  try {
    writeFileAtomic(path, text);
    return true;
  } catch {
    return false; // a cache that is read-only
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
