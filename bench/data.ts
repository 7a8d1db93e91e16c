// npm run bench:data [-- PICTURES]: packing JPEGs of CelebA's size, beside Pillow in two processes, alternating; and the memory that large
// pictures take. The peer: pip install --target .peers pillow==13.0.0     Without it, Facet is measured alone.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import sharp from 'sharp';
import type { DatasetConfig } from '../src/experiment/schema/schema.ts';
import { packDataset } from '../src/model/data/packing/pack.ts';
import { createSyntheticSource } from '../src/model/data/synthetic/synthetic.ts';
import { makeFolder } from './runner/workshop.ts';

const ROUNDS = 5;
const DRAWN = 500;
const CROP = 178;
const SIZE = 64;
const MEGABYTE = 1e6;
/** Data are packed by the command, which has none of the memory settings of a child that trains. */
const PLAIN = { ...process.env, GLIBC_TUNABLES: '' };

interface Measured {
  seconds: number;
  /** Processor time, of all threads and processes; it says more than the clock where others are at work on the machine. */
  cpuSeconds: number;
  peakBytes: number;
}

if (process.argv[2] === '--pack') await packHere(process.argv[3]!, process.argv[4]!);
else await compare(Number(process.argv[2] ?? 20_000));

/** In a process of its own: prints how long packing took, and the most memory that the process had. */
async function packHere(root: string, cacheRoot: string): Promise<void> {
  const dataset: DatasetConfig = { source: 'folder', root, imageSize: SIZE, crop: CROP };
  const cpu = process.cpuUsage();
  const start = performance.now();
  (await packDataset(dataset, { cacheRoot })).close();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakBytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakBytes } satisfies Measured));
}

async function compare(count: number): Promise<void> {
  const folder = makeFolder();
  const peers = { ...PLAIN, PYTHONPATH: join(FACET_ROOT, '.peers') };
  const hasPeer = spawnSync('python3', ['-c', 'import PIL'], { env: peers }).status === 0;
  const faces = join(folder, 'faces');
  await drawFaces(faces, count);
  const facet: Measured[] = [];
  const pillow: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    facet.push(packApart(faces, join(folder, 'cache')));
    if (!hasPeer) continue;
    const args = [join(FACET_ROOT, 'bench/peers/pillow_peer.py'), faces, count, CROP, SIZE, join(folder, 'pillow.bin')].map(String);
    pillow.push(JSON.parse(execaSync('python3', args, { env: peers }).stdout));
  }
  console.table({ facet: summarize(facet, count), ...(hasPeer && { pillow: summarize(pillow, count) }) });
  if (!hasPeer) console.log('Pillow is not in .peers: Facet alone. See the first lines of bench/data.ts.');
  const large: Record<string, object> = {};
  for (const { pictures, side, format } of [
    { pictures: 64, side: 5000, format: 'jpeg' },
    { pictures: 6, side: 10_000, format: 'jpeg' },
    { pictures: 6, side: 10_000, format: 'png' },
  ] as const) {
    const place = join(folder, 'large');
    await drawLarge(place, { pictures, side, format });
    const { seconds, peakBytes } = packApart(place, join(folder, 'cache'));
    large[`${pictures} x ${(side * side) / 1e6} MP, ${format}`] = {
      seconds: seconds.toFixed(1),
      megabytes: Math.round(peakBytes / MEGABYTE),
    };
    rmSync(place, { recursive: true });
  }
  console.table(large);
  console.log(
    `Load of the machine in the last minutes: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  );
}

function packApart(root: string, cacheRoot: string): Measured {
  rmSync(cacheRoot, { recursive: true, force: true });
  return JSON.parse(execaSync(process.execPath, [process.argv[1]!, '--pack', root, cacheRoot], { env: PLAIN }).stdout);
}

function summarize(measured: Measured[], count: number): object {
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return {
    'images/s': Math.round(count / median(measured.map(({ seconds }) => seconds))),
    'images/s of processor time': Math.round(count / median(measured.map(({ cpuSeconds }) => cpuSeconds))),
    megabytes: Math.round(median(measured.map(({ peakBytes }) => peakBytes)) / MEGABYTE),
  };
}

/** `count` files of 178x218, some of them with equal content: a decoder does not know. */
async function drawFaces(folder: string, count: number): Promise<void> {
  mkdirSync(folder);
  let drawn = 0;
  for await (const { pixels } of createSyntheticSource({ images: Math.min(count, DRAWN), seed: 1, imageSize: 128, drawings: 2 }).read()) {
    for (let at = 0; at < pixels.length; at += 128 * 128 * 3) {
      await sharp(pixels.subarray(at, at + 128 * 128 * 3), { raw: { width: 128, height: 128, channels: 3 } })
        .resize(178, 218, { fit: 'fill' })
        .jpeg({ quality: 90 })
        .toFile(join(folder, `${drawn++}.jpg`));
    }
  }
  for (let i = drawn; i < count; i++) copyFileSync(join(folder, `${i % drawn}.jpg`), join(folder, `${i}.jpg`));
  writeLabels(folder, count, 'jpg');
}

async function drawLarge(
  folder: string,
  { pictures, side, format }: { pictures: number; side: number; format: 'jpeg' | 'png' },
): Promise<void> {
  mkdirSync(folder);
  const tile = Buffer.from(Uint8Array.from({ length: 500 * 500 * 3 }, (_, i) => 128 + 60 * Math.sin(i / 97) + ((i * 7919) % 41)));
  await sharp({ create: { width: side, height: side, channels: 3, background: 'grey' } })
    .composite([{ input: tile, raw: { width: 500, height: 500, channels: 3 }, tile: true }])
    .toFormat(format)
    .toFile(join(folder, `0.${format}`));
  for (let i = 1; i < pictures; i++) copyFileSync(join(folder, `0.${format}`), join(folder, `${i}.${format}`));
  writeLabels(folder, pictures, format);
}

function writeLabels(folder: string, count: number, ending: string): void {
  const rows = Array.from({ length: count }, (_, i) => `${i}.${ending},${i % 2},${(i >> 1) % 2}`);
  writeFileSync(join(folder, 'labels.csv'), `file,Male,Young\n${rows.join('\n')}\n`);
}
