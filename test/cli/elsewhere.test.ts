import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeLabelledFolder } from '../helpers/labelled-folder.ts';
import { trainer } from '../helpers/sweep.ts';

let workplace: Workplace;
let elsewhere: string;
beforeEach(async () => {
  workplace = createWorkplace();
  workplace.env.FACET_TRAINER = trainer('repeatable');
  elsewhere = join(workplace.folder, 'elsewhere');
  mkdirSync(elsewhere);
  await writeLabelledFolder(join(workplace.folder, 'faces'), 16);
});
afterEach(() => workplace.remove());

const write = (root: string) =>
  writeFileSync(
    join(workplace.folder, 'sweep.yaml'),
    `name: sweep\ndataset: {source: folder, root: "${root}", imageSize: 32}\nattributes: [Bright]\ntraining: {epochs: 2, batchSize: 4}\n`,
  );
const facet = (cwd: string, args: string[], env = {}) =>
  execa(process.execPath, [join(workplace.root, 'bin/facet.js'), ...args], {
    cwd,
    reject: false,
    env: { FACET_TRAINER: workplace.env.FACET_TRAINER, FACET_BACKEND: 'wasm', FACET_CACHE: join(workplace.folder, 'cache'), ...env },
  });

describe('data of a shared experiment file', () => {
  it.each([
    ['relative to the file', 'faces', {}],
    ['in the home folder', '~/faces', { home: true }],
    ['below a variable', '$FACES_ROOT/faces', { variable: true }],
  ])('is found %s, from any working directory', async (_, root, { home, variable }: { home?: boolean; variable?: boolean }) => {
    write(root);
    const env = { ...(home && { HOME: workplace.folder }), ...(variable && { FACES_ROOT: workplace.folder }) };
    const { exitCode, all, stderr } = await facet(elsewhere, ['plan', '../sweep.yaml'], env);
    expect(exitCode, all ?? stderr).toBe(0);
  });

  it('is told to be missing with the field, and the variable that is not set', async () => {
    write('$NO_SUCH_VARIABLE/faces');
    const { exitCode, stderr } = await facet(workplace.folder, ['plan', 'sweep.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^sweep\.yaml:2:\d+ {2}dataset\.root: .*the variable NO_SUCH_VARIABLE is not set/);
  });
});

describe('a run that is reproduced from another working directory', () => {
  beforeEach(async () => {
    write('faces');
    const { exitCode, stderr } = await facet(workplace.folder, ['run', 'sweep.yaml'], { TF_NUM_INTEROP_THREADS: '1' });
    expect(exitCode, stderr).toBe(0);
  });
  const runFolder = async () => {
    const { stdout } = await facet(workplace.folder, ['status', 'sweep', '--json']);
    return join(workplace.folder, 'results/sweep', JSON.parse(stdout).runs[0].id);
  };

  it('finds its data and its folder again; what was set is compared', async () => {
    const folder = await runFolder();
    const { exitCode, stdout, stderr } = await facet(elsewhere, ['reproduce', folder]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/variables\s+.*TF_NUM_INTEROP_THREADS=1.*differs/);
    const { provenance } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    expect(provenance).toMatchObject({
      workingDirectory: workplace.folder,
      trainer: { program: workplace.env.FACET_TRAINER, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      environment: { TF_NUM_INTEROP_THREADS: '1' },
    });
  });

  it('names where its data were once they are gone', async () => {
    const folder = await runFolder();
    renameSync(join(workplace.folder, 'faces'), join(workplace.folder, 'moved'));
    const { exitCode, stderr } = await facet(elsewhere, ['reproduce', folder]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`its pictures were in ${join(workplace.folder, 'faces')}`);
  });

  it('is named by its folder wherever that lies', async () => {
    cpSync(await runFolder(), join(elsewhere, 'copied'), { recursive: true });
    const { exitCode, stdout, stderr } = await facet(elsewhere, ['logs', 'copied']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).not.toContain('Expected');
  });
});
