import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Checkout, createCheckout, createWorld, type Program, pinWheels, type RunOptions, type World } from './checkout.ts';

let world: World;
let checkout: Checkout;
beforeEach(() => {
  world = createWorld();
  checkout = createCheckout(world);
});
afterEach(() => world.remove());

const runFirst = (code: string) => ({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` });
const pretend = (property: string, value: string) => runFirst(`Object.defineProperty(process,'${property}',{value:'${value}'})`);
const pipFails = (...lines: string[]) => ({ FAKE_PIP: JSON.stringify({ fail: { 'tensorflow-cpu': lines.join('\n') } }) });

/** The one line that a person reads, after a set-up that leaves Facet to WebAssembly. */
async function readOneLine(options: RunOptions): Promise<string> {
  const { exitCode, stderr } = await checkout.setUp(options);
  expect(exitCode).toBe(0);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^TensorFlow is not set up: .* Until then Facet trains on WebAssembly, about \d+ times slower\.\n$/);
  expect(checkout.manifest()).toBeNull();
  return stderr;
}

describe('what is missing is said in one line, and Facet goes on', () => {
  test.each<[string, Program[], string]>([
    ['a compiler', ['g++'], 'a C++ compiler is missing. Install it (Debian, Ubuntu: `apt-get install g++`), then `npm run setup`.'],
    [
      'everything',
      ['python3', 'pip3', 'g++'],
      'Python 3 and pip and a C++ compiler are missing. Install them (Debian, Ubuntu: `apt-get install python3 python3-pip g++`)',
    ],
  ])('%s', async (_, without, expected) => {
    expect(await readOneLine({ without })).toContain(expected);
    expect(checkout.log()).toEqual([]); // found out before the download
  });

  test('pip, where Python has no such module and there is no pip3; a pip3 of its own will do', async () => {
    const env = { FAKE_PIP: '{"noModule":true}' };
    expect(await readOneLine({ env, without: ['pip3'] })).toContain(
      'pip is missing. Install it (Debian, Ubuntu: `apt-get install python3-pip`)',
    );
    await checkout.setUp({ env });
    expect(checkout.manifest()?.kind).toBe('cpu');
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'an operating system without a TensorFlow library',
      pretend('platform', 'darwin'),
      'exists for Linux on x86-64 and arm64, and this is darwin on',
    ],
    ['a processor without one', pretend('arch', 'riscv64'), 'and this is linux on riscv64'],
  ])('%s', async (_, env, expected) => expect(await readOneLine({ env })).toContain(expected));

  test('the packages of npm', async () => {
    rmSync(join(checkout.folder, 'node_modules/node-api-headers'), { recursive: true });
    expect(await readOneLine({})).toContain('node_modules is not complete. Run `npm ci` first.');
  });

  test('with --require it is an error', async () => {
    const { exitCode, stderr } = await checkout.setUp({ args: ['--require'], without: ['g++'] });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('a C++ compiler is missing');
  });
});

describe('what goes wrong is said in one line, and the next set-up starts clean', () => {
  test('a package index without TensorFlow', async () => {
    const line = await readOneLine({
      env: pipFails(
        'WARNING: Retrying after connection broken: Name or service not known',
        'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==2.21.0 (from versions: none)',
        'ERROR: No matching distribution found for tensorflow-cpu==2.21.0',
      ),
    });
    expect(line).toContain(
      'pip could not download tensorflow-cpu==2.21.0: No matching distribution found for tensorflow-cpu==2.21.0 (package index: Name or service not known).',
    );
    expect(line).toContain('PIP_INDEX_URL');
  });

  test('a full disk: nothing half unpacked stays on it', async () => {
    const env = pipFails('ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device');
    expect(await readOneLine({ env })).toMatch(/the disk that holds \S+ is full\. Free some space, or set FACET_CACHE/);
    expect(readdirSync(join(world.cache, 'tensorflow'))).toEqual(['lock']);
    await checkout.setUp();
    expect(checkout.manifest()?.kind).toBe('cpu');
  });

  test('a wheel that is not the pinned one, whatever its name says: nothing of it is unpacked', async () => {
    const line = await readOneLine({ env: { FAKE_WHEELS: join(world.wheels, 'damaged') } });
    expect(line).toMatch(
      /tensorflow_cpu-2\.21\.0-\S+\.whl is not the wheel that Facet expects: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}\. Nothing of it was used\./,
    );
    expect(readdirSync(join(world.cache, 'tensorflow'))).toEqual(['lock']);
    await checkout.setUp();
    expect(checkout.manifest()?.kind).toBe('cpu');
  });

  test('a wheel whose content is not what its record says', async () => {
    pinWheels(checkout.folder, join(world.wheels, 'damaged'));
    const line = await readOneLine({ env: { FAKE_WHEELS: join(world.wheels, 'damaged') } });
    expect(line).toContain("libtensorflow_cc.so.2 is damaged: its hash is not the one in the wheel's RECORD");
    expect(readdirSync(join(world.cache, 'tensorflow'))).toEqual(['lock']);
  });

  test('a source that does not compile: the first error, and the library stays for the next try', async () => {
    const line = await readOneLine({ env: { FAKE_COMPILER: 'fail' } });
    expect(line).toContain('could not compile the addon: binding/tfjs_backend.cc:7:1: error: expected a semicolon.');
    await checkout.setUp();
    expect(checkout.log()).toEqual(['download tensorflow-cpu==2.21.0', 'compile', 'compile']);
    expect(checkout.manifest()?.kind).toBe('cpu');
  });

  test('a TensorFlow that does not load: it is not used', async () => {
    expect(await readOneLine({ env: { FAKE_COMPILER: 'bad' } })).toContain('TensorFlow does not load: SyntaxError: Unexpected token');
  });

  test('a TensorFlow that loads and answers with something else', async () => {
    writeFileSync(join(checkout.folder, 'scripts/setup/probe.cjs'), 'console.log(\'{"product": 19\')');
    expect(await readOneLine({})).toContain('TensorFlow loads, but its check printed "{\\"product\\": 19" in place of a result.');
  });

  test('a cache that cannot be written', async () => {
    const file = join(world.folder, 'file');
    writeFileSync(file, '');
    expect(await readOneLine({ env: { FACET_CACHE: join(file, 'cache') } })).toMatch(/cannot be written\. .* set FACET_CACHE/);
  });

  test('a disk that is too small, before the download', async () => {
    const line = await readOneLine({
      env: runFirst("import fs from 'fs';import m from 'module';fs.statfsSync=()=>({bavail:5e5,bsize:1e3});m.syncBuiltinESMExports()"),
    });
    expect(line).toMatch(/1\.3 GB are needed in \S+, and 0\.5 GB are free\. Free some space, or set FACET_CACHE/);
    expect(checkout.log()).toEqual([]);
  });

  test('an option that does not exist', async () => {
    const { exitCode, stderr } = await checkout.setUp({ args: ['--gpu'] });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Unknown option '--gpu'");
    expect(existsSync(world.cache)).toBe(false);
  });
});

test('every wheel that is installed is pinned by version and hash, on every machine that has one', () => {
  const wheels: Record<string, { version: string; sha256: Record<string, string> }> = JSON.parse(
    readFileSync(join(FACET_ROOT, 'scripts/setup/wheels.json'), 'utf8'),
  );
  expect(Object.keys(wheels)).toEqual(expect.arrayContaining(['tensorflow-cpu', 'tensorflow', 'nvidia-cudnn-cu12']));
  for (const [name, { version, sha256 }] of Object.entries(wheels)) {
    expect(version).toMatch(/^\d+(\.\d+)+$/);
    expect(Object.keys(sha256)).toEqual(name === 'tensorflow-cpu' ? ['x86_64'] : ['x86_64', 'aarch64']);
    for (const hash of Object.values(sha256)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  }
  const [, version] = /TENSORFLOW_VERSION = '(.*)'/.exec(readFileSync(join(FACET_ROOT, 'scripts/setup/versions.js'), 'utf8'))!;
  expect([wheels['tensorflow-cpu']!.version, wheels.tensorflow!.version]).toEqual([version, version]);
});
