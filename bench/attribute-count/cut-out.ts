// Some columns and rows of the last sample grid of a run, cut into pictures.

import sharp from 'sharp';
import { listSamples, readSampleGrid } from '../../src/results/samples.ts';

/** Attributes that a person sees at a glance, those of the small sets first. */
const PREFERRED = ['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond Hair', 'Bald', 'Black Hair', 'Gray Hair', 'Wavy Hair', 'Wearing Hat'];

export interface CutOut {
  label: string;
  /** From top to bottom, each a PNG of `imageSize` x `imageSize`. */
  pictures: Buffer[];
  imageSize: number;
}

/** So many columns at most, of so many rows. Empty where the run has no grid. */
export async function cutOut(folder: string, { columns, rows }: { columns: number; rows: number }): Promise<CutOut[]> {
  const last = listSamples(folder).at(-1);
  const grid = last && readSampleGrid(last.grid);
  if (!last || !grid) return [];
  const { imageSize, gap } = grid;
  const pitch = imageSize + gap;
  const chosen = chooseColumns(grid.columns, columns);
  return Promise.all(
    chosen.map(async (column) => ({
      label: grid.columns[column]!.label,
      imageSize,
      pictures: await Promise.all(
        Array.from({ length: Math.min(rows, grid.rows) }, (_, row) =>
          sharp(last.image)
            .extract({ left: gap + column * pitch, top: gap + row * pitch, width: imageSize, height: imageSize })
            .png()
            .toBuffer(),
        ),
      ),
    })),
  );
}

/** The first, which is the usual face, then those of the preferred attributes, so that grids of several runs can be compared. */
function chooseColumns(columns: readonly { label: string }[], most: number): number[] {
  const rankOf = ({ label }: { label: string }) => {
    const place = PREFERRED.indexOf(label.replace(/^not /, '').replaceAll('_', ' '));
    return place < 0 ? PREFERRED.length : place;
  };
  const others = columns.map((column, index) => ({ index, rank: rankOf(column) })).slice(1);
  const chosen = others.sort((a, b) => a.rank - b.rank || a.index - b.index).slice(0, most - 1);
  return [0, ...chosen.map(({ index }) => index)];
}
