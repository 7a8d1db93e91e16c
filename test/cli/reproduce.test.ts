// facet reproduce, as a process, with children of its own.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareWeights } from '../../src/cli/reproduce/compare-weights.ts';
import { compareRuns } from '../../src/results/compare/compare-runs.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, metricsFile, outcomeFile, reproductionsFolder, runFile } from '../../src/results/paths.ts';
import { readExperiment, readRun } from '../../src/results/read.ts';
import type { RunRecord } from '../../src/results/records.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { trainer } from '../helpers/sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env.FACET_TRAINER = trainer('repeatable');
});
afterEach(() => workplace.remove());

const runs = () => readExperiment(workplace.results, 'sweep').runs;
const original = () => runs()[0]!;
const again = (n: number) => join(reproductionsFolder(join(workplace.results, 'sweep')), `${original().id}.${n}`);
const reproduce = (...more: string[]) => workplace.facet('reproduce', original().id, ...more);
const train = async (count = 1) => {
  workplace.writeSweep(count);
  expect((await workplace.facet('run', 'sweep.yaml')).exitCode).toBe(0);
};
const change = (path: string, edit: (text: string) => string) => writeFileSync(path, edit(readFileSync(path, 'utf8')));
const changeRecord = (edit: (record: RunRecord) => object) =>
  change(runFile(original().folder), (text) => {
    const record = JSON.parse(text);
    return JSON.stringify({ ...record, ...edit(record) });
  });

describe('facet run', () => {
  it('leaves in each run folder what its code was: commit, patch, lock file', async () => {
    await train();
    const { record, folder } = original();
    const lock = readFileSync(join(FACET_ROOT, 'package-lock.json'));
    expect(record?.provenance.lockHash).toBe(createHash('sha256').update(lock).digest('hex'));
    const { git } = record!.provenance;
    const patches = readdirSync(folder).filter((name) => name.endsWith('.patch'));
    expect(patches).toEqual(git?.patch ? [git.patch] : []);
    for (const name of patches) {
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      expect(name).toBe(`code-${hash.slice(0, 8)}.patch`);
    }
  });
});

