// The code of the checkout as it is now: commit, uncommitted changes as a patch that `git apply` takes, lock file. Nothing in the
// checkout is changed.

import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { execa } from 'execa';
import { formatBytes } from '../../experiment/units.ts';
import { describeProblem } from '../../results/errors.ts';
import type { Provenance } from '../../results/records.ts';

export interface Code {
  git: Provenance['git'];
  /** Why `git` is null, for a person. */
  gitProblem?: string;
  /** Whether there is a repository that could not be read: whoever starts a run should know. */
  isUnreadable?: boolean;
  lockHash: string | null;
  tensorflowLockHash: string | null;
  /** The content of the patch that `git` names. */
  patch: CodePatch | null;
}

export interface CodePatch {
  name: string;
  content: Buffer;
}

/**
 * `git` is null, and `gitProblem` says why, without git, outside a repository, in one that git refuses or that does not track this code,
 * and in a bare one. `exclude`: folders whose changes are none of the code's, such as results and data. Never rejects.
 */
export async function readCode(folder: string, { exclude = [] }: { exclude?: readonly string[] } = {}): Promise<Code> {
  const [lockHash, tensorflowLockHash, code] = await Promise.all([
    hashFile(join(folder, 'package-lock.json')),
    hashFile(join(folder, 'tensorflow/package-lock.json')),
    readGit(folder, exclude).catch((error) => withoutGit(describeProblem(error), true)),
  ]);
  return { lockHash, tensorflowLockHash, ...code };
}

type GitState = Omit<Code, 'lockHash' | 'tensorflowLockHash'>;

function withoutGit(gitProblem: string, isUnreadable = false): GitState {
  return { git: null, gitProblem, ...(isUnreadable && { isUnreadable }), patch: null };
}

async function readGit(folder: string, exclude: readonly string[]): Promise<GitState> {
  const top = await askTop(folder);
  if (typeof top !== 'string') return top;
  const [commit, tracked] = await Promise.all([
    askGitLine(['rev-parse', '--verify', 'HEAD'], { folder }),
    askGitLine(['ls-files', '--', 'package.json'], { folder }),
  ]);
  if (!commit) return withoutGit('the repository has no commit that git can read');
  if (!tracked) return withoutGit('the repository around this code does not track it'); // a copy of Facet inside somebody else's
  const paths = await listChanges(top, exclude);
  if (paths === null) return { git: { commit, dirty: true, patch: null, note: 'git could not list what was changed' }, patch: null };
  if (paths.length === 0) return { git: { commit, dirty: false, patch: null }, patch: null };
  const { content, note } = await readPatch({ folder: top, commit, paths });
  const patch = content && { name: `code-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.patch`, content };
  return { git: { commit, dirty: true, patch: patch?.name ?? null, ...(note === null ? {} : { note }) }, patch };
}

/** The top of the checkout; or why there is none. */
async function askTop(folder: string): Promise<string | GitState> {
  const { failed, code, timedOut, stdout, stderr } = await execa('git', ['rev-parse', '--show-toplevel'], {
    cwd: folder,
    stdin: 'ignore',
    reject: false,
    timeout: PATIENCE_MS,
    env: { ...UNSET, LC_ALL: 'C' },
  });
  if (!failed) return stdout === '' ? withoutGit('the repository has no checkout') : stdout;
  if (code === 'ENOENT')
    return existsSync(join(folder, '.git')) ? withoutGit('git is not installed', true) : withoutGit('no git repository');
  const said = stderr?.split('\n')[0]?.replace(/^(fatal|error): /, '') ?? '';
  if (/^not a git repository|must be run in a work tree/.test(said)) return withoutGit('no git repository');
  return withoutGit(timedOut ? `git gave no answer for ${PATIENCE_MS / 1000} s` : `git: ${said || 'it failed'}`, true);
}

/** Files that were changed, added or removed, by their paths from the top; null where git could not say. */
async function listChanges(folder: string, exclude: readonly string[]): Promise<string[] | null> {
  const top = realpathSync(folder);
  const excluded = exclude
    .map((path) => relative(top, realPath(path)))
    .filter((inside) => inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside))
    .map((inside) => `:(exclude,top,literal)${inside.replaceAll(sep, '/')}`);
  const options = ['--porcelain', '-z', '--no-renames', '--untracked-files=all'];
  const status = await askGit(['status', ...options, '--', ':(top)', ...excluded], { folder });
  const entries = status?.toString('utf8').split('\0').slice(0, -1);
  return entries?.map((entry) => entry.slice(STATUS_LETTERS)) ?? null;
}

const STATUS_LETTERS = 3; // "?? path"

/** The path without links, also for a folder that is not there yet. */
function realPath(path: string): string {
  const whole = resolve(path);
  const parent = resolve(whole, '..');
  try {
    return realpathSync(whole);
  } catch {
    return parent === whole ? whole : join(realPath(parent), relative(parent, whole));
  }
}

