// Room: runner/provenance. The code of the checkout as it is now: commit, uncommitted changes, lock file.

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Provenance } from '../../results/records.ts';
import { readPatch } from './code-patch.ts';
import { askGit, askGitLine } from './git.ts';

export interface Code {
  git: Provenance['git'];
  lockHash: string | null;
  /** The content of the patch that `git` names. */
  patch: CodePatch | null;
}

export interface CodePatch {
  name: string;
  content: Buffer;
}

/**
 * `git` is null without git, outside a repository, in one that git refuses or that does not track this code, and in a
 * bare one. `exclude`: folders whose changes are none of the code's, such as results and data. Never rejects.
 */
export async function readCode(folder: string, { exclude = [] }: { exclude?: readonly string[] } = {}): Promise<Code> {
  const [lockHash, code] = await Promise.all([hashFile(join(folder, 'package-lock.json')), readGit(folder, exclude).catch(() => NO_GIT)]);
  return { lockHash, ...code };
}

const NO_GIT: Omit<Code, 'lockHash'> = { git: null, patch: null };

async function readGit(folder: string, exclude: readonly string[]): Promise<Omit<Code, 'lockHash'>> {
  const [top, commit, tracked] = await Promise.all([
    askGitLine(['rev-parse', '--show-toplevel'], { folder }),
    askGitLine(['rev-parse', '--verify', 'HEAD'], { folder }),
    askGitLine(['ls-files', '--', 'package.json'], { folder }),
  ]);
  if (!top || !commit || !tracked) return NO_GIT; // untracked: a copy of Facet inside somebody else's repository
  const paths = await listChanges(top, exclude);
  if (paths === null) return { git: { commit, dirty: true, patch: null, note: 'git could not list what was changed' }, patch: null };
  if (paths.length === 0) return { git: { commit, dirty: false, patch: null }, patch: null };
  const { content, note } = await readPatch({ folder: top, commit, paths });
  const patch = content && { name: `code-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.patch`, content };
  return { git: { commit, dirty: true, patch: patch?.name ?? null, ...(note === null ? {} : { note }) }, patch };
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

/** Also of a folder that is not there yet. */
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
