// Sample grids as a run leaves them: simple drawn faces that follow their column's condition, blurred
// while the run is young, so that a person can tell epochs, rows and columns apart.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/experiment/random.ts';
import { sampleGridFile, sampleImageFile } from '../../src/results/paths.ts';
import type { SampleGridRecord } from '../../src/results/records.ts';

export interface ExampleGrid {
  epoch: number;
  step: number;
  attributes: string[];
  rows: number;
  imageSize: number;
  /** 1: as blurred as the first epoch; 0: sharp. */
  blur: number;
}

/** Writes samples/<epoch>.png and .json into a run folder. */
export async function writeExampleGrid(folder: string, grid: ExampleGrid): Promise<void> {
  const { imageSize, rows } = grid;
  const columns = exampleColumns(grid.attributes);
  const gap = 2;
  const width = gap + columns.length * (imageSize + gap);
  const height = gap + rows * (imageSize + gap);
  const cells = Array.from({ length: rows }, (_, row) =>
    columns.map(({ bits }, column) => {
      const [x, y] = [gap + column * (imageSize + gap), gap + row * (imageSize + gap)];
      return `<g transform="translate(${x} ${y}) scale(${imageSize / 64})">${drawFace(bits, row)}</g>`;
    }),
  ).flat();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${cells.join('')}</svg>`;
  const image = sharp(Buffer.from(svg)).flatten({ background: '#000' });
  const sigma = 0.3 + grid.blur * 6;
  const png = await image.blur(sigma).png().toBuffer();
  const record: SampleGridRecord = { epoch: grid.epoch, step: grid.step, imageSize, gap, rows, columns };
  mkdirSync(dirname(sampleImageFile(folder, grid.epoch)), { recursive: true });
  writeFileSync(sampleImageFile(folder, grid.epoch), png);
  writeFileSync(sampleGridFile(folder, grid.epoch), JSON.stringify(record));
}

/** All combinations of two attributes; from three on the usual face and one column an attribute. */
function exampleColumns(attributes: string[]): SampleGridRecord['columns'] {
  const bits = (on: string[]): Record<string, 0 | 1> => Object.fromEntries(attributes.map((name) => [name, on.includes(name) ? 1 : 0]));
  if (attributes.length > 2) return [[], ...attributes.map((name) => [name])].map((on) => ({ label: on[0] ?? 'usual', bits: bits(on) }));
  const subsets = attributes.reduce<string[][]>((all, name) => all.concat(all.map((on) => on.concat(name))), [[]]);
  return subsets.map((on) => ({ label: on.length === 0 ? 'none' : on.join(' + '), bits: bits(on) }));
}

const HAIR = { Black_Hair: '#1d1a1c', Blond_Hair: '#dcb765', Brown_Hair: '#6b4226', Gray_Hair: '#a9abb0' } as const;

function drawFace(bits: Record<string, 0 | 1>, row: number): string {
  const random = createRandom(7, 'example-face', row);
  const pick = (values: string[]): string => values[Math.floor(random.uniform() * values.length)]!;
  const background = pick(['#51657a', '#7d6b5d', '#3f5d50', '#8a8f98', '#5b4a68']);
  const skin = pick(['#f0c8a8', '#d9a27c', '#a8714c', '#7c4e33']);
  const [tilt, dx] = [random.uniform() * 12 - 6, random.uniform() * 6 - 3];
  const named = Object.entries(HAIR).find(([name]) => bits[name])?.[1];
  const hair = named ?? pick(['#3a2a20', '#6b4226', '#1d1a1c']);
  const long = 'Male' in bits && !bits.Male;
  const fringe = bits.Receding_Hairline ? 15 : 22;
  const parts = [
    long && !bits.Bald ? `<rect x="13" y="20" width="38" height="40" rx="12" fill="${hair}"/>` : '',
    `<rect x="26" y="46" width="12" height="18" fill="${skin}"/><ellipse cx="32" cy="34" rx="15" ry="19" fill="${skin}"/>`,
    bits.Bald
      ? ''
      : `<path d="M15 ${fringe + 8} Q14 8 32 9 Q50 8 49 ${fringe + 8} Q46 ${fringe - 4} 32 ${fringe} Q18 ${fringe - 4} 15 ${fringe + 8}Z" fill="${hair}"/>`,
    `<circle cx="26" cy="32" r="2" fill="#222"/><circle cx="38" cy="32" r="2" fill="#222"/>`,
    bits.Eyeglasses
      ? '<g fill="none" stroke="#111" stroke-width="1.6"><circle cx="26" cy="32" r="5"/><circle cx="38" cy="32" r="5"/><path d="M31 32h2"/></g>'
      : '',
    `<path d="M27 44 Q32 ${bits.Smiling ? 51 : 45} 37 44" fill="${bits.Smiling ? '#fff' : 'none'}" stroke="#8c3b3b" stroke-width="1.6"/>`,
    bits.Male && !bits.No_Beard
      ? `<path d="M18 40 Q20 56 32 55 Q44 56 46 40 Q44 50 32 49 Q20 50 18 40Z" fill="${hair}" opacity=".75"/>`
      : '',
    'Young' in bits && !bits.Young ? '<path d="M24 24h16M25 21h14M21 40l4 4M43 40l-4 4" stroke="#0006" fill="none"/>' : '',
  ];
  return `<rect width="64" height="64" fill="${background}"/><g transform="rotate(${tilt} 32 40) translate(${dx} 0)">${parts.join('')}</g>`;
}
