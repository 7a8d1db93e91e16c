// facet generate, with a real run on the real TensorFlow.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { type GenerateCommandOptions, generateCommand } from '../../src/cli/generate/command.ts';
import { UserError } from '../../src/experiment/user-error.ts';
import { toBytes } from '../../src/model/generation/canvas.ts';
import { openRun } from '../../src/model/generation/open-run.ts';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { labelRowsFile, leaseFile, outcomeFile } from '../../src/results/paths.ts';
import { readExperiment, readLabelRows } from '../../src/results/read.ts';
import { withKernels } from '../helpers/kernels.ts';

const SIDE = 32;
const GAP = 2;

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-generate-'));
  cli = join(await ensureBuilt(), 'cli.js');
  writeFileSync(
    join(folder, 'faces.yaml'),
    `name: faces
attributes: [Male, Smiling, Eyeglasses]
dataset: {source: synthetic, images: 240, imageSize: 32}
model: {width: 16}
training: {epochs: 3, batchSize: 48, emaDecay: 0.9}
augmentation: {rotations: [180], rotationProbability: 0.3}
samples: {rows: 1}
checkpoint: {keep: 1}
`,
  );
  const { exitCode, all } = await facet('run', 'faces.yaml');
  expect(exitCode, all).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const facet = (...args: string[]) =>
  execa(process.execPath, [cli, ...args], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow' },
  });
const run = () => readExperiment(join(folder, 'results'), 'faces').runs[0]!;

async function generate(...args: string[]) {
  const { exitCode, stdout, all } = await facet('generate', run().id, ...args);
  expect(exitCode, all).toBe(0);
  return stdout;
}
const generateJson = async (...args: string[]) => JSON.parse(await generate(...args, '--json'));

async function readPng(file: string) {
  const { data, info } = await sharp(join(folder, file)).raw().toBuffer({ resolveWithObject: true });
  const { comments = [] } = await sharp(join(folder, file)).metadata();
  const text = Object.fromEntries(comments.map(({ keyword, text }) => [keyword.replace(/^.*-/, ''), text]));
  const side = (scale: number) => SIDE * scale;
  /** The picture in a row and column, with each pixel's first copy alone. */
  const cell = (row: number, column: number, scale = 1) =>
    Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
      const [x, y, channel] = [Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE), at % 3];
      const [left, top] = [GAP + column * (side(scale) + GAP), GAP + row * (side(scale) + GAP)];
      return data[((top + y * scale) * info.width + left + x * scale) * 3 + channel]!;
    });
  return { size: [info.width, info.height], text, cell };
}

/** Other kernels, or other batches, may round a value to its neighbour. */
function expectSamePicture(found: readonly number[], wanted: ArrayLike<number>): void {
  expect(found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at]!)), 0)).toBeLessThanOrEqual(1);
}

