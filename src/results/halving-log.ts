// Room: results. halving.jsonl: what successive halving decided, for people. Nothing is resumed from it.

import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { isObject } from './check-records.ts';
import { writing } from './errors.ts';
import { readBytes } from './files/read-bytes.ts';
import { reviveNonFinite } from './files/read-json.ts';
import { storeNonFinite } from './files/write.ts';
import { halvingFile } from './paths.ts';
import type { HalvingDecision } from './records.ts';

/** In one write, in a line of its own also after one that a kill has torn. Throws a WriteFailure. */
export function appendHalvingDecision(experimentFolder: string, decision: HalvingDecision): void {
  const path = halvingFile(experimentFolder);
  writing(path, () => {
    mkdirSync(experimentFolder, { recursive: true });
    const file = openSync(path, 'a+');
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      if (size > 0) readSync(file, last, 0, 1, size - 1);
      const newline = size > 0 && last[0] !== NEWLINE ? '\n' : '';
      writeSync(file, `${newline}${JSON.stringify(decision, storeNonFinite)}\n`);
    } finally {
      closeSync(file);
    }
  });
}

/** In the order in which they were made; of a long file those at its end. A missing file reads as none; lines that are no decision are left out. */
export function readHalvingDecisions(experimentFolder: string, { tailBytes = Number.POSITIVE_INFINITY } = {}): HalvingDecision[] {
  const lines = readBytes(halvingFile(experimentFolder), (size) => Math.max(0, size - tailBytes))
    .toString('utf8')
    .split('\n');
  return lines.flatMap((line) => parseDecision(line) ?? []);
}

const NEWLINE = 10;

function parseDecision(line: string): HalvingDecision | null {
  try {
    const value: unknown = JSON.parse(line, reviveNonFinite);
    if (!isObject(value)) return null;
    const hasTexts = [value.run, value.metric, value.decision, value.reason].every((field) => typeof field === 'string');
    const hasNumbers = [value.rung, value.epoch, value.value].every((field) => typeof field === 'number');
    return hasTexts && hasNumbers ? (value as unknown as HalvingDecision) : null;
  } catch {
    return null;
  }
}
