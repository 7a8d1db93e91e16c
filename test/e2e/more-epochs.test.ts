// Raising training.epochs: finished runs go on instead of starting over, with real runs on the real TensorFlow.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { logFile, metricsFile } from '../../src/results/paths.ts';
import { type Run, readExperiment } from '../../src/results/read.ts';
import { listSamples } from '../../src/results/samples.ts';

const TEXT = `name: faces
attributes: [Male]
dataset: {source: synthetic, images: 40, imageSize: 32}
model: {width: 16}
samples: {rows: 2}
`;

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-epochs-'));
  cli = join(await ensureBuilt(), 'cli.js');
});
afterAll(() => rmSync(folder, { recursive: true }));

const facet = (...args: string[]) =>
  execa(process.execPath, [cli, ...args], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { FACET_BACKEND: 'tensorflow', FACET_CACHE: join(folder, 'cache') },
  });

async function run(results: string, training: string, ...args: string[]): Promise<string> {
  writeFileSync(join(folder, 'faces.yaml'), `${TEXT}training: {batchSize: 8, ${training}}\n`);
  const { exitCode, all, stdout } = await facet('run', 'faces.yaml', '--results', results, ...args);
  expect(exitCode, all).toBe(0);
  return stdout;
}

const runsIn = (results: string) => readExperiment(join(folder, results), 'faces').runs;
const withEpochs = (results: string, epochs: number): Run =>
  runsIn(results).find(({ record }) => record?.config.training.epochs === epochs)!;

/**
 * All that the training decides: of each step what does not depend on the clock, the evaluations, and the tensors of the last checkpoint.
 */
function trainedBy({ folder: run }: Run) {
  const steps = readMetrics(metricsFile(run)).records.map(({ seconds: _, imagesPerSecond: __, ...metrics }) => metrics);
  const tensors = [...readSafetensors(listCheckpoints(run)[0]!.path).tensors].map(([name, { values }]) => [
    name,
    Buffer.from(values.buffer).toString('base64'),
  ]);
  return { steps, tensors, evaluations: readEvaluations(run).records, samples: listSamples(run).map(({ epoch }) => epoch) };
}

/** Every file of the folder. */
const contentOf = ({ folder: run }: Run) =>
  readdirSync(run, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name)).toString('base64')]);

describe('more epochs', () => {
  it('continue a finished run: bit for bit as one that was planned so long, and the shorter run stays as it is', async () => {
    await run('results', 'epochs: 2');
    const before = contentOf(withEpochs('results', 2));
    const stdout = await run('results', 'epochs: 4');
    expect(stdout).toContain(
      '1 run goes on from the same training with fewer epochs (2) instead of starting over; those runs stay as they are.',
    );
    await run('planned', 'epochs: 4');
    const longer = withEpochs('results', 4);
    expect(longer.state).toBe('succeeded');
    expect(trainedBy(longer)).toEqual(trainedBy(withEpochs('planned', 4)));
    expect(longer.id).toBe(withEpochs('planned', 4).id);
    expect(readFileSync(logFile(longer.folder), 'utf8')).toContain('Continuing after step 10.');
    expect(longer.record).toMatchObject({ continues: { id: withEpochs('results', 2).id, step: 10 } });
    expect(contentOf(withEpochs('results', 2))).toEqual(before);
    expect(await run('results', 'epochs: 4')).not.toContain('goes on');
  });

  it('are planned as they will be trained, and nothing is written for that', async () => {
    writeFileSync(join(folder, 'faces.yaml'), `${TEXT}training: {batchSize: 8, epochs: 6}\n`);
    const { stdout } = await facet('plan', 'faces.yaml', '--json');
    const longest = withEpochs('results', 4);
    expect(JSON.parse(stdout).runs).toMatchObject([{ action: 'resume', reason: `goes on after the 4 epochs of ${longest.id}` }]);
    expect(runsIn('results')).toHaveLength(2);
  });

  it('start over where the learning rate depends on the last epoch, which is said, and with --fresh', async () => {
    await run('schedule', 'epochs: 1, learningRateSchedule: linear');
    writeFileSync(join(folder, 'faces.yaml'), `${TEXT}training: {batchSize: 8, epochs: 2, learningRateSchedule: linear}\n`);
    const { stdout } = await facet('plan', 'faces.yaml', '--results', 'schedule', '--json');
    const { id } = withEpochs('schedule', 1);
    expect(JSON.parse(stdout).runs).toMatchObject([
      { action: 'start', reason: `new: the linear schedule of ${id} was laid out for 1 epoch` },
    ]);
    await run('results', 'epochs: 5', '--fresh');
    expect(withEpochs('results', 5).record?.continues).toBeUndefined();
    expect(readFileSync(logFile(withEpochs('results', 5).folder), 'utf8')).not.toContain('Continuing');
  });
});
