// Room: results/files (pure). How much of a file of records stays when a run goes on from an earlier step.

const NEWLINE = 10;

/**
 * Bytes up to the last whole record of at most `lastStep`. What follows is computed again: later records, a torn line.
 * A line in between that is no record stays: readers name it, and the records around it are not lost for it.
 */
export function lengthUpToStep(bytes: Buffer, lastStep: number): number {
  let length = 0;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const step = stepOf(bytes.toString('utf8', start, end));
    if (step !== undefined && step > lastStep) return length;
    start = end + 1;
    if (step !== undefined) length = start;
  }
  return length;
}

function stepOf(line: string): number | undefined {
  try {
    const step: unknown = JSON.parse(line).step;
    return typeof step === 'number' ? step : undefined;
  } catch {
    return undefined;
  }
}
