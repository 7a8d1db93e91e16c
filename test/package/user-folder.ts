// A folder as a user has it: Facet's package in node_modules beside the packages that it needs, a cache of its own, and nothing else.
// The tarball is npm's; the packages are those of the checkout, so that no network is needed.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { readInstallation } from '../../src/machine/installation.ts';

export interface UserFolder {
  folder: string;
  tarball: { bytes: number; files: string[] };
  write(name: string, text: string): void;
  /** Runs a program in the folder; resolves when it has ended, however it did. */
  start(program: string, ...args: string[]): Promise<{ exitCode?: number; stdout: string; stderr: string }>;
  /** Each file of the package, with its size and when it was changed. */
  listPackage(): string[];
  remove(): void;
}

export async function createUserFolder(): Promise<UserFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-user-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts=false', '--pack-destination', folder], {
    cwd: FACET_ROOT,
    stderr: 'pipe',
  });
  const [packed] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))) as [
    { filename: string; size: number; files: { path: string }[] },
  ];
  await execa('tar', ['-xzf', join(folder, packed.filename), '-C', modules]);
  await execa('mv', [join(modules, 'package'), join(modules, 'facet')]);
  const { dependencies, bin } = JSON.parse(readFileSync(join(modules, 'facet/package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) link(join(FACET_ROOT, 'node_modules', name), join(modules, name));
  link(join(modules, 'facet', bin.facet), join(modules, '.bin/facet'));
  const cache = createCache(folder);

  return {
    folder,
    tarball: { bytes: packed.size, files: packed.files.map(({ path }) => path) },
    write: (name, text) => writeFileSync(join(folder, name), text),
    start(program, ...args) {
      const { FACET_BACKEND: _, NODE_PATH: __, ...env } = process.env;
      return execa(program, args, {
        cwd: folder,
        reject: false,
        stdin: 'ignore',
        extendEnv: false,
        env: { ...env, FACET_CACHE: cache },
      });
    },
    listPackage: () =>
      readdirSync(join(modules, 'facet'), { recursive: true, encoding: 'utf8' }).map((path) => {
        const { size, mtimeMs } = statSync(join(modules, 'facet', path));
        return `${path} ${size} ${mtimeMs}`;
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A cache that has TensorFlow's library and the compiled addon, as the checkout's has: set-up finds both and downloads nothing. */
function createCache(folder: string): string {
  const { installation, fault } = readInstallation();
  if (!installation) throw new Error(fault);
  const library = installation.cacheFolder;
  for (const path of [library, join(dirname(library), 'addons')]) link(path, join(folder, 'cache/tensorflow', basename(path)));
  return join(folder, 'cache');
}

function link(target: string, path: string): void {
  if (!existsSync(target)) throw new Error(`${target} is missing`);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
