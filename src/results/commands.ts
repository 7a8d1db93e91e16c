// Commands to be typed, as messages name them: begun as Facet can be started where the message is read, quoted for a shell, and with the
// folder of results where it is not the usual one.

import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { quoteForShell, startOfCommands } from '../machine/installation.ts';
import type { ExperimentResults } from './read.ts';

/** Where results are kept unless --results says otherwise: FACET_RESULTS, else `results` in the working directory. */
export function defaultResults(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.FACET_RESULTS || USUAL_RESULTS;
}

const USUAL_RESULTS = 'results';

/**
 * The command of `args`, the words after `facet`, without what starts over, tries failed runs again, looks at another runner
 * or waits for one. `folder`: where it will be typed.
 */
export function describeCommand(args: readonly string[], folder?: string): string {
  return [startOfCommands(folder), ...wordsToRepeat(args).map(quoteForShell)].join(' ');
}

/** The words of a command without what is meant for the one time that it was given. */
export function wordsToRepeat(args: readonly string[]): string[] {
  return withoutOption(
    args.filter((argument) => !LEFT_OUT.has(argument)),
    '--after',
  );
}

/** Words without an option that has a value: `--after NAME` or `--after=NAME`. */
export function withoutOption(words: readonly string[], option: string): string[] {
  return words.filter((word, i) => word !== option && !word.startsWith(`${option}=`) && words[i - 1] !== option);
}

const LEFT_OUT = new Set(['--fresh', '--retry-failed', '--attach', '--take-over', '--detach']);

/** A command about what lies in this results folder. */
export function commandFor(results: string, ...words: string[]): string {
  const isNamed = words.some((word) => word === '--results' || word.startsWith('--results='));
  return describeCommand(isNamed || isUsual(results) ? words : [...words, '--results', results]);
}

/** The folder of results that a run's folder lies in, from the working directory where it is below that. */
export function resultsOf(runFolder: string): string {
  const folder = dirname(dirname(resolve(runFolder)));
  const near = relative(process.cwd(), folder);
  return near === '' || near.startsWith('..') ? folder : near;
}

/** Typed anywhere, by whoever reads the message: in a shell that does not know FACET_RESULTS, too. */
function isUsual(results: string): boolean {
  return results === USUAL_RESULTS && !process.env.FACET_RESULTS;
}

/** The words after `facet` that started this process, with the folder of results also where FACET_RESULTS names it. */
export function ownWords(results: string): string[] {
  const words = process.argv.slice(2);
  const isNamed = words.some((word) => word === '--results' || word.startsWith('--results='));
  return isNamed || isUsual(results) ? words : [...words, '--results', results];
}

/** What goes on with an experiment: the command that last started it, with its options, from where it was given. */
export function commandToGoOn(results: string, { name, record, runs }: Pick<ExperimentResults, 'record' | 'runs' | 'name'>): string {
  const begun = runs.map(({ record: run }) => (Array.isArray(run?.resumptions) && run.resumptions.at(-1)) || run?.provenance);
  const latest = begun
    .filter(hasRunCommand)
    .sort((a, b) => String(a.createdAt).localeCompare(String(b.createdAt)))
    .at(-1);
  const given = hasRunCommand(record) ? record : latest; // a record of a former version has none
  return given ? repeatCommand(given) : commandFor(results, 'run', record?.file ?? `experiments/${name}.yaml`);
}

interface GivenCommand {
  command: string[];
  workingDirectory?: string;
  createdAt?: unknown;
}

/** Whether a record, whatever is in its fields, holds a command `facet run …`. */
function hasRunCommand<T extends object>(record: T | null | undefined): record is T & GivenCommand {
  const { command, workingDirectory = '' } = (record ?? {}) as { command?: unknown; workingDirectory?: unknown };
  const isCommand = Array.isArray(command) && command[1] === 'run' && command.every((word) => typeof word === 'string');
  return isCommand && typeof workingDirectory === 'string';
}

/** A command that was given before: with a change to its folder in front, where that is another one and still there. */
export function repeatCommand({ command = [], workingDirectory }: { command?: string[]; workingDirectory?: string }): string {
  const isElsewhere = workingDirectory !== undefined && resolve(workingDirectory) !== process.cwd() && existsSync(workingDirectory);
  if (!isElsewhere) return describeCommand(command.slice(1));
  return `cd ${quoteForShell(workingDirectory)} && ${describeCommand(command.slice(1), workingDirectory)}`;
}
