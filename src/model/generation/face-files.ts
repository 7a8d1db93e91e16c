// Where generated pictures go: one PNG with all of them, or a PNG for each and a list of them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { syncFiles, writeFileAtomic, writeJsonAtomic, writeNewFile } from '../../results/files/write.ts';
import { FACES_GAP_PX, type GeneratedFace, type GeneratedFaces, type GenerateOrder } from '../../results/generation.ts';
import { chooseColumns, createCanvas } from './canvas.ts';
import { addPngText } from './png-text.ts';

interface FacePicture {
  /** RGB, [S, S, 3]. */
  picture: Uint8Array;
  face: GeneratedFace;
}

export interface FaceFiles {
  /** Beside each other in the one picture. */
  columns: number;
  /** In the order of the faces. */
  add(pictures: readonly FacePicture[]): Promise<void>;
  /** Every file is whole on return: the pictures' names, or the one picture as base64. Throws a WriteFailure. */
  finish(): Promise<Pick<GeneratedFaces, 'files' | 'png'>>;
}

interface Layout {
  /** All pictures, and how many there are of each face. */
  pictures: number;
  each: number;
  imageSize: number;
  /** Names of the label bits. */
  conditions: readonly string[];
}

export function createFaceFiles(order: GenerateOrder, layout: Layout): FaceFiles {
  return order.output.kind === 'folder' ? createSingleFiles(order, layout) : createOneFile(order, layout);
}

function createOneFile(order: GenerateOrder, { pictures, each, imageSize, conditions }: Layout): FaceFiles {
  const columns = each > 1 ? each : chooseColumns(pictures);
  const canvas = createCanvas({ rows: Math.ceil(pictures / columns), columns, imageSize, gap: FACES_GAP_PX, scale: order.scale });
  const faces: GeneratedFace[] = [];
  return {
    columns,
    async add(pictures) {
      for (const { picture, face } of pictures) {
        canvas.place(picture, { row: Math.floor(faces.length / columns), column: faces.length % columns });
        faces.push(face);
      }
    },
    async finish() {
      const png = await encode(canvas, describeFaces(order, faces, conditions));
      const { kind, path } = order.output;
      if (kind === 'reply') return { files: [], png: png.toString('base64') };
      const file = kind === 'free' ? findFreeName(path) : path;
      writeFileAtomic(file, png);
      return { files: [file] };
    },
  };
}

function createSingleFiles(order: GenerateOrder, { pictures, each, imageSize, conditions }: Layout): FaceFiles {
  const folder = order.output.path;
  const digits = Math.max(4, String(pictures / each).length);
  const nameOf = ({ index, column }: GeneratedFace): string => {
    const step = column === undefined ? '' : `-${String(column + 1).padStart(2, '0')}`;
    return `${String(index + 1).padStart(digits, '0')}${step}.png`;
  };
  const encodeSingle = ({ picture, face }: FacePicture): Promise<Buffer> => {
    const canvas = createCanvas({ rows: 1, columns: 1, imageSize, gap: 0, scale: order.scale });
    canvas.place(picture, { row: 0, column: 0 });
    return encode(canvas, describeFaces(order, [face], conditions));
  };
  const listed: (GeneratedFace & { file: string })[] = [];
  return {
    columns: each,
    async add(some) {
      const files = some.map(({ face }) => nameOf(face));
      const pngs = await Promise.all(some.map(encodeSingle));
      for (const [i, png] of pngs.entries()) writeNewFile(join(folder, files[i]!), png);
      listed.push(...some.map(({ face }, i) => ({ ...face, file: files[i]! })));
    },
    async finish() {
      await syncFiles(listed.map(({ file }) => join(folder, file)));
      const { about, seed, step, open } = order;
      writeJsonAtomic(join(folder, 'faces.json'), { format: 1, ...about, step, seed, open, faces: listed });
      return { files: listed.map(({ file }) => join(folder, file)) };
    },
  };
}

/** Keywords of the PNG Specification. The bits are in the order of `conditions`, a row for each picture. */
function describeFaces(
  { about, seed, step, open }: GenerateOrder,
  faces: readonly GeneratedFace[],
  conditions: readonly string[],
): Record<string, string> {
  const { description, software, run, epoch } = about;
  const bits = faces.map((face) => conditions.map((name) => face.bits[name]!));
  const first = faces.length === 1 ? { index: faces[0]!.index } : {};
  return {
    Description: description,
    Software: software,
    Comment: JSON.stringify({ run, step, epoch, seed, open, ...first, conditions, bits }),
  };
}

async function encode({ pixels, width, height }: ReturnType<typeof createCanvas>, text: Record<string, string>): Promise<Buffer> {
  const png = await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return addPngText(png, text);
}

function findFreeName(folder: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? 'faces.png' : `faces-${number}.png`);
    if (!existsSync(path)) return path;
  }
}
