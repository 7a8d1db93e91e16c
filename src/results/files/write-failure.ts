// Room: results/files. What the system says of a file that could not be written, as a person needs it: which file, why, what to do.

import { UserError } from '../../experiment/user-error.ts';

/** Its message is one line for a person; `code` is the system's word, as ENOSPC. */
export class WriteFailure extends UserError {
  readonly code: string;

  constructor(path: string, cause: NodeJS.ErrnoException) {
    super(`${path}: could not be written: ${explain(cause)}`, { cause });
    this.code = cause.code!;
  }

  /** Whether room on the disk would mend it. */
  get isLackOfSpace(): boolean {
    return this.code === 'ENOSPC' || this.code === 'EDQUOT';
  }
}

/** Does the work; throws a WriteFailure of this file for what the system refuses, and any other error as it is. */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asWriteFailure(path, error);
  }
}

/** For an error of asynchronous work. */
export function asWriteFailure(path: string, error: unknown): unknown {
  const isOfSystem = error instanceof Error && 'code' in error && 'syscall' in error;
  return isOfSystem ? new WriteFailure(path, error as NodeJS.ErrnoException) : error;
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  const known = KNOWN[code!];
  return known
    ? `${known.reason} (${code}). ${known.advice}, then start again: ${GOES_ON}`
    : `${message}. Mend that, then start again: ${GOES_ON}`;
}

const GOES_ON = 'what is finished stays, the rest goes on.';
const ELSEWHERE = 'or keep the results elsewhere with --results';

const KNOWN: Record<string, { reason: string; advice: string } | undefined> = {
  ENOSPC: { reason: 'no space is left on the disk', advice: 'Free some' },
  EDQUOT: { reason: 'the disk quota is used up', advice: 'Free some' },
  EFBIG: { reason: 'the file grew over the size that is allowed here', advice: 'Raise the limit (ulimit -f)' },
  EROFS: { reason: 'the disk is read-only', advice: `Make it writable, ${ELSEWHERE}` },
  EACCES: { reason: 'this user may not write there', advice: `Allow it (chmod, chown), ${ELSEWHERE}` },
  EPERM: { reason: 'writing there is not permitted', advice: `Allow it (lsattr tells of immutable files), ${ELSEWHERE}` },
  EIO: { reason: 'the disk reports an error', advice: 'Check the disk (dmesg tells more)' },
  EMFILE: { reason: 'too many files are open', advice: 'Raise the limit (ulimit -n)' },
  ENFILE: { reason: 'too many files are open on this machine', advice: 'Close some programs' },
};
