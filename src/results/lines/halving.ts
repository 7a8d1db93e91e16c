// halving.jsonl of an experiment: what successive halving decided, for people. Nothing is resumed from it.

import { isObject } from '../check-records.ts';
import { halvingFile } from '../paths.ts';
import type { HalvingDecision } from '../records.ts';
import { appendJsonLine, readJsonLines, readLastJsonLines } from './jsonl.ts';

/** In a line of its own also after one that a kill has torn. Throws a WriteFailure. */
export function appendHalvingDecision(experimentFolder: string, decision: HalvingDecision): void {
  appendJsonLine(halvingFile(experimentFolder), decision);
}

/**
 * In the order in which they were made; with `tailBytes` those at the end of the file. A missing file reads as none; lines that are no
 * decision are left out.
 */
export function readHalvingDecisions(experimentFolder: string, { tailBytes }: { tailBytes?: number } = {}): HalvingDecision[] {
  const path = halvingFile(experimentFolder);
  return tailBytes === undefined ? readJsonLines(path, DECISIONS).records : readLastJsonLines(path, DECISIONS, tailBytes);
}

const DECISIONS = {
  what: 'a decision',
  parse(value: unknown): HalvingDecision | null {
    if (!isObject(value)) return null;
    const hasTexts = [value.run, value.metric, value.decision, value.reason].every((field) => typeof field === 'string');
    const hasNumbers = [value.rung, value.epoch, value.value].every((field) => typeof field === 'number');
    return hasTexts && hasNumbers ? (value as unknown as HalvingDecision) : null;
  },
};
