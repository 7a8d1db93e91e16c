// Faces from a trained run, into files.

import type { FaceSupport, GeneratedFace, GeneratedFaces, GenerateOrder } from '../../results/generation.ts';
import { chooseNoise } from './best-of.ts';
import { toBytes } from './canvas.ts';
import { createFaceFiles } from './face-files.ts';
import type { Bits } from './open-bits.ts';
import { createNoise, type DrawnBits, type OpenRun, openRun } from './open-run.ts';
import type { tryOpenFaceReader } from './read-back.ts';
import { askedOf } from './readings.ts';

/** Pictures that are made before the next are begun: a bound on memory. */
const AT_ONCE = 256;

interface Options {
  /** What it is at, and how much of it is done. */
  onProgress?: (phase: string, done: number, total: number) => void;
  /** Rejects with its reason once it is aborted, before the next pictures are made. */
  signal?: AbortSignal;
}

/**
 * Writes what the order asks for; without an oracle that could read the pictures, they are written all the same. Throws a UserError, a
 * DamagedFile or a WriteFailure.
 */
export async function makeFaces(runFolder: string, order: GenerateOrder, options: Options = {}): Promise<GeneratedFaces> {
  const run = await openRun(runFolder, { checkpoint: { step: order.step } });
  try {
    return await makeFacesOf(run, { runFolder, order }, options);
  } finally {
    run.free();
  }
}

/** The same of a run that was opened before, at the order's checkpoint. */
export async function makeFacesOf(
  run: OpenRun,
  { runFolder, order }: { runFolder: string; order: GenerateOrder },
  options: Options = {},
): Promise<GeneratedFaces> {
  const { onProgress, signal } = options;
  const { check = false, bestOf = 1 } = order;
  const drawn = change(await run.drawBits(order), order.change, run);
  const end = order.to && change(await run.drawBits({ ...order, fixed: order.to.fixed }, drawn.bits), order.change, run);
  const opened = check || bestOf > 1 ? await openReader(runFolder, { ...options, k: run.k }) : null;
  const reader = opened === null || 'problem' in opened ? null : opened;
  const candidates =
    reader && bestOf > 1
      ? await chooseNoise(
          run,
          { ...order, fixed: { ...order.fixed, ...order.change } },
          { reader, each: bestOf, bits: drawn.bits, onProgress: tellChoice },
        )
      : undefined;

  const pictures = listPictures(order, {
    start: drawn.bits,
    end: end?.bits,
    conditions: run.conditions,
    attributes: run.record.config.attributes,
  });
  const { conditions, imageSize } = run;
  const files = createFaceFiles(order, { pictures: pictures.length, each: pictures.length / order.count, imageSize, conditions });
  const faces: GeneratedFace[] = [];
  for await (const block of renderBlocks(run, { pictures, order, candidates })) {
    signal?.throwIfAborted();
    const readings =
      reader && check ? await reader.read(block.map(({ pixels, face }) => ({ pixels, bits: face.bits, asked: askedOf(order, face) }))) : [];
    const made = block.map(({ pixels, face }, i) => {
      const candidate = candidates?.[face.index];
      return { picture: toBytes(pixels), face: { ...face, ...(candidate !== undefined && { candidate }), ...readings[i] } };
    });
    await files.add(made);
    faces.push(...made.map(({ face }) => face));
    onProgress?.(`making ${pictures.length} pictures`, faces.length, pictures.length);
  }
  return {
    ...(await files.finish()),
    columns: files.columns,
    imageSize,
    faces,
    support: supportOf(drawn),
    ...(end && { supportTo: supportOf(end) }),
    ...(opened && 'problem' in opened && { readBack: opened }),
    ...(reader &&
      check && {
        readBack: reader.sumUp(faces.map((face) => ({ read: face.read!, misread: face.misread!, asked: askedOf(order, face) }))),
      }),
  };

  function tellChoice(done: number, total: number): void {
    signal?.throwIfAborted();
    onProgress?.(`choosing among ${bestOf} pictures of each face`, done, total);
  }
}

/** Loaded only where it is needed: it takes a moment. */
async function openReader(runFolder: string, options: Parameters<typeof tryOpenFaceReader>[1]) {
  const { tryOpenFaceReader } = await import('./read-back.ts');
  return tryOpenFaceReader(runFolder, options);
}

/** Sets bits in each of the faces; an orientation takes the place of another. */
function change(drawn: DrawnBits, bits: GenerateOrder['change'], { conditions, record }: OpenRun): DrawnBits {
  if (bits === undefined) return drawn;
  const rotations = conditions.slice(record.config.attributes.length);
  const isTurned = rotations.some((name) => bits[name] === 1);
  const upright = isTurned ? Object.fromEntries(rotations.map((name) => [name, 0 as const])) : {};
  return { ...drawn, bits: drawn.bits.map((each) => ({ ...each, ...upright, ...bits })) };
}

/** Face by face: the pictures of one stand beside each other. */
function listPictures(
  { to, vary = [] }: GenerateOrder,
  {
    start,
    end,
    conditions,
    attributes,
  }: { start: Bits[]; end: Bits[] | undefined; conditions: readonly string[]; attributes: readonly string[] },
): GeneratedFace[] {
  const rotations = conditions.slice(attributes.length);
  return start.flatMap((bits, index) => {
    const between = end === undefined ? [bits] : interpolate(bits, end[index]!, { steps: to!.steps, conditions });
    const all = [...between, ...vary.map((name) => turnOver(bits, name, rotations))];
    return all.map((each, column) => ({ index, ...(all.length > 1 && { column }), bits: each }));
  });
}

/** Bits on the straight way from one to the other, both ends among them. */
export function interpolate(
  from: Bits,
  to: Bits,
  { steps, conditions }: { steps: number; conditions: readonly string[] },
): Record<string, number>[] {
  return Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    return Object.fromEntries(conditions.map((name) => [name, (1 - share) * from[name]! + share * to[name]!]));
  });
}

/** An orientation takes the place of another. */
export function turnOver(bits: Bits, name: string, rotations: readonly string[]): Bits {
  const turned = bits[name] === 1 ? 0 : 1;
  const others = rotations.includes(name) ? rotations : [];
  return Object.fromEntries(Object.entries(bits).map(([each, bit]) => [each, each === name ? turned : others.includes(each) ? 0 : bit]));
}

interface Rendering {
  pictures: readonly GeneratedFace[];
  order: GenerateOrder;
  candidates: readonly number[] | undefined;
}

/** All pictures of a face have its noise. */
async function* renderBlocks(run: OpenRun, { pictures, order, candidates }: Rendering) {
  const { latentSize, imageSize } = run;
  const noise = createNoise(order, latentSize, candidates);
  const values = imageSize ** 2 * 3;
  for (let first = 0; first < pictures.length; first += AT_ONCE) {
    const some = pictures.slice(first, first + AT_ONCE);
    const z = new Float32Array(some.length * latentSize);
    some.forEach(({ index }, i) => {
      z.set(noise.subarray(index * latentSize, (index + 1) * latentSize), i * latentSize);
    });
    const pixels = await run.render(
      some.map(({ bits }) => bits),
      z,
    );
    yield some.map((face, i) => ({ face, pixels: pixels.subarray(i * values, (i + 1) * values) }));
  }
}

function supportOf({ matching, pictures }: DrawnBits): FaceSupport | null {
  return matching === null || pictures === null ? null : { matching, pictures };
}
