// What `npm pack` makes, installed in a folder without sources: its command, its library and its types.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTooNew } from '../../scripts/package/carry-addon.js';
import { readInstallation } from '../../src/machine/installation.ts';
import { createUserFolder, type UserFolder } from './user-folder.ts';

const EXPERIMENT = `
name: tiny
attributes: [Male, Smiling]
dataset: {source: synthetic, images: 64, seed: 1, imageSize: 32}
model: {width: 8}
training: {epochs: 3, batchSize: 16, learningRate: 0.002}
samples: {rows: 1}
`;

/** Library -> the newest version of its symbols that a file needs, as one number. */
function newestSymbols(file: string): Map<string, number> {
  const listed = execFileSync('objdump', ['-T', file], { encoding: 'utf8', maxBuffer: 1e9 });
  const newest = new Map<string, number>();
  for (const [, name, major, minor, patch = '0'] of listed.matchAll(/\*UND\*.*\((GLIBC|GLIBCXX|CXXABI)_(\d+)\.(\d+)(?:\.(\d+))?\)/g)) {
    const version = (Number(major) * 1000 + Number(minor)) * 1000 + Number(patch);
    newest.set(name!, Math.max(newest.get(name!) ?? 0, version));
  }
  return newest;
}

let user: UserFolder;
let before: string[];
beforeAll(async () => {
  user = await createUserFolder();
  before = user.listPackage();
  user.write('my.yaml', EXPERIMENT);
}, 240_000);
afterAll(() => user.remove());

describe('the tarball', () => {
  it('is small, and holds what a user needs and nothing of the workshop', () => {
    expect(user.tarball.bytes).toBeLessThan(5e6);
    const { files } = user.tarball;
    for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'dist/package/licenses.txt'])
      expect(files).toContain(name);
    expect([...new Set(files.map((path) => path.split('/')[0]))].sort()).toEqual(
      [
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'README.md',
        'bin',
        'dist',
        'docs',
        'examples',
        'experiments',
        'package.json',
        'scripts',
      ].sort(),
    );
    expect(files.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
    expect(files.filter((path) => path.startsWith('dist/') && !path.startsWith('dist/package/'))).toEqual([]);
  });

  it('carries the compiled addon, which loads wherever TensorFlow does', () => {
    const carried = user.tarball.files.filter((path) => path.endsWith('.node'));
    expect(carried).toEqual([expect.stringMatching(new RegExp(`^dist/package/tfjs-node-gpu/prebuilt/${process.arch}/`))]);
    const library = join(readInstallation().installation!.cacheFolder, 'tensorflow/libtensorflow_cc.so.2');
    const newest = newestSymbols(library);
    for (const [name, version] of newestSymbols(join(user.folder, 'node_modules/facet', carried[0]!)))
      expect([name, Math.max(version, newest.get(name) ?? 0)]).toEqual([name, newest.get(name)]);
    expect(findTooNew('GLIBC_2.28')).toBe('it needs GLIBC_2.28, TensorFlow itself GLIBC_2.27 at most');
    expect(['GLIBC_2.27', 'GLIBC_2.2.5', 'GLIBCXX_3.4.9', 'CXXABI_1.3.11', 'CXXABI_1.3'].map(findTooNew)).toEqual(Array(5).fill(null));
  });

  it('names the place of the checkout nowhere', () => {
    const root = join(user.folder, 'node_modules/facet');
    const texts = user.tarball.files.filter((path) => /\.(js|mjs|cjs|json|d\.ts|css)$/.test(path));
    expect(texts.filter((path) => readFileSync(join(root, path), 'utf8').includes(FACET_ROOT))).toEqual([]);
  });
});

