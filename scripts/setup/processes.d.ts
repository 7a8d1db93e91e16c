/** For the tests: how the set-up judges the holder of a lock, with what its file's name tells. */
export function judgeProcess(
  lock: { pid: string; startTime: string; bootId: string; host: string; pidNamespace?: string },
  writtenMs: number,
): 'alive' | 'dead' | 'unseen';
