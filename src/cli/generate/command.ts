// facet generate RUN "a smiling young woman": faces of a trained run, from words.

import { formatCount, plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import type { FaceOutput, GeneratedFaces, GenerateOrder } from '../../results/generation.ts';
import { findRun } from '../../results/runs/find.ts';
import { generateFaces } from '../../runner/generate-faces.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHarmless } from '../harmless.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { createPaint } from '../text/paint.ts';
import { chooseOutput } from './choose-output.ts';
import { describeReadBack, describeUnread } from './describe-read-back.ts';
import { type ChosenRun, chooseRun } from './describe-run.ts';
import { warnOfSupport } from './describe-support.ts';
import { describeAsked, warnOfText } from './describe-understood.ts';
import { readSettings, readVaried, type Understood, understand } from './understand.ts';

export interface GenerateCommandOptions {
  /** As findRun takes it. */
  run: string;
  /** Absent: nothing but --set is fixed. */
  text?: string;
  results: string;
  count: number;
  seed: number;
  out?: string;
  /** NAME=0 or NAME=1 */
  set: string[];
  open: GenerateOrder['open'];
  fromEpoch?: number;
  to?: string;
  steps?: number;
  /** Names with commas between them. */
  vary?: string;
  scale: number;
  check: boolean;
  bestOf?: number;
  json: boolean;
  /** The program that makes the faces. */
  maker: string;
  version: string;
}

/** Pictures of one command. */
const MOST_PICTURES = 10_000;
/** Of one file. */
const MOST_PIXELS = 2 ** 28;
const STEPS = 8;

/** Exits with 0 where the pictures are written, 1 where they could not be made, 130 on Ctrl-C. */
export async function generateCommand(options: GenerateCommandOptions): Promise<number> {
  requireNoFile(options.results);
  const run = chooseRun(findRun(options.results, options.run), options.fromEpoch);
  const { from, to, order } = createOrder(options, run);
  const { stop, release } = listenForStop();
  const status = options.json || !process.stdout.isTTY ? null : createStatusLine();
  try {
    const { folder, record } = run;
    const { maker } = options;
    const onPhase = (phase: string) => status?.show(makeHarmless(phase));
    const made = await generateFaces({ folder, record, maker, order, stop: stop.graceful, onPhase }).finally(() => status?.close());
    if (stop.graceful.aborted) return EXIT.interrupted;
    if ('problem' in made) {
      process.stderr.write(`${run.name}: no faces were made: ${makeHarmless(made.problem)}\n`);
      return EXIT.runFailed;
    }
    const warnings = [...run.warnings, ...listWarnings(from, to), ...warnOfRows(made, order), ...warnOfReading(made, order)];
    process.stdout.write(
      `${options.json ? renderJson({ run, from, to, order, made, warnings }) : renderText({ run, from, to, order, made, warnings })}\n`,
    );
    return EXIT.ok;
  } finally {
    release();
  }
}

interface Asked {
  from: Understood;
  to: Understood | null;
  order: GenerateOrder;
}

/** Throws a UserError for what cannot be asked. */
function createOrder(options: GenerateCommandOptions, { name, record, step, epoch }: ChosenRun): Asked {
  const { config } = record;
  const set = readSettings(options.set, config);
  const from = understand(options.text, { config, set });
  if (options.steps !== undefined && options.to === undefined)
    throw new UserError('--steps: expected --to with it, the description to go to');
  if (options.vary !== undefined && options.to !== undefined) throw new UserError('--vary: expected without --to, or the other way around');
  const to = options.to === undefined ? null : understand(options.to, { config, set });
  const vary = options.vary === undefined ? [] : readVaried(options.vary, config);
  const steps = options.steps ?? STEPS;
  const each = to ? steps : 1 + vary.length;
  const output = chooseOutput(options.out);
  requireSize(options, { pictures: options.count * each, side: config.dataset.imageSize, output });
  const words = [options.text, options.to].filter((text) => text !== undefined).join(' -> ');
  const settings = options.set.length > 0 ? `(${options.set.join(', ')})` : '';
  const order: GenerateOrder = {
    step,
    fixed: { ...from.fixed },
    count: options.count,
    seed: options.seed,
    open: options.open,
    ...(to && { to: { fixed: { ...to.fixed }, steps } }),
    ...(vary.length > 0 && { vary }),
    output,
    scale: options.scale,
    ...(options.check && { check: true }),
    ...(options.bestOf !== undefined && { bestOf: options.bestOf }),
    about: { description: `${words} ${settings}`.trim(), software: `Facet ${options.version}`, run: name, epoch },
  };
  return { from, to, order };
}

function requireSize(
  { count, scale }: GenerateCommandOptions,
  { pictures, side, output }: { pictures: number; side: number; output: FaceOutput },
): void {
  if (pictures > MOST_PICTURES) {
    throw new UserError(`--count: expected at most ${formatCount(MOST_PICTURES)} pictures, got ${formatCount(pictures)} (${count} faces)`);
  }
  if (output.kind === 'folder' || pictures * (side * scale) ** 2 <= MOST_PIXELS) return;
  const fitting = Math.floor(Math.sqrt(MOST_PIXELS / pictures) / side);
  const mend = fitting >= 1 ? `take --scale ${fitting}` : 'take fewer';
  throw new UserError(
    `--scale: ${formatCount(pictures)} pictures of ${side * scale} pixels are too large for one file; ${mend}, or --out folder/`,
  );
}

function listWarnings(from: Understood, to: Understood | null): string[] {
  return [...new Set([...warnOfText(from), ...(to ? warnOfText(to) : [])])];
}

function warnOfRows({ support, supportTo }: GeneratedFaces, { fixed, to }: GenerateOrder): string[] {
  return [warnOfSupport(support, fixed), to ? warnOfSupport(supportTo, to.fixed) : null].filter((line) => line !== null);
}

const isUnseen = ({ support, supportTo }: GeneratedFaces): boolean => support?.matching === 0 || supportTo?.matching === 0;

function warnOfReading({ readBack }: GeneratedFaces, order: GenerateOrder): string[] {
  return readBack && 'problem' in readBack ? [describeUnread(readBack, order)] : [];
}

interface Result extends Asked {
  run: ChosenRun;
  made: GeneratedFaces;
  warnings: string[];
}

function renderText({ run, from, to, order, made, warnings }: Result): string {
  const paint = createPaint(process.stdout);
  const ends = to ? [describeAsked(from, paint), '  ->', describeAsked(to, paint)] : [describeAsked(from, paint)];
  const { readBack, faces } = made;
  return [
    ...ends.filter((text) => text !== ''),
    ...warnings.map(makeHarmless),
    describeFiles(order, { run, made }),
    ...(readBack && !('problem' in readBack) ? [describeReadBack(readBack, { faces, isUnseen: isUnseen(made), paint })] : []),
  ].join('\n');
}

function describeFiles({ count, to, vary = [] }: GenerateOrder, { run, made }: { run: ChosenRun; made: GeneratedFaces }): string {
  const { files, columns } = made;
  const where = files.length === 1 ? files[0]! : `${files[0]} to ${files.at(-1)}`;
  const faces = plural(count, 'face');
  const what = to
    ? `${faces}, a row each, in ${to.steps} steps`
    : vary.length > 0
      ? `${faces}, a row each: as described, then with ${vary.join(', ')} turned over`
      : files.length === 1
        ? `${faces}, ${columns} in a row`
        : faces;
  const epoch = run.epoch === null ? `step ${run.step}` : `epoch ${run.epoch}`;
  return `${where}: ${what}, of ${epoch} of ${run.name}`;
}

function renderJson({ run, from, to, order, made, warnings }: Result): string {
  const { name, step, epoch } = run;
  const { count, seed, open, fixed } = order;
  const { files, columns, imageSize, faces, support, supportTo, readBack } = made;
  return JSON.stringify(
    {
      format: 1,
      run: name,
      step,
      epoch,
      description: from.description,
      fixed,
      untrained: from.untrained,
      ...(to && { to: { description: to.description, fixed: to.fixed, untrained: to.untrained, support: supportTo } }),
      ...(order.vary && { vary: order.vary }),
      count,
      seed,
      open,
      support,
      files,
      columns,
      imageSize,
      ...(order.bestOf !== undefined && { bestOf: order.bestOf }),
      ...(order.check && { readBack: readBack && !('problem' in readBack) ? readBack : null }),
      faces: faces.map((face, i) => ({ ...face, file: files.length === 1 ? files[0] : files[i] })),
      warnings,
    },
    null,
    2,
  );
}
