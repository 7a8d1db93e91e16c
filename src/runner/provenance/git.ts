// Room: runner/provenance. Asks git about a checkout, without changing anything in it.

import { execa } from 'execa';

export interface GitOptions {
  folder: string;
  env?: Record<string, string>;
  /** What git reads. */
  input?: string;
}

/**
 * What git prints; null where it fails, is missing, takes too long or prints too much. Where Facet itself is started by
 * git, from a hook, that git's own variables are left out.
 */
export async function askGit(args: readonly string[], { folder, env = {}, input }: GitOptions): Promise<Buffer | null> {
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

/** Its one line, without the line's end. */
export async function askGitLine(args: readonly string[], options: GitOptions): Promise<string | null> {
  const output = await askGit(args, options);
  return output?.toString('utf8').replace(/\r?\n$/, '') ?? null;
}

const MAX_OUTPUT_BYTES = 16 * 2 ** 20;
const PATIENCE_MS = 10_000;
const UNSET = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined, GIT_PREFIX: undefined };