async function hashFile(path: string): Promise<string | null> {
  const content = await readFile(path).catch(() => null);
  return content && createHash('sha256').update(content).digest('hex');
}

interface Changes {
  /** The top of the checkout. */
  folder: string;
  /** Against which the patch is made. */
  commit: string;
  /** Paths from the top: files that were changed, added or removed. */
  paths: readonly string[];
}

interface PatchContent {
  content: Buffer | null;
  /** What the patch lacks and why, for a person; null where it is whole. */
  note: string | null;
}

const MAX_FILE_BYTES = 2 ** 20;
const MAX_PATCH_BYTES = 4 * 2 ** 20;

/**
 * Leaves out and names files above MAX_FILE_BYTES. Keeps nothing of a patch above MAX_PATCH_BYTES. The checkout stays untouched, its
 * index and objects too.
 */
async function readPatch(changes: Changes): Promise<PatchContent> {
  const { small, large } = await sortBySize(changes);
  const content = await writePatch({ ...changes, paths: small });
  if (content === null) return { content, note: 'git could not write the patch' };
  if (content.length > MAX_PATCH_BYTES) {
    return { content: null, note: `the patch is not kept: ${formatBytes(content.length)}, more than ${formatBytes(MAX_PATCH_BYTES)}` };
  }
  const note = large.length === 0 ? null : `left out of the patch: ${describeFiles(large)}`;
  return { content: content.length === 0 ? null : content, note };
}

interface SizedFile {
  path: string;
  size: number;
}

/** Deleted files count as small. Folders of other repositories inside the checkout are left out. */
async function sortBySize({ folder, paths }: Changes): Promise<{ small: string[]; large: SizedFile[] }> {
  const files = paths.filter((path) => !path.endsWith('/'));
  const sizes = await Promise.all(files.map((path) => readSize(join(folder, path))));
  const sized = files.map((path, i) => ({ path, size: sizes[i]! }));
  return {
    small: sized.filter(({ size }) => size <= MAX_FILE_BYTES).map(({ path }) => path),
    large: sized.filter(({ size }) => size > MAX_FILE_BYTES).sort((a, b) => b.size - a.size),
  };
}

async function readSize(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0;
  }
}

/** Makes an index of the commit and of these files as they are now, in a temporary folder, and lets git compare it with the commit. */
async function writePatch({ folder, commit, paths }: Changes): Promise<Buffer | null> {
  const objects = await askGitLine(['rev-parse', '--git-path', 'objects'], { folder });
  if (objects === null) return null;
  const temporary = await mkdtemp(join(tmpdir(), 'facet-git-'));
  try {
    const env = {
      GIT_INDEX_FILE: join(temporary, 'index'),
      GIT_OBJECT_DIRECTORY: temporary,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: resolve(folder, objects),
    };
    const input = paths.map((path) => `${path}\0`).join('');
    if (!(await askGit(['read-tree', commit], { folder, env }))) return null;
    if (!(await askGit(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], { folder, env, input }))) return null;
    return await askGit(['diff-index', '--cached', ...DIFF_OPTIONS, commit], { folder, env });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** These keep the user's own settings of git out of the patch. */
const DIFF_OPTIONS = [
  ...['--patch', '--binary', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--unified=3', '--diff-algorithm=myers', '--submodule=short'],
];

function describeFiles(files: SizedFile[]): string {
  const named = files.slice(0, MOST_NAMED).map(({ path, size }) => `${path} (${formatBytes(size)})`);
  return files.length > MOST_NAMED ? `${named.join(', ')} and ${files.length - MOST_NAMED} more` : named.join(', ');
}

const MOST_NAMED = 3;

interface GitOptions {
  folder: string;
  env?: Record<string, string>;
  /** Standard input of git. */
  input?: string;
}

/**
 * What git prints; null where it fails, is missing, takes too long or prints too much. Variables that a git hook sets, which may
 * have started Facet, are left out.
 */
async function askGit(args: readonly string[], { folder, env = {}, input }: GitOptions): Promise<Buffer | null> {
  const { failed, stdout } = await execa('git', args, {
    cwd: folder,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: PATIENCE_MS,
    env: { ...UNSET, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...env },
  });
  return failed || stdout === undefined ? null : Buffer.from(stdout);
}

/** The one line that git prints, without the line's end. */
async function askGitLine(args: readonly string[], options: GitOptions): Promise<string | null> {
  const output = await askGit(args, options);
  return output?.toString('utf8').replace(/\r?\n$/, '') ?? null;
}

const MAX_OUTPUT_BYTES = 16 * 2 ** 20;
const PATIENCE_MS = 10_000;
const UNSET = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined, GIT_PREFIX: undefined };
