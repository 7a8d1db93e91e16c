// Asks the scheduler by its own commands. Each call has a time limit: a controller under load may not answer for minutes.

import { execa } from 'execa';

type Answer =
  | { ok: true; stdout: string }
  /** `isMissing`: there is no such command. `message`: what it said, in a line. */
  | { ok: false; message: string; isMissing: boolean };

/** Never rejects. */
export type AskScheduler = (words: readonly string[], timeoutMs?: number) => Promise<Answer>;

export const askScheduler: AskScheduler = async ([program, ...args], timeoutMs = PATIENCE_MS) => {
  const { failed, code, timedOut, stdout, stderr, shortMessage } = await execa(program!, args, {
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    env: { LC_ALL: 'C', SLURM_TIME_FORMAT: 'standard' },
  });
  if (!failed) return { ok: true, stdout: stdout ?? '' };
  if (timedOut) return { ok: false, message: `${program} has not answered for ${timeoutMs / 1000} s`, isMissing: false };
  const said = (stderr || stdout || shortMessage || '').split('\n').find((line) => line.trim() !== '');
  return { ok: false, message: said?.trim() ?? `${program} failed`, isMissing: code === 'ENOENT' };
};

const PATIENCE_MS = 25_000;
const MOST_BYTES = 64 * 1024 * 1024;
