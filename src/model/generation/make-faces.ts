// Faces from a trained run, into files.

import type { FaceSupport, GeneratedFace, GeneratedFaces, GenerateOrder } from '../../results/generation.ts';
import { toBytes } from './canvas.ts';
import { createFaceFiles } from './face-files.ts';
import type { Bits } from './open-bits.ts';
import { createNoise, type DrawnBits, type OpenRun, openRun } from './open-run.ts';

/** Pictures that are made before the next are begun: a bound on memory. */
const AT_ONCE = 256;

interface Options {
  onProgress?: (done: number, total: number) => void;
}

/** Writes what the order asks for. Throws a UserError, a DamagedFile or a WriteFailure. */
export async function makeFaces(runFolder: string, order: GenerateOrder, { onProgress }: Options = {}): Promise<GeneratedFaces> {
  const run = await openRun(runFolder, { checkpoint: { step: order.step } });
  const drawn = await run.drawBits(order);
  const end = order.to && (await run.drawBits({ ...order, fixed: order.to.fixed }, drawn.bits));
  const faces = listPictures(order, {
    start: drawn.bits,
    end: end?.bits,
    conditions: run.conditions,
    attributes: run.record.config.attributes,
  });
  const { conditions, imageSize } = run;
  const files = createFaceFiles(order, { pictures: faces.length, each: faces.length / order.count, imageSize, conditions });
  for await (const { pixels, face, done } of renderFaces(run, { faces, order })) {
    await files.add(toBytes(pixels), face);
    onProgress?.(done, faces.length);
  }
  run.free();
  return {
    files: await files.finish(),
    columns: files.columns,
    imageSize,
    faces,
    support: supportOf(drawn),
    ...(end && { supportTo: supportOf(end) }),
  };
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

/** All pictures of a face have its noise. */
async function* renderFaces(run: OpenRun, { faces, order }: { faces: readonly GeneratedFace[]; order: GenerateOrder }) {
  const { latentSize, imageSize } = run;
  const noise = createNoise(order, latentSize);
  const values = imageSize ** 2 * 3;
  for (let first = 0; first < faces.length; first += AT_ONCE) {
    const some = faces.slice(first, first + AT_ONCE);
    const z = new Float32Array(some.length * latentSize);
    some.forEach(({ index }, i) => {
      z.set(noise.subarray(index * latentSize, (index + 1) * latentSize), i * latentSize);
    });
    const pixels = await run.render(
      some.map(({ bits }) => bits),
      z,
    );
    for (const [i, face] of some.entries()) yield { pixels: pixels.subarray(i * values, (i + 1) * values), face, done: first + i + 1 };
  }
}

function supportOf({ matching, pictures }: DrawnBits): FaceSupport | null {
  return matching === null || pictures === null ? null : { matching, pictures };
}
