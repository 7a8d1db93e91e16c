// Results as sweeps leave them, of any size: made-up metrics, evaluations and grids.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/experiment/random.ts';
import {
  evaluationsFile,
  experimentRecordFile,
  metricsFile,
  outcomeFile,
  runFile,
  runFolder,
  sampleGridFile,
  sampleImageFile,
  trainingFile,
} from '../../src/results/paths.ts';
import { exampleRun } from '../../test/helpers/example-results.ts';

export interface SweepSize {
  name: string;
  runs: number;
  steps: number;
  /** Epochs with a sample grid of about 500 KB each; 0: none. */
  grids: number;
}

export const SWEEPS: readonly SweepSize[] = [
  { name: 'grids-30', runs: 30, steps: 1000, grids: 20 },
  { name: 'runs-300', runs: 300, steps: 2000, grids: 0 },
  { name: 'runs-1000', runs: 1000, steps: 1000, grids: 0 },
  { name: 'long-100', runs: 100, steps: 100_000, grids: 0 },
];

const SETS: [label: string, attributes: string[]][] = [
  ['two', ['Male', 'Young']],
  ['five', ['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond_Hair']],
  ['ten', 'Bald Black_Hair Blond_Hair Brown_Hair Gray_Hair Male No_Beard Receding_Hairline Straight_Hair Wavy_Hair'.split(' ')],
];
const EPOCHS = 20;

export async function makeSweep(resultsRoot: string, { name, runs, steps, grids }: SweepSize): Promise<void> {
  const pictures = await Promise.all(Array.from({ length: grids }, (_, epoch) => drawGrid(epoch + 1)));
  const entries = Array.from({ length: runs }, (_, i) => {
    const [label, attributes] = SETS[i % SETS.length]!;
    const seed = Math.floor(i / SETS.length) + 1;
    return {
      id: `${label}-seed${seed}-${String(i).padStart(6, '0')}`,
      axes: { attributes: label, 'training.seed': String(seed) },
      attributes,
      seed,
    };
  });
  mkdirSync(join(resultsRoot, name), { recursive: true });
  for (const { id, axes, attributes, seed } of entries) {
    const folder = runFolder(resultsRoot, name, id);
    mkdirSync(folder);
    writeFileSync(runFile(folder), JSON.stringify(exampleRun({ id, experiment: name, axes, attributes, seed, epochs: EPOCHS })));
    writeFileSync(trainingFile(folder), JSON.stringify({ format: 1, stepsPerEpoch: steps / EPOCHS, steps, epochs: EPOCHS }));
    writeFileSync(metricsFile(folder), metricLines(steps, attributes.length, seed));
    writeFileSync(evaluationsFile(folder), evaluationLines(steps, attributes.length, seed));
    for (const [i, png] of pictures.entries()) writeGrid(folder, i + 1, png);
    const outcome = { status: 'succeeded', message: 'All epochs are done.', finishedAt: '2026-01-10T10:00:00.000Z' };
    const figures = { steps, epochs: EPOCHS, seconds: steps * 0.08, imagesPerSecond: 790 };
    writeFileSync(outcomeFile(folder), JSON.stringify({ ...outcome, ...figures }));
  }
  const record = { format: 1, name, description: `${runs} runs of ${steps} steps.`, file: `experiments/${name}.yaml`, startedAt: '' };
  const listed = entries.map(({ id, axes }) => ({ id, axes }));
  writeFileSync(experimentRecordFile(join(resultsRoot, name)), JSON.stringify({ ...record, runs: listed }));
}

/** A line as the trainer writes it, and as long: some 180 bytes. */
export function metricLine(step: number, steps: number, { count, jitter }: { count: number; jitter: () => number }): string {
  const progress = step / steps;
  const record = {
    step,
    epoch: Math.min(EPOCHS, 1 + Math.floor(((step - 1) * EPOCHS) / steps)),
    seconds: step * 0.08 + jitter() / 1000,
    imagesPerSecond: 790 + 20 * jitter(),
    lossD: 0.6 + 0.05 * count + 0.3 * jitter() - 0.2 * progress,
    lossG: 1.2 + 0.1 * count + 0.5 * jitter() + progress,
    dReal: 0.7 + 0.2 * jitter(),
    dFake: 0.3 - 0.1 * progress + 0.2 * jitter(),
  };
  return `${JSON.stringify(record)}\n`;
}

function metricLines(steps: number, count: number, seed: number): Buffer {
  const random = createRandom(seed, 'bench-metrics', count);
  const jitter = (): number => random.uniform() - 0.5;
  const pieces: string[] = [];
  for (let step = 1; step <= steps; step++) pieces.push(metricLine(step, steps, { count, jitter }));
  return Buffer.from(pieces.join(''));
}

function evaluationLines(steps: number, count: number, seed: number): string {
  const random = createRandom(seed, 'bench-evaluations', count);
  const lines = Array.from({ length: EPOCHS }, (_, i) => {
    const values = { slicedWasserstein: 0.05 + 0.4 / (i + 1) + 0.01 * count + 0.02 * random.uniform() };
    return `${JSON.stringify({ step: ((i + 1) * steps) / EPOCHS, epoch: i + 1, values })}\n`;
  });
  return lines.join('');
}

const [ROWS, COLUMNS, IMAGE_SIZE, GAP] = [8, 8, 64, 2];

/** Smooth shapes under noise: a PNG of it is as large as one of generated faces. */
async function drawGrid(epoch: number): Promise<Buffer> {
  const [width, height] = [GAP + COLUMNS * (IMAGE_SIZE + GAP), GAP + ROWS * (IMAGE_SIZE + GAP)];
  const random = createRandom(epoch, 'bench-grid', 0);
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    pixels[i] = 128 + 70 * Math.sin((x + 7 * epoch) / 19) * Math.cos(y / 23) + 14 * (random.uniform() - 0.5);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function writeGrid(folder: string, epoch: number, png: Buffer): void {
  mkdirSync(dirname(sampleImageFile(folder, epoch)), { recursive: true });
  writeFileSync(sampleImageFile(folder, epoch), png);
  const columns = Array.from({ length: COLUMNS }, (_, i) => ({ label: `condition ${i + 1}`, bits: { Male: i % 2, Young: 1 } }));
  writeFileSync(
    sampleGridFile(folder, epoch),
    JSON.stringify({ epoch, step: epoch * 50, imageSize: IMAGE_SIZE, gap: GAP, rows: ROWS, columns }),
  );
}
