// A process that does one thing with a run that is not being trained: it prints what came of it as its last line, JSON, and exits with 0;
// or a line that says why not, and exits with another code. It computes as the run was trained. TensorFlow never loads in the runner.

import { execa } from 'execa';
import { UserError } from '../experiment/user-error.ts';
import { type BackendKind, chooseBackend, nameOf } from '../machine/backend.ts';
import { libraryEnvironment } from '../machine/installation.ts';
import { describeProcessor } from '../machine/processor.ts';
import { readBackendKind } from '../results/engine-file.ts';
import type { RunRecord } from '../results/records.ts';
import { createChildEnvironment } from './executors/local/child-environment.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from './plan/one-dnn.ts';
import type { Slot } from './plan/slots.ts';
import { chooseThreads } from './plan/threads.ts';
import { setUpTensorflow } from './set-up-tensorflow.ts';

export interface Question {
  /** Its JavaScript file; it gets the run folder and `argument`. */
  program: string;
  argument: string;
  /** Words before the command, from findParentDeathPrefix. */
  prefix: readonly string[];
  /** Ends the process. */
  stop: AbortSignal;
  onMessage?: (message: unknown) => void;
  /** Compute with all cores also where the run was trained with fewer: sooner, with other last bits. */
  allCores?: boolean;
}

/** What the process says, or in a line why it has nothing to say. */
export async function askChild<T>(folder: string, record: RunRecord, question: Question): Promise<T | { problem: string }> {
  const { program, argument, prefix, stop, onMessage, allCores = false } = question;
  if (!(await setUpTensorflow())) return { problem: 'stopped' };
  const place = await choosePlace(folder, record, { allCores });
  const end = await runHelper({ words: [program, folder, argument], prefix, place, stop, onMessage });
  return 'problem' in end ? end : (parseLastLine<T>(end.stdout) ?? { problem: 'its process gave no answer' });
}

/** What a process that computes for the run may use of the machine: what changes the last bits is as it was in training. */
export async function choosePlace(folder: string, record: RunRecord, { allCores }: { allCores: boolean }): Promise<Helper['place']> {
  return {
    ...(await placeOnOwnBackend(readBackendKind(folder, record))),
    threads: chooseThreads(describeProcessor().cores, allCores ? null : record),
    oneDnn: chooseOneDnn(process.env, record),
    maxCpuIsa: chooseMaxCpuIsa(process.env, record),
  };
}

export interface Helper {
  /** A JavaScript file and what follows it. */
  words: readonly string[];
  /** Words before the command, from findParentDeathPrefix. */
  prefix: readonly string[];
  /** What it may use of the machine. */
  place: Omit<Slot, 'index'>;
  /** Asks the process to end, and ends it where that does not help. */
  stop: AbortSignal;
  onMessage?: ((message: unknown) => void) | undefined;
  /** How long it may take to end once it is asked to. */
  graceMs?: number;
  /** Called once it is started, with what sends messages to it. */
  onStart?: ((send: (message: object) => void) => void) | undefined;
}

/** Runs a program to its end: what it printed, or in a line why it failed. */
export async function runHelper({
  words,
  prefix,
  place,
  stop,
  onMessage,
  graceMs = 5000,
  onStart,
}: Helper): Promise<{ stdout: string } | { problem: string }> {
  const [file, ...args] = [...prefix, process.execPath, ...words];
  const child = execa(file!, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
    env: { ...libraryEnvironment(), ...createChildEnvironment({ index: 0, ...place }, process.env) },
    cancelSignal: stop,
    forceKillAfterDelay: graceMs,
    reject: false,
  });
  if (onMessage) child.on('message', onMessage);
  onStart?.((message) => void (child.connected && child.send(message, () => {})));
  const { stdout, stderr, exitCode, signal } = await child;
  if (stop.aborted) return { problem: 'stopped' };
  if (exitCode === 0) return { stdout };
  // TensorFlow writes there as well: only a process that ends by itself says why in its last line.
  return { problem: signal ? `its process ended with ${signal}` : (lastLineOf(stderr) ?? `its process ended with code ${exitCode}`) };
}

/**
 * The kind of backend that trained the run last, where this machine has it and FACET_BACKEND asks for no other. Otherwise what is here:
 * results differ in their last bits at most, no weights do, and the run can be asked again.
 */
async function placeOnOwnBackend(kind: BackendKind | null): Promise<Pick<Slot, 'gpus' | 'backend'>> {
  const asked = process.env.FACET_BACKEND?.trim().toLowerCase();
  if (kind === null || (asked && asked !== nameOf(kind))) return { gpus: null };
  try {
    await chooseBackend({ ...process.env, FACET_BACKEND: nameOf(kind) });
  } catch (error) {
    if (error instanceof UserError) return { gpus: null };
    throw error;
  }
  return { backend: nameOf(kind), gpus: kind === 'tensorflow cpu' ? [] : null };
}

function parseLastLine<T>(text: string): T | null {
  try {
    return JSON.parse(lastLineOf(text) ?? '') as T;
  } catch {
    return null;
  }
}

function lastLineOf(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1) || undefined;
}
