// What a made picture is, for a person and as JSON.

import { formatCount, plural } from '../../experiment/units.ts';
import type { FaceSupport, GeneratedFaces, GenerateOrder } from '../../results/generation.ts';
import { makeHarmless } from '../harmless.ts';
import { createPaint } from '../text/paint.ts';
import type { Asked } from './create-order.ts';
import { describeReadBack, describeUnread } from './describe-read-back.ts';
import type { ChosenRun } from './describe-run.ts';
import { describeAsked, warnOfText } from './describe-understood.ts';
import type { Understood } from './understand.ts';

interface Result extends Asked {
  run: ChosenRun;
  made: GeneratedFaces;
}

function listWarnings(from: Understood, to: Understood | null): string[] {
  return [...new Set([...warnOfText(from), ...(to ? warnOfText(to) : [])])];
}

/** Whether faces that are asked for occur in the data, where they do not. */
export function warnOfRows({ support, supportTo }: GeneratedFaces, { fixed, to }: GenerateOrder): string[] {
  return [warnOfSupport(support, fixed), to ? warnOfSupport(supportTo, to.fixed) : null].filter((line) => line !== null);
}

const isUnseen = ({ support, supportTo }: GeneratedFaces): boolean => support?.matching === 0 || supportTo?.matching === 0;

function warnOfReading({ readBack }: GeneratedFaces, order: GenerateOrder): string[] {
  return readBack && 'problem' in readBack ? [describeUnread(readBack, order)] : [];
}

/** In lines: what was understood, what the user should know, the files, and what the oracle reads in them. */
export function renderText(result: Result): string {
  const { run, from, to, order, made } = result;
  const paint = createPaint(process.stdout);
  const ends = to ? [describeAsked(from, paint), '  ->', describeAsked(to, paint)] : [describeAsked(from, paint)];
  const { readBack, faces } = made;
  return [
    ...ends.filter((text) => text !== ''),
    ...listAllWarnings(result).map(makeHarmless),
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

export function renderJson(result: Result): string {
  const { run, from, to, order, made } = result;
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
      ...(order.change && { change: order.change }),
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
      warnings: listAllWarnings(result),
    },
    null,
    2,
  );
}

function listAllWarnings({ run, from, to, order, made }: Result): string[] {
  return [...run.warnings, ...listWarnings(from, to), ...warnOfRows(made, order), ...warnOfReading(made, order)];
}

/** Whether faces that are asked for occur in the data, in a line; null where pictures have all that is fixed. */
function warnOfSupport(support: FaceSupport | null | undefined, fixed: Readonly<Record<string, 0 | 1>>): string | null {
  if (!support || support.matching > 0) return null;
  const attributes = Object.entries(fixed).filter(([name]) => !name.startsWith('rotate_'));
  const withBit = (bit: 0 | 1) => attributes.filter(([, each]) => each === bit).map(([name]) => name);
  const names = [...withBit(1), ...withBit(0).map((name) => `not ${name}`)]; // "not Male and Bald" would say something else
  const all = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `None of the ${formatCount(support.pictures)} pictures is ${all}; drawn all the same.`;
}
