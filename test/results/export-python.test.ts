// The programs that exports are for read them: TensorBoard, and Parquet's own reader.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportExperiment } from '../../src/results/export/export-experiment.ts';
import type { ExportFormat } from '../../src/results/export/formats.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { findPython } from '../helpers/python.ts';

const tensorboard = findPython('tensorboard');
const pyarrow = findPython('pyarrow');
const note = (name: string, python: unknown) => (python ? '' : ` (skipped: no ${name} in .peers or FACET_TEST_PYTHON)`);

let root: string;
let ids: Record<string, string>;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facet-export-'));
  ids = await writeExampleResults(join(root, 'results'), { stepsPerEpoch: 20, rows: 1, imageSize: 32, hasOracle: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function exportTo(to: ExportFormat): Promise<string> {
  const { name, runs } = readExperiment(join(root, 'results'), 'attr-sweep');
  const out = join(root, to);
  const watched = { signal: new AbortController().signal, onRun: () => {}, onProblem: () => {} };
  await exportExperiment({ name, runs: runs.filter(({ state }) => state !== 'queued') }, { to, out, version: '1', ...watched });
  return out;
}

function parse({ stdout, stderr }: { stdout: string; stderr: string }) {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

it.skipIf(!tensorboard)(`TensorBoard reads losses, evaluations and grids${note('tensorboard', tensorboard)}`, async () => {
  const folder = join(await exportTo('tensorboard'), ids['two 1']!);
  const { stdout, stderr } = tensorboard!(
    `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
read = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
read.Reload()
tags = read.Tags()
images = [[image.step, image.width, image.height] for image in read.Images("samples")]
losses = [[event.step, event.value] for event in read.Scalars("training/lossD")]
print(json.dumps({"tags": tags["scalars"], "images": images, "losses": losses}))
`,
    folder,
  );
  expect(readdirSync(folder)).toHaveLength(1);
  const read = parse({ stdout, stderr }) as { tags: string[]; images: number[][]; losses: number[][] };
  expect(read.tags).toEqual(expect.arrayContaining(['training/lossG', 'evaluation/slicedWasserstein', 'evaluation/frechetDistance']));
  expect(read.images.map(([step]) => step)).toEqual([20, 40, 60, 80, 100, 120, 140, 160]);
  const { records } = readMetrics(metricsFile(join(root, 'results', 'attr-sweep', ids['two 1']!)));
  expect(read.losses).toEqual(records.map(({ step, lossD }) => [step, Math.fround(lossD!)]));
});

it.skipIf(!pyarrow)(`pyarrow reads both tables${note('pyarrow', pyarrow)}`, async () => {
  const { stdout, stderr } = pyarrow!(
    `
import json, sys
from pyarrow import parquet
runs, records = (parquet.read_table(f"{sys.argv[1]}/{name}.parquet") for name in ("runs", "records"))
types = {field.name: str(field.type) for field in records.schema}
print(json.dumps({"runs": runs.column("run").to_pylist(), "rate": runs.column("training.learningRate")[0].as_py(), "types": types}))
`,
    await exportTo('parquet'),
  );
  const read = parse({ stdout, stderr });
  expect(read.runs).toEqual(Object.values(ids).filter((id) => id !== ids['ten 3']));
  expect(read).toMatchObject({ rate: 0.0002, types: { step: 'int64', seconds: 'double', metric: 'string', value: 'double' } });
});