describe('the command of an installed package', () => {
  it('checks an experiment file', async () => {
    const { stdout, exitCode } = await user.start('npx', '--no-install', 'facet', 'validate', 'my.yaml');
    expect([stdout, exitCode]).toEqual(['my.yaml: ok, 1 run', 0]);
    user.write('wrong.yaml', EXPERIMENT.replace('epochs: 3', 'epochs: fast'));
    const wrong = await user.start('node_modules/.bin/facet', 'validate', 'wrong.yaml');
    expect(wrong.stdout + wrong.stderr).toContain('wrong.yaml:6:20  training.epochs: expected');
    expect(wrong.exitCode).toBe(2);
  });

  it('writes a first experiment file that it takes', async () => {
    const { stdout, exitCode } = await user.start('npx', '--no-install', 'facet', 'init', 'first');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Next: cd first && npx facet run first-sweep.yaml')]);
    const next = await user.start('sh', '-c', 'cd first && npx --no-install facet validate first-sweep.yaml');
    expect(next.stdout).toBe('first-sweep.yaml: ok, 2 runs');
  });

  it('says how to set TensorFlow up, in words that work where they are printed', async () => {
    const { stdout } = await user.start('node_modules/.bin/facet', 'doctor');
    expect(stdout).toContain('native TensorFlow is not set up (run `npx facet setup`)');
    expect(stdout).not.toContain('npm run');
  });

  it('sets TensorFlow up without a compiler', async () => {
    const cache = join(user.folder, 'another-cache');
    const { cacheFolder } = readInstallation().installation!;
    mkdirSync(join(cache, 'tensorflow'), { recursive: true });
    symlinkSync(cacheFolder, join(cache, 'tensorflow', basename(cacheFolder)));
    const path = join(user.folder, 'programs');
    mkdirSync(path);
    symlinkSync(process.execPath, join(path, 'node'));
    const setUp = ['node', join(user.folder, 'node_modules/facet/bin/facet.js'), 'setup', '--cpu'];
    const { stdout, stderr, exitCode } = await user.start('/usr/bin/env', `FACET_CACHE=${cache}`, `PATH=${path}`, ...setUp);
    expect([exitCode, stdout, stderr]).toEqual([0, expect.stringMatching(/^TensorFlow [\d.]+ for CPU is set up/), '']);
    expect(readdirSync(join(cache, 'tensorflow/addons'))).toHaveLength(1);
  });

  it('sets TensorFlow up at the first run, says so, and trains on it', async () => {
    const { stderr, stdout, exitCode } = await user.start('node_modules/.bin/facet', 'run', 'my.yaml');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 of 1 run succeeded')]);
    expect(stderr).toContain('Facet sets up native TensorFlow first.');
    expect(stderr).toMatch(/TensorFlow [\d.]+ for (CPU|CUDA) is set up/);
    expect(stdout).toMatch(/1 run to do on TensorFlow/);
    expect(readdirSync(join(user.folder, 'results'))).toEqual(['tiny']);
    const again = await user.start('node_modules/.bin/facet', 'run', 'my.yaml');
    expect(again.stderr).toBe('');
  });

  it('serves its dashboard with the scripts and styles of the package', async () => {
    const script = `
      import { spawn } from 'node:child_process';
      const child = spawn('node', ['node_modules/facet/bin/facet.js', 'dashboard', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
      for await (const chunk of child.stdout) {
        const address = /http:\\/\\/[\\d.:]+/.exec(String(chunk))?.[0];
        if (!address) continue;
        const page = await (await fetch(address)).text();
        const links = [...page.matchAll(/(?:src|href)="([^"]+\\.(?:js|css)[^"]*)"/g)].map((match) => match[1]);
        const answers = await Promise.all(links.map(async (link) => (await fetch(new URL(link, address))).status));
        console.log(JSON.stringify({ hasRun: page.includes('tiny'), answers }));
        child.kill();
        break;
      }`;
    user.write('dashboard.mjs', script);
    const { stdout } = await user.start('node', 'dashboard.mjs');
    expect(JSON.parse(stdout)).toEqual({ hasRun: true, answers: [200, 200] });
  });
});

