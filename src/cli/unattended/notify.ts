// Calls the program of execution.notify with what has happened: in variables of its environment and, as JSON, on its standard input.

import { spawn } from 'node:child_process';
import { quote } from '../../experiment/yaml/quote.ts';
import { killProcessGroup, protectFromOrphans } from '../../runner/executors/local/no-orphans.ts';
import { makeHarmless } from '../harmless.ts';

/** What the program gets as JSON. README.md describes it. */
export interface Notice {
  format: 1;
  /** failed: the first run that has failed for good; the sweep goes on. ended: the sweep. test: of `facet doctor --notify`. */
  event: 'failed' | 'ended' | 'test';
  experiment: string;
  /** Full path of the experiment's results. */
  folder: string;
  host: string;
  /** One line for a person. */
  message: string;
  /** The run that has failed. */
  run?: { id: string; state: string; message: string };
  /** At the end: how many runs are in which state, and the exit code of the command. */
  counts?: Record<string, number>;
  exitCode?: number;
}

const LIMIT_MS = 30_000;
/** The last words of a program that has ended may come a moment later. */
const LAST_WORDS_MS = 200;

/** Null where it did what it was called for; else in a line what went wrong. No shell takes part. After half a minute it is ended. */
export async function notify(command: readonly string[], notice: Notice, limitMs = LIMIT_MS): Promise<string | null> {
  const [program, ...args] = command;
  const problem = await call(program!, args, notice, limitMs).catch((error: Error) => `cannot be started: ${error.message}`);
  return problem === null ? null : `execution.notify: ${quote(program!)} ${problem}`;
}

function call(program: string, args: readonly string[], notice: Notice, limitMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true, // a group of its own, which can be ended as a whole
      env: { ...process.env, ...variablesOf(notice) },
    });
    const unprotect = child.pid === undefined ? () => {} : protectFromOrphans(child.pid);
    let words = '';
    const timer = setTimeout(() => {
      if (child.pid !== undefined) killProcessGroup(child.pid);
      end(`did not end within ${limitMs / 1000} s and was ended`);
    }, limitMs);
    const end = (problem: string | null) => {
      clearTimeout(timer);
      unprotect();
      child.stderr?.destroy(); // there is none where the system is out of files
      resolve(problem);
    };
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? 'is no program that can be found' : `cannot be started: ${error.message}`),
    );
    child.stderr?.on('data', (bytes: Buffer) => {
      words = (words + bytes.toString('utf8')).slice(-2000);
    });
    child.on('exit', (code, signal) => {
      if (code === 0) return end(null);
      setTimeout(() => end(`ended with ${signal ?? `code ${code}`}${lastLineOf(words)}`), LAST_WORDS_MS);
    });
    child.stdin?.on('error', () => {}); // a program need not read it
    child.stdin?.end(`${JSON.stringify(notice)}\n`);
  });
}

function variablesOf({ event, experiment, folder, message, run }: Notice): Record<string, string> {
  return {
    FACET_EVENT: event,
    FACET_EXPERIMENT: experiment,
    FACET_FOLDER: folder,
    FACET_MESSAGE: message,
    ...(run && { FACET_RUN: run.id }),
  };
}

function lastLineOf(words: string): string {
  const line = words.trimEnd().split('\n').at(-1)!;
  return line === '' ? '' : `: ${makeHarmless(line)}`;
}