describe('facet generate', () => {
  it('draws the faces of the open run into a grid, and writes into it what they are', async () => {
    const text = 'a smiling man with glasses';
    const stdout = await generate(text, '--count', '6', '--seed', '7', '--out', 'faces-of-seven.png');
    const lines = stdout.split('\n');
    expect(
      lines
        .slice(0, 3)
        .map((line) => /^ {2}(\w+) +yes {2}"[^"]+"/.exec(line)?.[1])
        .sort(),
    ).toEqual(['Eyeglasses', 'Male', 'Smiling']);
    expect(lines.slice(3)).toEqual([expect.stringMatching(/^faces-of-seven\.png: 6 faces, 3 in a row, of epoch \d of faces\//)]);
    const { size, text: words, cell } = await readPng('faces-of-seven.png');
    expect(size).toEqual([3 * (SIDE + GAP) + GAP, 2 * (SIDE + GAP) + GAP]);
    const fixed = { Male: 1, Smiling: 1, Eyeglasses: 1 } as const;
    await withKernels('tensorflow', async (k) => {
      const open = await openRun(run().folder, { k });
      const faces = await open.generate({ fixed, count: 6, seed: 7, open: 'drawn' });
      for (const { pixels, index } of faces) expectSamePicture(cell(Math.floor(index / 3), index % 3), toBytes(pixels));
      expect(words).toMatchObject({ Description: text, Software: expect.stringMatching(/^Facet \d/) });
      expect(JSON.parse(words.Comment!)).toEqual({
        run: `faces/${run().id}`,
        step: open.step,
        epoch: open.step / 5,
        seed: 7,
        open: 'drawn',
        conditions: ['Male', 'Smiling', 'Eyeglasses', 'rotate_180'],
        bits: Array(6).fill([1, 1, 1, 0]),
      });
      open.free();
    });
  });

  it('repeats a seed, and begins a longer series with the shorter one', async () => {
    const ask = (count: number, seed: number, out: string) =>
      generateJson('a man', '--count', `${count}`, '--seed', `${seed}`, '--out', out);
    const [eight, sixteen, again, other] = await Promise.all([
      ask(8, 3, 'eight.png'),
      ask(16, 3, 'sixteen.png'),
      ask(8, 3, 'again.png'),
      ask(8, 4, 'other.png'),
    ]);
    expect(readFileSync(join(folder, 'again.png')).equals(readFileSync(join(folder, 'eight.png')))).toBe(true);
    expect(again.faces.map(({ bits }: { bits: object }) => bits)).toEqual(eight.faces.map(({ bits }: { bits: object }) => bits));
    const bitsOf = ({ faces }: typeof eight) => faces.slice(0, 8).map(({ bits }: { bits: object }) => bits);
    expect(bitsOf(sixteen)).toEqual(bitsOf(eight));
    const [short, long, another] = [await readPng('eight.png'), await readPng('sixteen.png'), await readPng('other.png')];
    for (let face = 0; face < 8; face++)
      expectSamePicture(long.cell(Math.floor(face / 4), face % 4), short.cell(Math.floor(face / 4), face % 4));
    expect(another.cell(0, 0)).not.toEqual(short.cell(0, 0));
    expect(other.faces).not.toEqual(eight.faces);
  });

  it('draws open bits from the label rows that the trainer has written, and of a run of before from its data', async () => {
    const rows = readLabelRows(run().folder)!;
    expect(rows.names).toEqual(['Male', 'Smiling', 'Eyeglasses']);
    expect(rows.rows.reduce((sum, [, pictures]) => sum + pictures, 0)).toBe(240);
    const withRows = await generateJson('not smiling', '--count', '20', '--out', 'with-rows.png');
    const rowOf = ({ bits }: { bits: Record<string, number> }) => (bits.Male! * 8 + bits.Smiling! * 4 + bits.Eyeglasses! * 2).toString(16);
    const known = rows.rows.map(([row]) => row);
    for (const face of withRows.faces) {
      expect(known).toContain(rowOf(face));
      expect(face.bits).toMatchObject({ Smiling: 0, rotate_180: 0 });
    }
    const text = readFileSync(labelRowsFile(run().folder));
    rmSync(labelRowsFile(run().folder));
    const without = await generateJson('not smiling', '--count', '20', '--out', 'without.png');
    writeFileSync(labelRowsFile(run().folder), text);
    expect(without.faces.map(({ bits }: { bits: object }) => bits)).toEqual(withRows.faces.map(({ bits }: { bits: object }) => bits));
    expect(without.support).toEqual(withRows.support);
  });

  it('goes from one description to another, enlarged, and turns attributes over', async () => {
    const text = await generate('a man', '--to', 'a smiling woman', '--steps', '3', '--count', '2', '--scale', '2', '--out', 'way.png');
    expect(text).toContain('way.png: 2 faces, a row each, in 3 steps, of epoch');
    const way = await readPng('way.png');
    expect(way.size).toEqual([3 * (2 * SIDE + GAP) + GAP, 2 * (2 * SIDE + GAP) + GAP]);
    const bits = JSON.parse(way.text.Comment!).bits as number[][];
    expect(bits.map(([male]) => male)).toEqual([1, 0.5, 0, 1, 0.5, 0]);
    expect([bits[2]![1], bits[5]![1]]).toEqual([1, 1]);
    expect(bits.map(([, , glasses]) => glasses).every((bit, i, all) => bit === all[i - (i % 3)])).toBe(true);

    await generate('a man', '--vary', 'Smiling,rotate_180', '--count', '2', '--out', 'varied.png', '--open', 'zero');
    const varied = await readPng('varied.png');
    expect(JSON.parse(varied.text.Comment!).bits).toEqual([
      ...[0, 1].flatMap(() => [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 0, 0, 1],
      ]),
    ]);
    await generate('a man', '--count', '2', '--out', 'plain.png', '--open', 'zero');
    const plain = await readPng('plain.png');
    for (const face of [0, 1]) expectSamePicture(varied.cell(face, 0), plain.cell(0, face));
    expect(varied.cell(0, 1)).not.toEqual(varied.cell(0, 0));
  });

  it('changes what is set after the faces were drawn, and nothing else of them', async () => {
    const ask = (...args: string[]) => generateJson('a man', '--count', '6', '--seed', '5', ...args);
    const plain = await ask('--out', 'drawn.png');
    const changed = await ask('--change', 'Smiling=1', '--change', 'rotate_180=1', '--out', 'changed.png');
    const bitsOf = ({ faces }: typeof plain) => faces.map(({ bits }: { bits: object }) => bits);
    expect(bitsOf(changed)).toEqual(bitsOf(plain).map((bits: object) => ({ ...bits, Smiling: 1, rotate_180: 1 })));
    expect(changed).toMatchObject({ fixed: { Male: 1 }, change: { Smiling: 1, rotate_180: 1 } });
    expect((await readPng('changed.png')).text.Description).toBe('a man (then Smiling=1, rotate_180=1)');
    const varied = await ask('--vary', 'rotate_180', '--change', 'Smiling=1', '--out', 'varied-too.png');
    expect(varied.faces[1].bits).toEqual(changed.faces[0].bits);
    const [both, one] = [await readPng('varied-too.png'), await readPng('changed.png')];
    expectSamePicture(both.cell(0, 1), one.cell(0, 0));
  });

  it('writes single files with a list of them, and new files where no name is given', async () => {
    const out = await generate('a woman', '--set', 'Smiling=1', '--count', '3', '--out', 'single/');
    expect(out).toContain('Smiling  yes  --set');
    expect(readdirSync(join(folder, 'single')).sort()).toEqual(['0001.png', '0002.png', '0003.png', 'faces.json']);
    const list = JSON.parse(readFileSync(join(folder, 'single/faces.json'), 'utf8'));
    expect(list).toMatchObject({
      description: 'a woman (Smiling=1)',
      seed: 1,
      faces: [{ file: '0001.png', index: 0 }, {}, { file: '0003.png' }],
    });
    const second = await readPng('single/0002.png');
    expect(second.size).toEqual([SIDE, SIDE]);
    expect(JSON.parse(second.text.Comment!)).toMatchObject({ index: 1, bits: [[0, 1, list.faces[1].bits.Eyeglasses, 0]] });

    mkdirSync(join(folder, 'here'));
    for (const name of ['faces.png', 'faces-2.png']) {
      const results = join(folder, 'results');
      const { stdout } = await execa(process.execPath, [cli, 'generate', run().id, 'a man', '--results', results], {
        cwd: join(folder, 'here'),
        env: { FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow' },
      });
      expect(stdout).toContain(`\n${name}: 8 faces`);
    }
    expect(readdirSync(join(folder, 'here')).sort()).toEqual(['faces-2.png', 'faces.png']);
  });

  it('says what it could not use, and what does not occur in the data', async () => {
    const { warnings, untrained, fixed } = await generateJson('a bald man with glasses', '--out', 'odd.png');
    expect(fixed).toEqual({ Male: 1, Eyeglasses: 1 });
    expect(untrained).toEqual(['Bald']);
    expect(warnings).toEqual(['This run was never trained on Bald: it cannot show that.']);

    const path = labelRowsFile(run().folder);
    const text = readFileSync(path);
    writeFileSync(
      path,
      JSON.stringify({
        format: 1,
        names: ['Male', 'Smiling', 'Eyeglasses'],
        rows: [
          ['0', 200],
          ['8', 40],
        ],
      }),
    );
    const said = await generate('a smiling woman with glasses', '--out', 'rare.png');
    writeFileSync(path, text);
    expect(said).toContain('\nNone of the 240 pictures is Smiling, Eyeglasses and not Male; drawn all the same.\n');
  });

  it('says in one line what is wrong', async () => {
    const id = run().id;
    const common = { run: id, results: join(folder, 'results'), count: 8, seed: 1, set: [] as string[], open: 'drawn' as const, scale: 1 };
    const rest = { check: false, json: false, maker: 'none', version: '0' };
    const wrong: [options: Partial<GenerateCommandOptions>, says: RegExp][] = [
      [{ run: 'nobody' }, /^Expected the id or folder of a run in \S+results, got "nobody"/],
      [{ text: 'xyzzy' }, /^Expected a description of a face, such as .*, got "xyzzy", of which nothing is understood$/],
      [{ text: 'a bald one' }, /^Nothing of "a bald one" can be asked of this run: it was not trained on Bald; it learned Male, Smiling/],
      [{ set: ['Smilling=1'] }, /^--set: expected an attribute of this run, got "Smilling"; did you mean "Smiling"\?$/],
      [{ set: ['Young=1'] }, /^--set: this run was not trained on Young; it learned Male/],
      [{ set: ['Smiling=2'] }, /^--set: expected NAME=0 or NAME=1, such as Male=1, got "Smiling=2"$/],
      [{ change: ['Smilling=1'] }, /^--change: expected an attribute of this run, got "Smilling"; did you mean "Smiling"\?$/],
      [{ vary: 'Smiling,Nose' }, /^--vary: expected an attribute of this run, got "Nose"/],
      [{ steps: 3 }, /^--steps: expected --to with it/],
      [{ to: 'a woman', vary: 'Male' }, /^--vary: expected without --to/],
      [{ to: 'a woman', count: 5000 }, /^--count: expected at most 10,000 pictures, got 40,000 \(5000 faces\)$/],
      [
        { count: 9999, scale: 32 },
        /^--scale: 9,999 pictures of 1024 pixels are too large for one file; take --scale 5, or --out folder\/$/,
      ],
      [{ fromEpoch: 1 }, /^\S+checkpoints: expected a checkpoint of epoch 1, found those of step /],
      [{ out: 'no/where.png' }, /^--out: expected a file or folder in a folder that exists, got "no\/where.png": there is no "no"$/],
      [{ out: 'no/where/' }, /^--out: the folder "no\/where\/" cannot be made: it does not exist \(ENOENT\)$/],
      [{ out: 'faces.jpg' }, /^--out: expected a file that ends in \.png, or a folder that ends in \/, got "faces\.jpg"$/],
    ];
    for (const [options, says] of wrong) {
      await expect(generateCommand({ ...common, text: 'a man', ...options, ...rest })).rejects.toThrow(says);
      await expect(generateCommand({ ...common, text: 'a man', ...options, ...rest })).rejects.toBeInstanceOf(UserError);
    }
    const refused: [args: string[], code: number, says: RegExp][] = [
      [['--count', '0'], 2, /'0' is invalid\. Expected a whole number from 1 to 10000\.$/m],
      [['--count', '100000'], 2, /'100000' is invalid\. Expected a whole number from 1 to 10000\.$/m],
      [['--out', '/proc/faces.png'], 1, /^faces\/\S+: no faces were made: \/proc\/faces\.png: could not be written: .*\n$/],
    ];
    for (const [args, code, says] of refused) {
      const { exitCode, stdout, stderr } = await facet('generate', id, 'a man', ...args);
      expect([exitCode, stdout], stderr).toEqual([code, '']);
      expect(`${stderr}\n`).toMatch(says);
    }
  });

  it('takes a run that has not come to its end, and says so; not one without a checkpoint', async () => {
    const { folder: trained } = run();
    const outcome = readFileSync(outcomeFile(trained));
    rmSync(outcomeFile(trained));
    expect(existsSync(leaseFile(trained)) || existsSync(join(trained, 'log.txt'))).toBe(true);
    const stopped = await generate('a man', '--out', 'stopped.png');
    expect(stopped).toContain('\nThis run has not come to its end (interrupted): its faces are those of its training so far.\n');
    writeFileSync(outcomeFile(trained), outcome);

    const kept = listCheckpoints(trained).map(({ path }) => [path, readFileSync(path)] as const);
    for (const [path] of kept) rmSync(path);
    const gone = await facet('generate', run().id, 'a man');
    for (const [path, bytes] of kept) writeFileSync(path, bytes);
    expect([gone.exitCode, gone.stdout]).toEqual([2, '']);
    expect(gone.stderr).toMatch(/^faces\/\S+: expected a checkpoint, and it keeps none that Facet can read: .*FACET_TRAINER/);
  });

  it('leaves whole files and no process where it is stopped', async () => {
    const command = facet('generate', run().id, 'a man', '--count', '10000', '--scale', '4', '--out', 'stopped/');
    const place = join(folder, 'stopped');
    while (!existsSync(place) || readdirSync(place).length < 3) await sleep(20);
    const children = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, 'utf8').trim().split(/\s+/);
    expect(children).toHaveLength(1);
    command.kill('SIGINT');
    const { exitCode, stdout, stderr } = await command;
    expect([exitCode, stdout, stderr]).toEqual([130, '', '']);
    expect(existsSync(`/proc/${children[0]}`)).toBe(false);
    const files = readdirSync(place);
    expect(files.filter((file) => !/^\d{4,}\.png$/.test(file))).toEqual([]);
    for (const file of files.slice(-20)) expect((await readPng(`stopped/${file}`)).size).toEqual([4 * SIDE, 4 * SIDE]);
  });
});
