// (pure) What the operating system refuses, as sentences for a person: which file, why, what to do. The only table of its codes.

import { UserError } from '../experiment/user-error.ts';

/** An error of the operating system: with a code such as ENOSPC and the call that it refused. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** "no space is left on the disk (ENOSPC)"; for a code that the table lacks, the system's own message. */
export function describeSystemError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const entry = SYSTEM_ERRORS[codeOf(error)];
  return entry ? `${entry.reason} (${codeOf(error)})` : error.message;
}

/**
 * Why a file cannot be read, for the end of "got x, which …": "does not exist", "is a folder", "cannot be read: the disk reports an error
 * (EIO)".
 */
export function describeUnreadable(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EISDIR' ? 'is a folder' : `cannot be read: ${describeSystemError(error)}`;
}

/** What a person can do about it, an imperative without a full stop; null where that depends on the file, or the table lacks the code. */
export function adviseOnSystemError(error: unknown): string | null {
  return SYSTEM_ERRORS[codeOf(error)]?.advice ?? null;
}

/** Why a folder cannot be made whose parent exists: some codes mean something else there. */
export function describeFolderFault(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'this file system makes no folders (ENOENT)';
  return code === 'EEXIST' ? 'a link that leads nowhere is in its place (EEXIST)' : describeSystemError(error);
}

/** Whether room on the disk, or in the user's quota, would mend it. */
export function isLackOfSpace(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The folder of the results cannot be used. Another one would do: the command line says how to name it. */
export class ResultsFolderError extends UserError {}

/** The folder of packed data and oracles cannot be used. `path`: what could not be made there. */
export function describeCacheFault(path: string, error: unknown): string {
  return `${path}: expected a place for packed data and oracles: ${describeFolderFault(error)}; set FACET_CACHE to a folder that can be written to`;
}

/** Whether the user can help himself by keeping the results in another folder. */
export function isMendedByOtherFolder(error: unknown): boolean {
  return error instanceof ResultsFolderError || (isSystemError(error) || error instanceof WriteFailure ? REFUSED.has(error.code) : false);
}

const REFUSED = new Set(['EROFS', 'EACCES', 'EPERM']);

/** A file below the results could not be written. Its message is one line for a person; `code` is the system's word, as ENOSPC. */
export class WriteFailure extends UserError {
  readonly code: string;

  constructor(path: string, cause: NodeJS.ErrnoException) {
    const advice = adviseOnSystemError(cause) ?? 'Mend that';
    super(
      `${path}: could not be written: ${describeSystemError(cause)}. ${advice}, then start again, with --retry-failed where a run has failed of it: what is finished stays, the rest goes on.`,
      { cause },
    );
    this.code = codeOf(cause);
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
  return isSystemError(error) ? new WriteFailure(path, error) : error;
}

/** The system's word, as ENOSPC; '' where there is none. */
export function codeOf(error: unknown): string {
  const { code, errno } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  if (typeof code !== 'string') return '';
  return /^E[A-Z0-9]+$/.test(code) || errno === undefined ? code : (CODES_UNKNOWN_TO_NODE[-errno] ?? code);
}

/** Node has no names for these and calls them "UNKNOWN" or "Unknown system error -122". Numbers of Linux, then of macOS. */
const CODES_UNKNOWN_TO_NODE: Record<number, string | undefined> = { 116: 'ESTALE', 122: 'EDQUOT', 70: 'ESTALE', 69: 'EDQUOT' };

const SYSTEM_ERRORS: Record<string, { reason: string; advice?: string } | undefined> = {
  ENOSPC: { reason: 'no space is left on the disk', advice: 'Free some' },
  EDQUOT: { reason: 'the disk quota is used up', advice: 'Free some' },
  EFBIG: { reason: 'the file grew over the size that is allowed here', advice: 'Raise the limit (ulimit -f)' },
  EROFS: { reason: 'the file system is read-only', advice: 'Make it writable, or use another folder' },
  EACCES: { reason: 'this user may not read or write there', advice: 'Change its permissions (chmod, chown), or use another folder' },
  EPERM: {
    reason: 'the system does not permit it',
    advice: 'Change its permissions (lsattr tells of immutable files), or use another folder',
  },
  EIO: { reason: 'the disk reports an error', advice: 'Look into the system log (dmesg)' },
  ESTALE: { reason: 'the network file system has lost it', advice: 'Mount it again' },
  EMFILE: { reason: 'too many files are open', advice: 'Raise the limit (ulimit -n), or run fewer at once (execution.parallel)' },
  ENFILE: {
    reason: 'too many files are open on this machine',
    advice: 'End other programs, or run fewer at once (execution.parallel)',
  },
  ENOMEM: { reason: 'the machine is out of memory', advice: 'End other programs, or run fewer at once (execution.parallel)' },
  EAGAIN: {
    reason: 'no more processes can be started',
    advice: 'Raise the limit (ulimit -u), or run fewer at once (execution.parallel)',
  },
  ENOENT: { reason: 'it does not exist' },
  EISDIR: { reason: 'it is a folder' },
  EEXIST: { reason: 'something else is in its place' },
  ENOTDIR: { reason: 'a part of its path is a file' },
  EADDRINUSE: { reason: 'another program listens there' },
  EADDRNOTAVAIL: { reason: 'it is no address of this machine' },
  ENOTFOUND: { reason: 'no machine has this name' },
  ENAMETOOLONG: { reason: 'its name is too long' },
  ELOOP: { reason: 'its links lead in a circle' },
};

/** Why something failed, in a line for a person. */
export function describeProblem(error: unknown): string {
  return isSystemError(error) ? describeSystemError(error) : firstLineOf(error);
}

/** The first line of its message; messages of libraries may have many. */
export function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
