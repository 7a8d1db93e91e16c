// The sample grid: fixed noise vectors as rows, fixed conditions as columns, one picture a cell.

import { renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../experiment/random.ts';
import { writing } from '../../results/errors.ts';
import { makeFolders } from '../../results/files/make-folders.ts';
import { writeFileAtomic, writeJsonAtomic } from '../../results/files/write.ts';
import { formerSamplesFolder, sampleGridFile, sampleImageFile } from '../../results/paths.ts';
import type { SampleGridRecord } from '../../results/records.ts';
import { listSamples, readSampleGrid } from '../../results/samples.ts';
import { createCanvas, toBytes } from './canvas.ts';
import { type Column, labelBits } from './conditions.ts';
import type { Generator } from './generator.ts';

const GRID_GAP_PX = 2;

/** Writes `samples/<epoch>.png` and what its columns ask for. */
export async function writeSampleGrid(
  generator: Generator,
  options: { folder: string; rows: number; columns: Column[]; epoch: number; step: number },
): Promise<void> {
  const { folder, rows, columns, epoch, step } = options;
  const { imageSize, latentSize } = generator.shape;
  // Column by column.
  const rowsNoise = rowNoise(rows, latentSize);
  const noise = new Float32Array(columns.length * rowsNoise.length);
  for (let column = 0; column < columns.length; column++) noise.set(rowsNoise, column * rowsNoise.length);
  const labels = Float32Array.from(
    columns.flatMap((column) => Array.from({ length: rows }, () => labelBits(column, generator.conditions)).flat()),
  );
  const pictures = await generator.sample(noise, labels);
  const canvas = createCanvas({ rows, columns: columns.length, imageSize, gap: GRID_GAP_PX });
  const bytes = toBytes(pictures);
  const size = imageSize ** 2 * 3;
  for (let column = 0; column < columns.length; column++) {
    for (let row = 0; row < rows; row++) {
      const at = column * rows + row;
      canvas.place(bytes.subarray(at * size, (at + 1) * size), { row, column });
    }
  }
  const { width, height } = canvas;
  const png = await sharp(canvas.pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  writeFileAtomic(sampleImageFile(folder, epoch), png);
  const record: SampleGridRecord = { epoch, step, imageSize, gap: GRID_GAP_PX, rows, columns };
  writeJsonAtomic(sampleGridFile(folder, epoch), record);
}

/**
 * Moves the grids that have other rows or columns to samples/former: beside the others they would be shown under wrong headings. Returns
 * how many those are. Throws a WriteFailure.
 */
export function setAsideOtherGrids(folder: string, { rows, columns }: Pick<SampleGridRecord, 'rows' | 'columns'>): number {
  if (columns.length === 0) return 0; // no grids are asked for: none can stand beside them
  const former = formerSamplesFolder(folder);
  const wanted = JSON.stringify([rows, columns]);
  const others = listSamples(folder).filter(({ grid }) => {
    const record = readSampleGrid(grid);
    return record !== null && JSON.stringify([record.rows, record.columns]) !== wanted;
  });
  writing(former, () => {
    if (others.length > 0) makeFolders(former);
    for (const path of others.flatMap(({ image, grid }) => [grid, image])) renameSync(path, join(former, basename(path)));
  });
  return others.length;
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