describe('facet reproduce', () => {
  it('trains a run again beside the original and finds it the same, timings aside', async () => {
    await train(2);
    const before = JSON.stringify(runs());
    const { exitCode, stdout } = await reproduce();
    expect(stdout).toContain('bit-identical: 8 steps of metrics, 4 evaluations, final weights, 4 sample grids');
    expect(exitCode).toBe(0);
    for (const fact of [
      'commit',
      'uncommitted changes',
      'package-lock.json',
      'Facet',
      'Node',
      'backend',
      'CPU',
      'GPUs',
      'threads',
      'data',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${fact}  `, 'm'));
    }
    expect(readRun(again(1))).toMatchObject({ state: 'succeeded', record: { experiment: 'sweep', config: original().record!.config } });
    // The original and what the sweep shows of itself are as they were.
    expect(JSON.stringify(runs())).toBe(before);
    expect((await workplace.facet('run', 'sweep.yaml')).stdout).toContain('0 runs to do');
  });

  it('names the first metric that differs, with its step, both values and by how much', async () => {
    await train();
    change(metricsFile(original().folder), (text) => {
      const lines = text.split('\n');
      const third = JSON.parse(lines[2]!);
      return [...lines.slice(0, 2), JSON.stringify({ ...third, lossG: 0.5, dFake: 0.25 }), ...lines.slice(3)].join('\n');
    });
    const { exitCode, stdout } = await reproduce();
    expect(exitCode).toBe(1);
    const now = readMetrics(metricsFile(again(1))).records[2]!.lossG;
    const [absolute, relative] = [Math.abs(0.5 - now), Math.abs(0.5 - now) / Math.max(0.5, now)].map((value) =>
      Number(value.toPrecision(3)),
    );
    expect(stdout).toContain(`different: lossG at step 3: 0.5 in the original, ${now} now; by ${absolute}, relatively ${relative} (`);
    expect(stdout).toContain('bit-identical: 4 evaluations, final weights, 4 sample grids');
  });

  it('names the tensor in which weights differ most, and the first picture and evaluation that do', async () => {
    await train();
    const checkpoint = join(original().folder, 'checkpoints/000008.safetensors');
    const bytes = readFileSync(checkpoint);
    bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) * 2, bytes.length - 4);
    writeFileSync(checkpoint, bytes);
    appendFileSync(join(original().folder, 'samples/000003.png'), '!');
    change(join(original().folder, 'evaluations.jsonl'), (text) =>
      text.replace(/"slicedWasserstein":[\d.e-]+\}\}\n$/, '"slicedWasserstein":2}}\n'),
    );
    const { exitCode, stdout } = await reproduce();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /different: weights of step 8, in 1 of 2 tensors; most in generator\.b: by 0\.\d+, relatively 0\.5 of its largest element/,
    );
    expect(stdout).toContain('different: 1 of 4 sample grids, first after epoch 3');
    expect(stdout).toMatch(/different: slicedWasserstein at step 8: 2 in the original, 0\.\d+ now/);
    expect(stdout).toMatch(/bit-identical: 8 steps of metrics$/);
  });

  it('compares a run that came only half-way as far as it came', async () => {
    await train();
    rmSync(outcomeFile(original().folder));
    change(metricsFile(original().folder), (text) => `${text.split('\n').slice(0, 3).join('\n')}\n`);
    const { exitCode, stdout } = await reproduce();
    expect(stdout).toContain('The original came no further than epoch 2 of 4: so much is compared.');
    expect(stdout).toContain('bit-identical: 3 steps of metrics');
    expect(exitCode).toBe(0);
    expect(readRun(again(1))).toMatchObject({ state: 'stopped-early', outcome: { steps: 4, epochs: 2 } });
  });

  it('says so where the repetition crashes before the end of the original', async () => {
    await train();
    workplace.env.TRAINER_CRASH_AT = '5';
    const { exitCode, stdout } = await reproduce();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('different: the repetition ends at step 5 of 8 (crashed: ');
    expect(stdout).toContain('bit-identical: 5 steps of metrics, 2 evaluations, weights of step 4, 2 sample grids');
  });

  it('goes on with a repetition that was stopped, and begins another one once that is finished', async () => {
    workplace.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1'; // without git: an edit meanwhile would be other code
    await train();
    workplace.env.TRAINER_STEP_MS = '3000';
    const runner = reproduce();
    await expect.poll(() => readMetrics(metricsFile(again(1))).records.length, { timeout: 30_000 }).toBeGreaterThan(0);
    const holder = await reproduce();
    expect(holder).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is being repeated already, by process') });
    runner.kill('SIGINT');
    const stopped = await runner;
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stdout).toContain(`Go on with: npx facet reproduce ${original().id}`);
    expect(existsSync(leaseFile(again(1)))).toBe(false);

    workplace.env.TRAINER_STEP_MS = '5';
    const second = await reproduce();
    expect(second.stdout).toContain('bit-identical: 8 steps of metrics');
    expect(readRun(again(1)).record?.resumptions).toHaveLength(1);
    expect(existsSync(again(2))).toBe(false);
    expect((await reproduce()).exitCode).toBe(0);
    expect(readRun(again(2)).state).toBe('succeeded');
  });

  it('uses the threads of the original and tells what else is other today', async () => {
    await train();
    changeRecord(({ provenance }) => ({
      provenance: {
        ...provenance,
        threads: 7,
        facet: '0.0.1',
        lockHash: 'f'.repeat(64),
        git: { commit: 'e'.repeat(40), dirty: true, patch: 'code-01234567.patch' },
      },
    }));
    const { exitCode, stdout } = await reproduce();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^threads +7 +7/m);
    expect(stdout).toMatch(/^package-lock.json +ffffffffffff +[0-9a-f]{12} +differs/m);
    expect(stdout).toMatch(/^Facet +0\.0\.1 +\S+ +differs/m);
    expect(stdout).toContain(
      `git checkout eeeeeeeeeeee && git apply ${join('results/sweep', original().id, 'code-01234567.patch')} && npm ci`,
    );
    expect(readRun(again(1)).record?.provenance.threads).toBe(7);
  });

  it('leaves out evaluations of a former version, which asked for other pictures, and says so', async () => {
    await train();
    changeRecord(({ config: { evaluation: _, ...config } }) => ({ config }));
    const path = join(original().folder, 'evaluations.jsonl');
    expect(readFileSync(path, 'utf8')).toMatch(/"slicedWasserstein":\d/);
    change(path, (text) => text.replaceAll(/"slicedWasserstein":/g, '"slicedWasserstein":1'));
    const { exitCode, stdout } = await reproduce();
    expect(stdout).toContain('evaluations not compared: a former version asked for other pictures');
    expect(stdout).not.toMatch(/different/);
    expect(exitCode).toBe(0);
    expect(readRun(again(1)).record?.config.evaluation.oracle).toBe(false);
  });

  it('is refused in one line where it cannot be done', async () => {
    await train();
    const refusals: [why: string, words: string, edit: () => void][] = [
      ['another run', 'did you mean', () => {}],
      [
        'other data',
        'drawn otherwise by this version of Facet (synthetic-0, now',
        () => changeRecord(() => ({ dataIdentity: 'synthetic-0' })),
      ],
      [
        'an unknown configuration',
        'holds a configuration that this version does not know',
        () => changeRecord(() => ({ config: { attributes: [], training: {}, model: {}, dataset: {} } })),
      ],
      ['no metrics', 'has no step to compare with; it is succeeded', () => rmSync(metricsFile(original().folder))],
      ['no record', 'expected a run with its run.json, found none', () => rmSync(runFile(original().folder))],
    ];
    for (const [why, words, edit] of refusals) {
      const { id } = original();
      edit();
      const { exitCode, stderr, stdout } = await workplace.facet('reproduce', why === 'another run' ? `${id.slice(0, -1)}x` : id);
      expect({ why, exitCode, stdout }).toEqual({ why, exitCode: 2, stdout: '' });
      expect(stderr).toContain(words);
      expect(
        stderr
          .trim()
          .split('\n')
          .filter((line) => !line.startsWith('npm warn')),
      ).toHaveLength(1);
    }
    expect(existsSync(again(1))).toBe(false);
  });
});

describe('two runs', () => {
  it('of different seeds differ from the first step on, in metrics, evaluations, weights and pictures', async () => {
    await train(2);
    const [one, two] = runs().map(({ folder }) => folder) as [string, string];
    const { metrics, evaluations, samples } = compareRuns(one, two);
    expect(metrics.first).toMatchObject({ step: 1, field: 'lossD' });
    expect(evaluations.first).toMatchObject({ step: 2, field: 'slicedWasserstein' });
    expect(samples).toMatchObject({ compared: 4, different: { length: 4 } });
    expect(compareWeights(one, two, () => {})).toMatchObject({ step: 8, different: [{ name: 'generator.a' }, { name: 'generator.b' }] });
  });

  it('are compared at an older checkpoint where the newest is damaged, and that is said', async () => {
    await train();
    const { folder } = original();
    writeFileSync(join(folder, 'checkpoints/000008.safetensors'), 'cut');
    const damaged: string[] = [];
    const weights = compareWeights(folder, folder, (message) => damaged.push(message));
    expect(weights).toMatchObject({ kind: 'compared', step: 6, different: [] });
    expect(damaged[0]).toContain('000008.safetensors is 3 bytes long');
  });
});

describe('with the real trainer on native TensorFlow', () => {
  beforeEach(() => {
    Object.assign(workplace.env, { FACET_TRAINER: '', FACET_BACKEND: 'tensorflow', FACET_CACHE: join(workplace.folder, 'cache') });
  });

  it('a run comes out the same, bit for bit; one number or one weight changed afterwards is found', async () => {
    const tiny = 'dataset: {source: synthetic, images: 64, imageSize: 32}\nmodel: {width: 16}\nattributes: [Male, Young]\n';
    const training = 'training: {epochs: 3, batchSize: 16}\nsamples: {rows: 2, every: 2}\nexecution: {parallel: 1}\n';
    writeFileSync(join(workplace.folder, 'sweep.yaml'), `name: sweep\n${tiny}${training}`);
    const first = await workplace.facet('run', 'sweep.yaml');
    expect(first.all).toContain('1 of 1 run succeeded');
    const same = await reproduce();
    expect(same.stdout).toContain('bit-identical: 12 steps of metrics, 2 evaluations, final weights, 2 sample grids');
    expect(same.exitCode).toBe(0);

    const { folder } = original();
    const path = join(folder, 'checkpoints/000012.safetensors');
    const bytes = readFileSync(path);
    const headerLength = Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
    const [name] = Object.keys(header).filter((key) => key.endsWith('.weight'));
    const at = 8 + headerLength + header[name!].data_offsets[0];
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at); // the last bit of its first number
    delete header.__metadata__.sha256;
    const rest = JSON.stringify(header).padEnd(headerLength);
    bytes.write(rest, 8);
    writeFileSync(path, bytes);
    change(metricsFile(folder), (text) => text.replace(/("step":7,.*"lossD":)[\d.]+/, '$10.125'));
    const other = await reproduce();
    expect(other.exitCode).toBe(1);
    expect(other.stdout).toContain('different: lossD at step 7: 0.125 in the original, ');
    expect(other.stdout).toMatch(
      new RegExp(`different: weights of step 12, in 1 of \\d+ tensors; most in ${name!.replaceAll('.', '\\.')}: by `),
    );
  }, 300_000);
});