describe('the library of an installed package', () => {
  it('reads descriptions and makes faces of a run, on TensorFlow', async () => {
    user.write(
      'faces.mjs',
      `import { readdirSync, writeFileSync } from 'node:fs';
       import { loadGenerator, parseDescription } from 'facet';
       const generator = await loadGenerator('results/tiny/' + readdirSync('results/tiny').find((name) => name.includes('-')), { backend: 'tensorflow' });
       const [face, second] = await generator.generate('a smiling woman', { count: 2, seed: 3 });
       const [same] = await generator.generate({ Smiling: 1, Male: 0 }, { seed: 3 });
       const problems = await Promise.all([generator.generate('a table'), generator.generate({ Bald: 1 }), generator.generate('a man', { count: 0 })].map((one) => one.catch((error) => error.message)));
       writeFileSync('face.png', await face.png());
       const { conditions, imageSize } = generator;
       generator.free();
       console.log(JSON.stringify({
         conditions, imageSize, attributes: face.attributes, pixels: [...face.pixels],
         isSame: Buffer.compare(face.pixels, same.pixels) === 0, isOther: Buffer.compare(face.pixels, second.pixels) !== 0, problems,
         parsed: parseDescription('a bald man').attributes, untrained: generator.parse('a bald man').untrained,
       }));`,
    );
    const { stdout, stderr } = await user.start('node', 'faces.mjs');
    const answer = JSON.parse(stdout || JSON.stringify({ stderr }));
    expect(answer).toMatchObject({
      conditions: ['Male', 'Smiling'],
      imageSize: 32,
      attributes: { Male: 0, Smiling: 1 },
      isSame: true,
      isOther: true,
      parsed: { Bald: 1, Male: 1 },
      untrained: ['Bald'],
    });
    expect(answer.problems).toEqual([
      expect.stringContaining('"a table"'),
      expect.stringContaining('"Bald"'),
      expect.stringContaining('count: expected'),
    ]);
    const png = await sharp(join(user.folder, 'face.png')).raw().toBuffer({ resolveWithObject: true });
    expect([png.info.width, png.info.height, png.info.channels]).toEqual([32, 32, 3]);
    expect([...png.data]).toEqual(answer.pixels);
  });

  it('has types that a strict compiler takes without any other types, and that refuse what is wrong', async () => {
    writeFileSync(
      join(user.folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: 'ES2022',
          lib: ['ES2022'],
          module: 'NodeNext',
          types: [],
          skipLibCheck: false,
        },
        files: ['user.mts'],
      }),
    );
    user.write(
      'user.mts',
      `import { type Description, type FaceGenerator, type GeneratedFace, loadGenerator, parseDescription } from 'facet';
       const description: Description = parseDescription('a bald man', { attributes: ['Has_Scar'], phrases: { Has_Scar: ['scarred'] } });
       const bald: 0 | 1 | undefined = description.attributes['Bald'];
       const generator: FaceGenerator = await loadGenerator('results/x', { checkpoint: { epoch: 2 }, backend: 'wasm' });
       const faces: GeneratedFace[] = await generator.generate('a man', { count: 2, seed: 1, open: 'usual' });
       const png: Uint8Array = await faces[0]!.png();
       const bytes: Uint8Array = faces[0]!.pixels;
       await generator.generate({ Smiling: 1 });
       generator.free();
       // @ts-expect-error: no such way to fill open bits
       await generator.generate('a man', { open: 'sometimes' });
       // @ts-expect-error: 0 or 1
       await generator.generate({ Smiling: 2 });
       // @ts-expect-error: a run folder is needed
       await loadGenerator();
       // @ts-expect-error: no such backend
       await loadGenerator('results/x', { backend: 'cuda' });
       export { bald, bytes, png };`,
    );
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const { stdout, exitCode } = await user.start(process.execPath, compiler, '-p', '.');
    expect([stdout, exitCode]).toEqual(['', 0]);
    const types = readFileSync(join(user.folder, 'node_modules/facet/dist/package/types/index.d.ts'), 'utf8');
    expect(types).toContain('@throws an Error of one line where there is no such run');
  });
});

it('writes nothing into the package at run time', () => {
  expect(existsSync(join(user.folder, 'cache/tensorflow/packages'))).toBe(true);
  expect(user.listPackage()).toEqual(before);
});
