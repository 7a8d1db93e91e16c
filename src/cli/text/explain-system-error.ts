// (pure) What the system refused, in a line that says what to do.

/** null for an error that no user can mend: then it is a bug of Facet. */
export function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error) || typeof error.code !== 'string') return null;
  const { code, path } = error as NodeJS.ErrnoException;
  const advice = ADVICE[code as string];
  if (advice) return `${path === undefined ? '' : `${path}: `}${advice} (${code})`;
  return path === undefined ? null : error.message;
}

const ADVICE: Record<string, string> = {
  ENOSPC: 'no space left on the disk. Make room and run the same command again; what was saved is kept',
  EDQUOT: 'the disk quota is used up. Make room and run the same command again; what was saved is kept',
  EROFS: 'the file system is read-only. Mount it for writing, or keep results elsewhere with --results',
  EACCES: 'the system does not allow this to be read or written. Change its permissions, or keep results elsewhere with --results',
  EPERM: 'the system does not allow this to be changed. Change its permissions, or keep results elsewhere with --results',
  EIO: 'the disk reported a fault. Look into the system log before you go on',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n), or run fewer at once (execution.parallel)',
  ENFILE: 'too many files are open on this machine. End other programs, or run fewer at once (execution.parallel)',
  ENOMEM: 'the machine is out of memory. End other programs, or run fewer at once (execution.parallel)',
  EAGAIN: 'no more processes can be started. Raise the limit (ulimit -u), or run fewer at once (execution.parallel)',
};
