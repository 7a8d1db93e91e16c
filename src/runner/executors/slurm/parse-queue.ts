// (pure) What squeue and sacct say of jobs, told apart from what is no answer at all.

type SchedulerState =
  | { kind: 'pending' }
  | { kind: 'running' }
  /** `word` as SLURM has it: COMPLETED, CANCELLED, TIMEOUT, NODE_FAIL, … */
  | { kind: 'ended'; word: string };

export interface QueueRow {
  /** "1234_5". */
  task: string;
  name: string;
  state: SchedulerState;
  node: string;
  /** Why it waits, or how it ended. */
  reason: string;
}

/** With a header, by which a whole answer is told from an empty one. */
export const SQUEUE_FORMAT = '%F|%K|%T|%N|%r|%j';
export const SACCT_FORMAT = 'JobID,State,NodeList,JobName';

/** The rows of `squeue -r -o <SQUEUE_FORMAT>`; null where this is no such answer. Rows of states that are not known are left out. */
export function parseSqueue(text: string): QueueRow[] | null {
  const [header, ...lines] = text.split('\n');
  if (!header?.startsWith('ARRAY_JOB_ID|')) return null;
  return lines.flatMap((line) => {
    const [array, index, word, node = '', reason = '', ...name] = line.split('|');
    const state = toState(word ?? '');
    if (!/^\d+$/.test(array ?? '') || !/^\d+$/.test(index ?? '') || state === null) return [];
    return [{ task: `${array}_${index}`, name: name.join('|'), state, node, reason }];
  });
}

/** The same of `sacct -n -X -P --format <SACCT_FORMAT>`. */
export function parseSacct(text: string): QueueRow[] {
  return text.split('\n').flatMap((line) => {
    const [task, word, node = '', ...name] = line.split('|');
    const state = toState((word ?? '').split(' ')[0]!); // "CANCELLED by 1000"
    if (!/^\d+_\d+$/.test(task ?? '') || state === null) return [];
    return [{ task: task!, name: name.join('|'), state, node, reason: '' }];
  });
}

const STATES: Record<SchedulerState['kind'], readonly string[]> = {
  pending: ['PENDING', 'CONFIGURING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'RESV_DEL_HOLD', 'SPECIAL_EXIT'],
  running: ['RUNNING', 'COMPLETING', 'SUSPENDED', 'STOPPED', 'SIGNALING', 'STAGE_OUT', 'RESIZING', 'REVOKED'],
  ended: ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL', 'OUT_OF_MEMORY', 'BOOT_FAIL', 'DEADLINE', 'PREEMPTED'],
};

/** null for a word that is none of SLURM's, UNKNOWN among them. */
function toState(word: string): SchedulerState | null {
  if (STATES.pending.includes(word)) return { kind: 'pending' };
  if (STATES.running.includes(word)) return { kind: 'running' };
  return STATES.ended.includes(word) ? { kind: 'ended', word } : null;
}
