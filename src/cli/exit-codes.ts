// What the exit code says.

export const EXIT = {
  ok: 0,
  /** A run did not succeed. */
  runFailed: 1,
  /** The file, the command line, the data or the machine: the message says what to mend. */
  userError: 2,
  /** Another runner is at work on the experiment. */
  held: 3,
  bug: 70,
  interrupted: 130,
} as const;
