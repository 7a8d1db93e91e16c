import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCode } from '../../src/runner/provenance/code.ts';

/** A checkout of something that looks like Facet, and a real git. */
let folder: string;
let checkout: string;
const git = (...args: string[]) => execa('git', args, { cwd: checkout, env: { ...IDENTITY } });
const write = (name: string, content: string | Buffer) => writeFileSync(join(checkout, name), content);
const IDENTITY = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'a'],
    [`GIT_${who}_EMAIL`, 'a@b.c'],
  ]),
);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-provenance-'));
  checkout = join(folder, 'checkout');
  mkdirSync(join(checkout, 'src'), { recursive: true });
  await git('init', '-q');
  write('package.json', '{"name":"facet"}\n');
  write('package-lock.json', '{"lockfileVersion":3}\n');
  write('.gitignore', 'results/*\n/data/\n');
  write('src/a.ts', 'export const a = 1;\n');
  write('src/b.ts', 'export const b = 1;\n');
  write('src/picture.bin', Buffer.from([0, 1, 2, 255]));
  await git('add', '-A');
  await git('commit', '-qm', 'first');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const headOf = async () => (await git('rev-parse', 'HEAD')).stdout;
/** Every file but git's own, by content. */
const filesIn = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.parentPath.includes(`${root}/.git`))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(root.length + 1), readFileSync(path).toString('hex')]),
  );

describe('the code that a result comes from', () => {
  it('is its commit alone where nothing was changed, and the hash of the lock file', async () => {
    expect(await readCode(checkout)).toEqual({
      tensorflowLockHash: null,
      git: { commit: await headOf(), dirty: false, patch: null },
      lockHash: createHash('sha256').update('{"lockfileVersion":3}\n').digest('hex'),
      patch: null,
    });
  });

  it('comes back, file for file, by applying the patch to the commit: edited, staged, added, removed, binary, executable, linked', async () => {
    write('src/a.ts', 'export const a = 2;');
    write('src/staged.ts', 'staged, then edited\n');
    await git('add', 'src/staged.ts');
    appendFileSync(join(checkout, 'src/staged.ts'), 'after that\n');
    rmSync(join(checkout, 'src/b.ts'));
    write('src/picture.bin', Buffer.from([0, 1, 3, 255, 0]));
    write('src/née "new".ts', 'new\n');
    write('src/empty.ts', '');
    write('run.sh', '#!/bin/sh\n');
    chmodSync(join(checkout, 'run.sh'), 0o755);
    symlinkSync('a.ts', join(checkout, 'src/link.ts'));
    await git('config', 'diff.noprefix', 'true');
    await git('config', 'color.ui', 'always');
    const before = {
      files: filesIn(checkout),
      index: readFileSync(join(checkout, '.git/index')),
      objects: filesIn(join(checkout, '.git/objects')),
    };

    const { git: recorded, patch } = await readCode(checkout);
    expect(recorded).toEqual({ commit: await headOf(), dirty: true, patch: patch!.name });
    expect(patch!.name).toBe(`code-${createHash('sha256').update(patch!.content).digest('hex').slice(0, 8)}.patch`);
    // Looking changes nothing in the checkout.
    expect(filesIn(join(checkout, '.git/objects'))).toEqual(before.objects);
    expect(readFileSync(join(checkout, '.git/index')).equals(before.index)).toBe(true);

    const elsewhere = join(folder, 'elsewhere');
    await execa('git', ['clone', '-q', checkout, elsewhere]);
    writeFileSync(join(folder, 'code.patch'), patch!.content);
    await execa('git', ['apply', join(folder, 'code.patch')], { cwd: elsewhere });
    expect(filesIn(elsewhere)).toEqual(before.files);
    expect((await readCode(elsewhere)).patch).toEqual(patch);
  });

  it('never takes in results, data, ignored files or folders that hold them', async () => {
    for (const place of ['results/sweep', 'data', 'elsewhere/results', 'pictures']) mkdirSync(join(checkout, place), { recursive: true });
    for (const file of ['results/sweep/x.png', 'data/faces.jpg', 'elsewhere/results/log.txt', 'pictures/1.png']) write(file, 'not code');
    const exclude = [
      join(checkout, 'elsewhere/results'),
      join(checkout, 'pictures'),
      join(folder, 'far away'),
      join(checkout, 'not there'),
    ];
    expect((await readCode(checkout, { exclude })).git).toMatchObject({ dirty: false, patch: null });
    write('src/a.ts', 'export const a = 2;\n');
    const { patch } = await readCode(checkout, { exclude });
    expect(patch!.content.toString()).toContain('+export const a = 2;');
    expect(patch!.content.toString()).not.toContain('not code');
  });

  it('leaves large files out and says so; of changes that are too large altogether it says why nothing is kept', async () => {
    write('src/a.ts', 'export const a = 2;\n');
    write('faces.zip', Buffer.alloc(3 * 2 ** 20, 'x'));
    await git('add', 'faces.zip');
    const { git: recorded, patch } = await readCode(checkout);
    expect(recorded).toMatchObject({ dirty: true, patch: patch!.name, note: 'left out of the patch: faces.zip (3.1 MB)' });
    expect(patch!.content.length).toBeLessThan(1000);
    for (let i = 0; i < 6; i++) write(`text-${i}.txt`, `${'abcdefg\n'.repeat(120_000)}${i}`);
    expect(await readCode(checkout)).toMatchObject({
      git: { dirty: true, patch: null, note: expect.stringMatching(/^the patch is not kept: 6\.\d MB, more than 4\.2 MB$/) },
      patch: null,
    });
  });

  it('is taken of the whole checkout although Facet is a part of it', async () => {
    mkdirSync(join(checkout, 'tools'));
    cpSync(join(checkout, 'package.json'), join(checkout, 'tools/package.json'));
    await git('add', '-A');
    await git('commit', '-qm', 'nested');
    write('src/a.ts', 'export const a = 2;\n');
    expect((await readCode(join(checkout, 'tools'))).patch!.content.toString()).toContain('a/src/a.ts');
  });
});

describe('without a repository of its own, the code has a lock file at most', () => {
  const withoutGit = { git: null, patch: null };

  it.each([
    ['outside a repository', async () => rmSync(join(checkout, '.git'), { recursive: true })],
    ['in a bare repository', async () => void (await git('config', 'core.bare', 'true'))],
    ['in a repository that has no commit', async () => void (await git('update-ref', '-d', 'HEAD'))],
    ["in a folder of somebody else's repository", async () => void (await git('rm', '-q', '--cached', 'package.json'))],
  ])('%s', async (_where, change) => {
    await change();
    expect(await readCode(checkout)).toMatchObject({ ...withoutGit, gitProblem: expect.any(String), lockHash: expect.any(String) });
  });

  it('nor in a folder that is not there', async () => {
    expect(await readCode(join(folder, 'nowhere'))).toEqual({
      ...withoutGit,
      gitProblem: 'no git repository',
      lockHash: null,
      tensorflowLockHash: null,
    });
  });

  it.each([
    ['git refuses the folder as another user’s', () => ({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }), /dubious ownership/],
    ['there is no git', () => ({ PATH: '/nonexistent' }), /^git is not installed$/],
  ])('where %s, it says why', async (_why, variables, problem) => {
    for (const [name, value] of Object.entries(variables())) vi.stubEnv(name, value);
    expect(await readCode(checkout)).toMatchObject({ ...withoutGit, isUnreadable: true, gitProblem: expect.stringMatching(problem) });
  });
});
