import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rooms = {
  experiment: [],
  machine: ['experiment'],
  results: ['experiment', 'machine'],
  runner: ['experiment', 'machine', 'results'],
  model: ['experiment', 'machine', 'results'],
  dashboard: ['experiment', 'machine', 'results'],
};

const files = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

const importsOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path]) => path!);
const roomOf = (file: string) => file.split('/')[1]!;

describe.each(Object.entries(rooms))('src/%s', (room, allowed: string[]) => {
  const own = files(`src/${room}`);

  it('imports only itself and the rooms below it', () => {
    expect(own.length).toBeGreaterThan(0);
    const forbidden = own.flatMap((file) =>
      importsOf(file)
        .filter((path) => path.startsWith('.'))
        .map((path) => relative(root, resolve(root, file, '..', path)))
        .filter((target) => ![room, ...allowed].includes(roomOf(target)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(forbidden).toEqual([]);
  });
});

describe('the pure rooms', () => {
  const pure = [...files('src/experiment'), 'src/runner/plan/plan.ts', 'src/runner/schedule/schedule.ts', 'src/runner/plan/slots.ts'];

  it('use no Node modules', () => {
    expect(pure.filter((file) => importsOf(file).some((path) => path.startsWith('node:') || path === 'execa'))).toEqual([]);
  });

  it('use neither the clock nor unseeded randomness', () => {
    const impure = /Math\.random|Date\.now|new Date\(\)|performance\.now/;
    expect(files('src/experiment').filter((file) => impure.test(readFileSync(join(root, file), 'utf8').replace(/\/\/.*/g, '')))).toEqual(
      [],
    );
  });
});

describe('the command line', () => {
  it('is the only place that prints or exits, but for the child and its own log', () => {
    const loud = files('src').filter(
      (file) => !file.startsWith('src/cli') && /process\.exit|console\.(log|error)/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(
      loud.filter((file) => !['src/model/child/main.ts', 'src/model/child/parent.ts', 'src/model/child/train-run.ts'].includes(file)),
    ).toEqual([]);
  });
});
