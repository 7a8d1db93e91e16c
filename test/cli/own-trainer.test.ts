// A trainer that the experiment file names: any program, with parameters of its own.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp } from '../../src/dashboard/app.ts';
import { createStore } from '../../src/dashboard/store.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { TEST_ASSETS } from '../helpers/dashboard.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env = { FACET_TRAINER: '', FACET_GRACE_SECONDS: '20' };
});
afterEach(() => workplace.remove());

const write = (file: string, text: string) => writeFileSync(join(workplace.folder, file), text);
const list = async () => JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout).runs as { id: string; state: string }[];
const record = (id: string) => JSON.parse(readFileSync(join(workplace.results, 'sweep', id, 'run.json'), 'utf8'));

it('succeeds with metrics lines and an exit code, sweeps its parameters, and tells what trained', async () => {
  write('train.sh', 'for step in 1 2 3; do echo "{\\"step\\":$step,\\"score\\":$step}" >> "$2/metrics.jsonl"; done\n');
  workplace.writeText(`trainer: {command: [sh, train.sh, word], parameters: {beta: 1}, metrics: {score: {better: max}}}
sweep: {grid: {trainer.parameters.lr: [0.1, 0.2]}}`);
  const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
  expect(exitCode, all).toBe(0);
  const runs = await list();
  expect(runs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  expect(runs.map(({ id }) => id.replace(/-[0-9a-f]+$/, ''))).toEqual(['lr0.1', 'lr0.2']);
  const { config, provenance } = record(runs[1]!.id);
  expect(config.trainer.parameters).toEqual({ beta: 1, lr: 0.2 });
  expect(provenance.backend).toBeNull();
  expect(provenance.trainer).toMatchObject({ program: 'sh train.sh word', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

it('takes an outcome with a status alone', async () => {
  write('train.sh', `echo '{"step":7}' >> "$1/metrics.jsonl"; echo '{"status":"diverged"}' > "$1/outcome.json"\n`);
  workplace.writeText('trainer: {command: [sh, train.sh]}');
  await workplace.facet('run', 'sweep.yaml');
  expect((await list()).map(({ state }) => state)).toEqual(['diverged']);
});

it('calls a run that ends with another code, or without a step, crashed', async () => {
  write('train.sh', `[ "$2" = "" ] || echo '{"step":1}' >> "$2/metrics.jsonl"; exit "$1"\n`);
  workplace.writeText('trainer: {command: [sh, train.sh, "3"]}');
  await workplace.facet('run', 'sweep.yaml');
  expect((await list()).map(({ state }) => state)).toEqual(['crashed']);
  write('train.sh', 'exit 0\n');
  workplace.writeText('trainer: {command: [sh, train.sh, "0"]}');
  await workplace.facet('run', 'sweep.yaml');
  expect((await list()).map(({ state }) => state)[0]).toBe('crashed');
});

it('reaches a program without a channel by SIGTERM when the experiment is stopped', async () => {
  const loop = `echo '{"step":1}' >> "$1/metrics.jsonl"; while :; do sleep 0.1; done`;
  write('train.sh', `trap 'echo saved > "$1/state"; exit 75' TERM\n${loop}\n`);
  workplace.writeText('trainer: {command: [sh, train.sh]}');
  const run = workplace.facet('run', 'sweep.yaml');
  const hasSteps = () => {
    const sweep = join(workplace.results, 'sweep');
    return existsSync(sweep) && readdirSync(sweep).some((id) => existsSync(join(sweep, id, 'metrics.jsonl')));
  };
  await expect.poll(hasSteps, { timeout: 60_000 }).toBe(true);
  await workplace.facet('stop', 'sweep');
  await run;
  const [{ id, state }] = (await list()) as [{ id: string; state: string }];
  expect(state).toBe('cancelled');
  expect(readFileSync(join(workplace.results, 'sweep', id, 'state'), 'utf8')).toBe('saved\n');
});

it('shows its metrics as the file declares them: on the terminal, in JSON, in a comparison and on the dashboard', async () => {
  write('train.sh', 'for step in 1 2 3; do echo "{\\"step\\":$step,\\"snr\\":$((step * 10)),\\"other\\":7}" >> "$1/metrics.jsonl"; done\n');
  write(
    'train.sh',
    `${readFileSync(join(workplace.folder, 'train.sh'), 'utf8')}echo '{"step":3,"epoch":1,"values":{"gain":5}}' > "$1/evaluations.jsonl"\n`,
  );
  workplace.writeText(`trainer:
  command: [sh, train.sh]
  metrics: {snr: {label: Signal to noise, unit: dB, better: max}, gain: {label: Gain, better: max}}
sweep: {grid: {trainer.parameters.lr: [0.1, 0.2]}}`);
  const { all, stdout } = await workplace.facet('run', 'sweep.yaml');
  expect(all).toContain('2 runs to do on sh train.sh; ');
  expect(stdout).toMatch(/^run +state +epochs +Gain +other +Signal to noise \(dB\) /m);
  const status = await workplace.facet('status', 'sweep');
  expect(status.stdout).toMatch(/^run +state +epoch +Gain +other +Signal to noise \(dB\) /m);
  const [run] = JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout).runs;
  expect(run).toMatchObject({ declared: { snr: { label: 'Signal to noise', unit: 'dB', better: 'max' } }, best: { by: 'gain' } });
  const { metrics } = JSON.parse((await workplace.facet('compare', 'sweep', '--json')).stdout);
  expect(metrics).toContainEqual({ name: 'snr', label: 'Signal to noise', unit: 'dB', better: 'max' });
  const app = createApp(createStore(workplace.results, { restMs: 0, patienceMs: Number.POSITIVE_INFINITY }), {
    assets: TEST_ASSETS,
    onError: () => {},
  });
  const headers = { host: '127.0.0.1:7860' };
  const page = await (await app.request('http://127.0.0.1:7860/experiments/sweep', { headers })).text();
  expect(page).toContain('Signal to noise (dB)');
});

it('packs no data unless the file asks for them, and then names their folder', async () => {
  workplace.env.FACET_CACHE = join(workplace.folder, 'cache');
  write('train.sh', 'echo "{\\"step\\":1}" >> "$1/metrics.jsonl"; echo "data: $FACET_DATA"\n');
  workplace.writeText('trainer: {command: [sh, train.sh]}');
  await workplace.facet('run', 'sweep.yaml');
  const [before] = await list();
  expect(existsSync(join(workplace.folder, 'cache', 'data'))).toBe(false);
  const log = () => readFileSync(join(workplace.results, 'sweep', before!.id, 'log.txt'), 'utf8');
  expect(log()).toBe('data: \n');
  workplace.writeText('trainer: {command: [sh, train.sh], data: packed}');
  await workplace.facet('run', 'sweep.yaml', '--fresh');
  expect((await list()).map(({ id }) => id)).toEqual([before!.id]); // the id stays
  const [, folder] = /^data: (.*)\n$/.exec(log())!;
  expect(JSON.parse(readFileSync(join(folder!, 'manifest.json'), 'utf8'))).toMatchObject({ count: 8, imageSize: 32 });
});

it('is repeated, with what it leaves compared by content', async () => {
  const trainer = (last: string) => `mkdir -p "$1/samples" "$1/checkpoints/deep"
echo '{"step":1}' >> "$1/metrics.jsonl"; echo picture > "$1/samples/a.txt"; echo ${last} > "$1/checkpoints/deep/state.pt"\n`;
  write('train.sh', trainer('state'));
  workplace.writeText('trainer: {command: [sh, train.sh]}');
  await workplace.facet('run', 'sweep.yaml');
  const [{ id }] = (await list()) as [{ id: string; state: string }];
  const same = await workplace.facet('reproduce', id);
  expect(same.stdout).toContain('Nothing that is known of differs.');
  expect([same.exitCode, same.stdout]).toEqual([0, expect.stringContaining('bit-identical: 1 step of metrics, 2 files')]);
  write('train.sh', trainer('$$'));
  const other = await workplace.facet('reproduce', id);
  expect(other.stdout).toContain('1 difference: trainer.');
  expect(other.exitCode).toBe(1);
  expect(other.stdout).toContain('different: 1 of 2 files in samples and checkpoints, first checkpoints/deep/state.pt: other bytes');
});

it('refuses parameters of a trainer that the file does not name, and a trainer without a command', async () => {
  workplace.writeText('sweep: {grid: {trainer.parameters.lr: [1]}}');
  expect((await workplace.facet('validate', 'sweep.yaml')).all).toContain('expected the command of the trainer');
  workplace.writeText('trainer: {parameters: {lr: 1}}');
  expect((await workplace.facet('validate', 'sweep.yaml')).all).toContain('trainer.command: expected a list of words');
});
