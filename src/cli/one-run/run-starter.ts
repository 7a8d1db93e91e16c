// Starts commands about one run for the dashboard: the command that last started the experiment, with --only RUN --detach, or facet stop RUN.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunPlace, RunStarter, StartedCommand } from '../../dashboard/run-starter.ts';
import { withoutOption, wordsToRepeat } from '../../results/commands.ts';
import { experimentFolder, experimentRecordFile } from '../../results/paths.ts';
import { readExperimentRecord } from '../../results/read.ts';
import { makeHarmless } from '../harmless.ts';

interface Started extends StartedCommand {
  endedMs: number | null;
}

export function createRunStarter(results: string): RunStarter {
  const started = new Map<string, Started>();
  const keyOf = ({ experiment, id }: RunPlace) => `${experiment}/${id}`;
  return {
    findProblem: ({ experiment, id }) => {
      const command = findCommand(results, experiment, id);
      return 'problem' in command ? command.problem : null;
    },
    start(run, what) {
      const name = keyOf(run);
      const command =
        what === 'go-on'
          ? findCommand(results, run.experiment, run.id)
          : { words: ['stop', name, '--results', resolve(results), ...(what === 'end' ? ['--now'] : [])], folder: process.cwd() };
      if ('problem' in command) {
        started.set(name, { state: 'failed', said: command.problem, endedMs: performance.now() });
        return;
      }
      const own: Started = { state: 'starting', said: '', endedMs: null };
      started.set(name, own);
      carryOut(command, (end) => Object.assign(own, end, { endedMs: performance.now() }));
    },
    look(run) {
      const own = started.get(keyOf(run));
      const isOld = own?.state === 'begun' && own.endedMs !== null && performance.now() - own.endedMs > SAID_FOR_MS;
      return own && !isOld ? { state: own.state, said: own.said } : null;
    },
  };
}

/** What a command has said shows for so long; then the state of the run says more. A failure shows until the next command. */
const SAID_FOR_MS = 15_000;

type Command = { words: string[]; folder: string };

/**
 * The command that goes on with one run: the words with which the experiment was last started, in the folder where they were typed. Only where
 * the record of them is this user's own: another's could name any program as its trainer.
 */
function findCommand(results: string, experiment: string, id: string): Command | { problem: string } {
  const folder = experimentFolder(results, experiment);
  const { command, workingDirectory, file } = readExperimentRecord(folder).value ?? {};
  if (!isWords(command) || command[0] !== 'facet' || command[1] !== 'run' || typeof workingDirectory !== 'string') {
    return { problem: 'Its experiment.json does not tell by which command it was started.' };
  }
  if (statSync(experimentRecordFile(folder), { throwIfNoEntry: false })?.uid !== process.getuid?.())
    return { problem: 'It was started by another user.' };
  if (typeof file !== 'string' || !existsSync(resolve(workingDirectory, file))) {
    return { problem: `Its experiment file is not there any more: ${String(file)}` };
  }
  const words = withoutOption(withoutOption(wordsToRepeat(command.slice(1)), '--only'), '--results');
  return { words: [...words, '--only', id, '--results', resolve(results), '--detach'], folder: workingDirectory };
}

const isWords = (value: unknown): value is string[] => Array.isArray(value) && value.every((word) => typeof word === 'string');

/** In a session of its own: it goes on when the dashboard ends, and the dashboard does not wait for it then. */
function carryOut({ words, folder }: Command, onEnd: (end: StartedCommand) => void): void {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = collectLines(child);
  child.unref();
  child.on('error', ({ message }) => onEnd({ state: 'failed', said: `Not started: ${message}` }));
  child.on('close', (code) => {
    if (code === 0) onEnd({ state: 'begun', said: lines.first('stdout') ?? lines.last('stderr') ?? '' });
    else onEnd({ state: 'failed', said: `Not started: ${lines.last('stderr') ?? lines.last('stdout') ?? `exit code ${code}`}` });
  });
}

function collectLines(child: ChildProcess) {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name] as (typeof child.stdout & { unref?(): void }) | null;
    stream?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] = (texts[name] + text).slice(-MOST_CHARACTERS);
    });
    stream?.unref?.();
  }
  const linesOf = (name: 'stdout' | 'stderr') =>
    texts[name]
      .split('\n')
      .map((line) => makeHarmless(line).trim())
      .filter((line) => line !== '');
  return {
    first: (name: 'stdout' | 'stderr') => linesOf(name)[0],
    last: (name: 'stdout' | 'stderr') => linesOf(name).at(-1),
  };
}

const MOST_CHARACTERS = 16 * 1024;
