// What is asked of a run, by the arguments of the command.

import { formatCount } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import type { FaceOutput, GenerateOrder } from '../../results/generation.ts';
import { chooseOutput } from './choose-output.ts';
import type { ChosenRun } from './describe-run.ts';
import { readSettings, readVaried, type Understood, understand } from './understand.ts';

export interface GenerateOptions {
  /** Absent: nothing but --set is fixed. */
  text?: string;
  count: number;
  seed: number;
  out?: string;
  /** NAME=0 or NAME=1 */
  set: string[];
  /** The same, set after the faces were drawn. */
  change?: string[];
  open: GenerateOrder['open'];
  fromEpoch?: number;
  to?: string;
  steps?: number;
  /** Names with commas between them. */
  vary?: string;
  scale: number;
  check: boolean;
  bestOf?: number;
  /** Of Facet. */
  version: string;
}

/** Pictures of one command. */
const MOST_PICTURES = 10_000;
/** Of one file. */
const MOST_PIXELS = 2 ** 28;
const STEPS = 8;

export interface Asked {
  from: Understood;
  to: Understood | null;
  order: GenerateOrder;
}

/** `output`: where the pictures go, by default as --out says. Throws a UserError for what cannot be asked. */
export function createOrder(options: GenerateOptions, { name, record, step, epoch }: ChosenRun, output = chooseOutput(options.out)): Asked {
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
  requireSize(options, { pictures: options.count * each, side: config.dataset.imageSize, output });
  const words = [options.text, options.to].filter((text) => text !== undefined).join(' -> ');
  const change = readSettings(options.change ?? [], config, '--change');
  const changes = Object.entries(change).map(([attribute, bit]) => `${attribute}=${bit}`);
  const settings = [options.set.join(', '), ...(changes.length > 0 ? [`then ${changes.join(', ')}`] : [])].filter((words) => words !== '');
  const order: GenerateOrder = {
    step,
    fixed: { ...from.fixed },
    count: options.count,
    seed: options.seed,
    open: options.open,
    ...(changes.length > 0 && { change }),
    ...(to && { to: { fixed: { ...to.fixed }, steps } }),
    ...(vary.length > 0 && { vary }),
    output,
    scale: options.scale,
    ...(options.check && { check: true }),
    ...(options.bestOf !== undefined && { bestOf: options.bestOf }),
    about: {
      description: [words, settings.length > 0 ? `(${settings.join('; ')})` : ''].join(' ').trim(),
      software: `Facet ${options.version}`,
      run: name,
      epoch,
    },
  };
  return { from, to, order };
}

function requireSize(
  { count, scale }: GenerateOptions,
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
