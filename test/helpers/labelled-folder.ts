// A folder of small pictures whose labels a tiny classifier learns in a second: bright or dark, red or blue.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/experiment/random.ts';

/** So many pictures of 32x32 with their labels.csv: Bright, Red. Every combination is as frequent. */
export async function writeLabelledFolder(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lines = ['file,Bright,Red'];
  for (let i = 0; i < count; i++) {
    const [bright, red] = [i % 2, Math.floor(i / 2) % 2];
    const random = createRandom(i, 'labelled folder');
    const base = bright ? 160 : 50;
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => {
      const isStrong = at % 3 === (red ? 0 : 2);
      return Math.min(255, base + (isStrong ? 60 : 0) + random.integer(35));
    });
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } }).toFile(join(folder, `${i}.png`));
    lines.push(`${i}.png,${bright},${red}`);
  }
  writeFileSync(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
}
