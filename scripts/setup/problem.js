// Why TensorFlow cannot be set up, as a person should read it: what is in the way and how to get rid of it.

export class SetupProblem extends Error {
  name = 'SetupProblem';

  /**
   * @param {string} what is in the way, without a full stop
   * @param {string} remedy one sentence
   */
  constructor(what, remedy) {
    super(what);
    this.remedy = remedy;
  }
}

/** Turns the system's errors about the disk into problems; gives any other error back. */
export function asProblem(error, folder) {
  if (error instanceof SetupProblem) return error;
  const text = `${error?.code ?? ''} ${error?.message ?? error}`;
  if (/ENOSPC|EDQUOT|No space left|Disk quota/i.test(text)) {
    return new SetupProblem(`the disk that holds ${folder} is full`, 'Free some space, or set FACET_CACHE to a folder on another disk.');
  }
  if (/EACCES|EPERM|EROFS|ENOTDIR|EEXIST|Permission denied|Read-only file system/i.test(text)) {
    return new SetupProblem(
      `${error?.path ?? folder} cannot be written`,
      'Change its permissions, or set FACET_CACHE to a folder of yours.',
    );
  }
  return error;
}
