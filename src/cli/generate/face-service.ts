// What `facet generate` does, for the pages of the dashboard: by one process that is kept for a while after its last answer.

import type { FaceService, FacesReply, FaceWish, RunPlace, TextReply } from '../../dashboard/faces.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { listConditions } from '../../model/data/batches.ts';
import { commandFor } from '../../results/commands.ts';
import { describeSystemError, isSystemError } from '../../results/errors.ts';
import { FACES_GAP_PX } from '../../results/generation.ts';
import { requireRunRecord } from '../../results/read.ts';
import { createFaceMaker, type FaceMakerOptions } from '../../runner/faces/face-maker.ts';
import { createOrder, type GenerateOptions } from './create-order.ts';
import { type ChosenRun, chooseRun } from './describe-run.ts';
import { warnOfText } from './describe-understood.ts';
import { warnOfRows } from './render-result.ts';
import { readWords, understand } from './understand.ts';

interface Options extends FaceMakerOptions {
  /** The folder of results, as a command names it. */
  results: string;
  /** Of Facet. */
  version: string;
}

export interface ClosableFaceService extends FaceService {
  /** Resolves when there is no process any more. */
  close(): Promise<void>;
}

export function createFaceService({ results, version, ...options }: Options): ClosableFaceService {
  const maker = createFaceMaker(options);

  /** Reads the run's files. Throws a UserError. */
  function choose(place: RunPlace): ChosenRun {
    try {
      return chooseRun(place, undefined);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UserError(`${place.experiment}/${place.id}: could not be read: ${describeSystemError(error)}`, { cause: error });
    }
  }

  async function make(place: RunPlace, wish: FaceWish, signal: AbortSignal): Promise<FacesReply> {
    const run = choose(place);
    const asked = { ...askAsCommand(wish, run.record.config), version };
    const { order } = createOrder(asked, run, { kind: 'reply', path: '' });
    const made = await maker.make(run, order, signal);
    if ('problem' in made) return { error: made.problem };
    const { png = '', columns, imageSize, faces } = made;
    return {
      faces: {
        png,
        columns,
        imageSize,
        gap: FACES_GAP_PX,
        bits: faces.map(({ bits }) => bits as Record<string, 0 | 1>),
        of: run.epoch === null ? `step ${run.step}` : `epoch ${run.epoch}`,
        command: commandFor(results, ...wordsOf(asked, run)),
        warnings: [...run.warnings, ...warnOfRows(made, order)],
      },
    };
  }

  return {
    look(place) {
      let conditions: string[] = [];
      try {
        conditions = listConditions(requireRunRecord(place.folder).config);
        choose(place);
        return { conditions, problem: null };
      } catch (error) {
        return { conditions, problem: (error as Error).message }; // a page is shown whatever lies in the folder of its run
      }
    },
    read: ({ folder }, text) => readText(text, requireRunRecord(folder).config),
    make,
    close: () => maker.close(),
  };
}

/** The options of the command that fix the same: the text with what differs from it, or without it where it says more than is fixed. */
function askAsCommand({ text, fixed, change, count, seed }: FaceWish, config: RunConfig): Omit<GenerateOptions, 'version'> {
  const written = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const usable = written === '' || written.startsWith('-') ? null : readWords(written, config).usable;
  const differing = Object.fromEntries(Object.entries(fixed).filter(([name, bit]) => usable?.[name] !== bit));
  const isSaid = usable !== null && Object.keys(usable).length > 0 && isSame(understand(written, { config, set: differing }).fixed, fixed);
  return {
    ...(isSaid && { text: written }),
    set: listSettings(isSaid ? differing : fixed),
    change: listSettings(change),
    count,
    seed,
    open: 'drawn',
    scale: 1,
    check: false,
  };
}

function isSame(bits: Readonly<Record<string, number>>, others: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(bits);
  return names.length === Object.keys(others).length && names.every((name) => bits[name] === others[name]);
}

const listSettings = (bits: Readonly<Record<string, number>>): string[] => Object.entries(bits).map(([name, bit]) => `${name}=${bit}`);

/** The words after `facet`. A run that goes on may have another best checkpoint by the time that they are typed. */
function wordsOf(
  { text, set, change = [], count, seed }: Omit<GenerateOptions, 'version'>,
  { name, epoch, warnings }: ChosenRun,
): string[] {
  return [
    'generate',
    name,
    ...(text === undefined ? [] : [text]),
    ...set.flatMap((setting) => ['--set', setting]),
    ...change.flatMap((setting) => ['--change', setting]),
    '--count',
    String(count),
    '--seed',
    String(seed),
    ...(epoch !== null && warnings.length > 0 ? ['--from-epoch', String(epoch)] : []),
  ];
}

function readText(text: string, config: RunConfig): TextReply {
  const { description, usable, untrained } = readWords(text, config);
  return {
    bits: usable,
    said: description.because.map(({ name, value, words }) => ({
      name,
      value,
      words: words.map(quote),
      isTrained: !untrained.includes(name),
    })),
    warnings: warnOfText({ description, untrained }),
  };
}
