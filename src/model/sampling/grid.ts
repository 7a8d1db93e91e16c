// Room: model/sampling. The sample grid: fixed noise vectors as rows, fixed conditions as columns, one picture a cell.

import sharp from 'sharp';
import { createRandom } from '../../experiment/random.ts';
import { sampleGridFile, sampleImageFile } from '../../results/paths.ts';
import type { SampleGridRecord } from '../../results/records.ts';
import { writeFileAtomic, writeJsonAtomic } from '../../results/write.ts';
import { generateForSampling } from '../networks/generator.ts';
import type { Trainer } from '../training/trainer.ts';
import { type Column, labelBits } from './conditions.ts';

const GRID_GAP_PX = 2;
const GAP_COLOUR = 255;
/** Pictures generated at once, to bound memory. */
const MOST_AT_ONCE = 64;

/** Writes `samples/<epoch>.png` and what its columns ask for. The networks and their statistics are left as they were. */
export async function writeSampleGrid(
  trainer: Trainer,
  options: { folder: string; rows: number; columns: Column[]; conditions: readonly string[]; epoch: number; step: number },
): Promise<void> {
  const { folder, rows, columns, conditions, epoch, step } = options;
  const { imageSize } = trainer.shape;
  const pictures = await generatePictures(trainer, { noise: rowNoise(rows, trainer.shape.latentSize), columns, conditions, rows });
  const { pixels, width, height } = composeGrid(pictures, { rows, columns: columns.length, imageSize });
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  writeFileAtomic(sampleImageFile(folder, epoch), png);
  const record: SampleGridRecord = { epoch, step, imageSize, gap: GRID_GAP_PX, rows, columns };
  writeJsonAtomic(sampleGridFile(folder, epoch), record);
}

/** [rows, latent]: the same in every run, whatever its seed, so that rows can be compared. */
function rowNoise(rows: number, latentSize: number): Float32Array {
  const noise = new Float32Array(rows * latentSize);
  for (let row = 0; row < rows; row++) {
    const random = createRandom(0, 'sample row', row);
    for (let i = 0; i < latentSize; i++) noise[row * latentSize + i] = random.normal();
  }
  return noise;
}

/** [columns * rows, S, S, 3] in [-1, 1], column by column. */
async function generatePictures(
  trainer: Trainer,
  { noise, columns, conditions, rows }: { noise: Float32Array; columns: Column[]; conditions: readonly string[]; rows: number },
): Promise<Float32Array> {
  const { k, shape } = trainer;
  const pictureSize = shape.imageSize ** 2 * 3;
  const pictures = new Float32Array(columns.length * rows * pictureSize);
  const columnsAtOnce = Math.max(1, Math.floor(MOST_AT_ONCE / rows));
  for (let first = 0; first < columns.length; first += columnsAtOnce) {
    const asked = columns.slice(first, first + columnsAtOnce);
    const labels = Float32Array.from(asked.flatMap((column) => Array.from({ length: rows }, () => labelBits(column, conditions)).flat()));
    const repeated = new Float32Array(asked.length * noise.length);
    asked.forEach((_column, i) => {
      repeated.set(noise, i * noise.length);
    });
    const [made] = k.scope(() => {
      const z = k.tensor(repeated, [asked.length * rows, shape.latentSize]);
      const y = k.tensor(labels, [asked.length * rows, shape.conditions]);
      return [generateForSampling({ k, shape, parameters: trainer.generator, statistics: trainer.generatorStatistics }, z, y)];
    });
    pictures.set(await k.read(made!), first * rows * pictureSize);
    k.free(made!);
  }
  return pictures;
}

function composeGrid(pictures: Float32Array, { rows, columns, imageSize }: { rows: number; columns: number; imageSize: number }) {
  const pitch = imageSize + GRID_GAP_PX;
  const [width, height] = [columns * pitch + GRID_GAP_PX, rows * pitch + GRID_GAP_PX];
  const pixels = new Uint8ClampedArray(width * height * 3).fill(GAP_COLOUR);
  const rowLength = imageSize * 3;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      for (let y = 0; y < imageSize; y++) {
        const from = ((column * rows + row) * imageSize + y) * rowLength;
        const to = ((GRID_GAP_PX + row * pitch + y) * width + GRID_GAP_PX + column * pitch) * 3;
        for (let i = 0; i < rowLength; i++) pixels[to + i] = (pictures[from + i]! + 1) * 127.5;
      }
    }
  }
  return { pixels: new Uint8Array(pixels.buffer), width, height };
}
