// Room: runner/provenance. The uncommitted changes of a checkout as one patch that `git apply` takes.

import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { askGit, askGitLine } from './git.ts';

export interface Changes {
  /** The top of the checkout. */
  folder: string;
  /** Against which the patch is made. */
  commit: string;
  /** Paths from the top: files that were changed, added or removed. */
  paths: readonly string[];
}

export interface PatchContent {
  content: Buffer | null;
  /** What it lacks and why, for a person; null where it is whole. */
  note: string | null;
}

const MAX_FILE_BYTES = 2 ** 20;
const MAX_PATCH_BYTES = 4 * 2 ** 20;

/** Files over 1 MiB are left out and named; of a patch over 4 MiB nothing is kept. The checkout stays untouched, its index and objects too. */
export async function readPatch(changes: Changes): Promise<PatchContent> {
  const { small, large } = await sortBySize(changes);
  const content = await writePatch({ ...changes, paths: small });
  if (content === null) return { content, note: 'git could not write the patch' };
  if (content.length > MAX_PATCH_BYTES) {
    return { content: null, note: `the patch is not kept: ${formatSize(content.length)}, more than ${formatSize(MAX_PATCH_BYTES)}` };
  }
  const note = large.length === 0 ? null : `left out of the patch: ${describeFiles(large)}`;
  return { content: content.length === 0 ? null : content, note };
}

interface SizedFile {
  path: string;
  size: number;
}

/** Files that are gone count as small; a repository inside the checkout is no file of it. */
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

/** The commit with these files as they are now becomes an index, in a folder that goes away again, and git compares the two. */
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

/** The same patch whatever the user's own settings make of a diff. */
const DIFF_OPTIONS = [
  ...['--patch', '--binary', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--unified=3', '--diff-algorithm=myers', '--submodule=short'],
];

function describeFiles(files: SizedFile[]): string {
  const named = files.slice(0, MOST_NAMED).map(({ path, size }) => `${path} (${formatSize(size)})`);
  return files.length > MOST_NAMED ? `${named.join(', ')} and ${files.length - MOST_NAMED} more` : named.join(', ');
}

const MOST_NAMED = 3;

function formatSize(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
