// (pure) Lines of a log that hold some words.

import type { LogMatches } from '../wire.ts';

const MOST_LINES = 500;
const MOST_CHARACTERS = 2000;

/** Letters count as the same in either case. The last 500 lines are named, all are counted. Nothing matches no words. */
export function searchLog(log: string, words: string): LogMatches {
  const wanted = words.trim().toLowerCase();
  const lines = log.replace(/\r?\n$/, '').split(/\r?\n/);
  const found = wanted === '' ? [] : [...lines.entries()].filter(([, line]) => line.toLowerCase().includes(wanted));
  return {
    of: lines.length,
    count: found.length,
    lines: found.slice(-MOST_LINES).map(([i, line]): [number, string] => [i + 1, line.slice(0, MOST_CHARACTERS)]),
  };
}
