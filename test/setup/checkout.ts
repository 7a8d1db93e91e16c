// Fake checkouts to set up: the real scripts, a tiny stand-in for the tfjs package, and a PATH that holds stand-ins for
// pip, the compiler and nvidia-smi and nothing else.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
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

const FAKES = join(import.meta.dirname, 'fakes');
/** The interpreter itself: what the PATH names can be a script that needs the rest of the PATH. */
const REAL_PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
const PROGRAMS = { python3: 'python.mjs', pip3: 'python.mjs', 'g++': 'compiler.mjs', 'nvidia-smi': 'nvidia-smi.mjs' };

export type Program = keyof typeof PROGRAMS;

/** A folder for one test: fake wheels, a cache, any number of checkouts. */
export interface World {
  folder: string;
  cache: string;
  wheels: string;
  remove(): void;
}

export interface Checkout {
  folder: string;
  tfjs: string;
  /** Runs the set-up to its end. */
  setUp(options?: RunOptions): Promise<Result>;
  /** Starts it and returns while it works. */
  start(options?: RunOptions): { child: ChildProcess; result: Promise<Result>; output: () => string };
  /** The manifest of what is installed, or null. */
  manifest(): Record<string, unknown> | null;
  /** What pip and the compiler were asked for so far, a line each. */
  log(): string[];
}

export interface RunOptions {
  args?: string[];
  env?: Record<string, string>;
  /** Programs that this machine lacks. */
  without?: Program[];
  /** This machine has uv. */
  uv?: boolean;
}

interface Result {
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export function createWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'facet-setup-'));
  const wheels = join(folder, 'wheels');
  execFileSync(REAL_PYTHON, [join(FAKES, 'make_wheels.py'), wheels]);
  return { folder, wheels, cache: join(folder, 'cache'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function createCheckout(world: World, name = 'checkout'): Checkout {
  const folder = join(world.folder, name);
  const tfjs = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu');
  const log = join(folder, 'log.txt');
  mkdirSync(join(folder, 'src'), { recursive: true });
  cpSync(join(FACET_ROOT, 'scripts/setup'), join(folder, 'scripts/setup'), { recursive: true });
  cpSync(join(FACET_ROOT, 'scripts/setup.js'), join(folder, 'scripts/setup.js'));
  pinWheels(folder, world.wheels);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writePackage(tfjs, '4.22.0');
  cpSync(join(FAKES, 'tfjs-node-gpu.cjs'), join(tfjs, 'index.js'));
  mkdirSync(join(tfjs, 'binding'));
  for (const source of ['tfjs_backend.cc', 'tfjs_binding.cc']) writeFileSync(join(tfjs, 'binding', source), 'source');
  writePackage(join(folder, 'node_modules/node-api-headers'), '1.9.0');
  mkdirSync(join(folder, 'node_modules/node-api-headers/include'));

  function start({ args = [], env = {}, without = [], uv = false }: RunOptions = {}) {
    const child = spawn(process.execPath, [join(folder, 'scripts/setup.js'), ...args], {
      env: {
        HOME: world.folder,
        PATH: createPath(world, without, uv),
        FACET_CACHE: world.cache,
        FAKE_WHEELS: world.wheels,
        FAKE_LOG: log,
        REAL_PYTHON,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const result = new Promise<Result>((resolve) => child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr })));
    return { child, result, output: () => stdout + stderr };
  }

  return {
    folder,
    tfjs,
    start,
    setUp: (options) => start(options).result,
    manifest: () => readJson(join(tfjs, 'facet-install.json')),
    log: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}

/** Makes a checkout expect the wheels of this folder, by version and hash. */
export function pinWheels(checkout: string, wheels: string): void {
  const table = readdirSync(wheels)
    .filter((name) => name.endsWith('.whl'))
    .map((name) => {
      const [package_, version] = name.split('-') as [string, string];
      const sha256 = createHash('sha256')
        .update(readFileSync(join(wheels, name)))
        .digest('hex');
      return [package_.replaceAll('_', '-'), { version, sha256: { x86_64: sha256, aarch64: sha256 } }];
    });
  writeFileSync(join(checkout, 'scripts/setup/wheels.json'), JSON.stringify(Object.fromEntries(table)));
}

/** A folder with the stand-ins and, of the real system, setpriv. */
function createPath(world: World, without: Program[], uv: boolean): string {
  const folder = join(world.folder, `bin-without-${without.sort().join('-')}${uv ? '-with-uv' : ''}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  for (const [name, source] of Object.entries(PROGRAMS)) {
    if (without.includes(name as Program)) continue;
    cpSync(join(FAKES, source), join(folder, `${name}.mjs`));
    writeFileSync(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${join(folder, `${name}.mjs`)}' "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  if (uv) writeUv(folder);
  if (existsSync('/usr/bin/setpriv')) symlinkSync('/usr/bin/setpriv', join(folder, 'setpriv'));
  return folder;
}

/** uv knows of a Python, and runs pip as a tool. */
function writeUv(folder: string): void {
  const pip = join(folder, 'pip-of-uv.mjs');
  cpSync(join(FAKES, 'python.mjs'), pip);
  const words = `case "$1 $2 $3" in
"tool run pip") shift 3; exec '${process.execPath}' '${pip}' "$@" ;;
"python find ") echo '${REAL_PYTHON}' ;;
*) exit 2 ;;
esac
`;
  writeFileSync(join(folder, 'uv'), `#!/bin/sh\n${words}`);
  chmodSync(join(folder, 'uv'), 0o755);
}

function writePackage(folder: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version, main: 'index.js' }));
}

function readJson(path: string): Record<string, unknown> | null {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}
