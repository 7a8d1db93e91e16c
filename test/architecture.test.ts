import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles, parseImports, readImports } from './helpers/imports.ts';

/** Each room and the rooms that it may import, besides itself. src/cli.ts and src/cli may import all of them. */
const ROOMS: Record<string, string[]> = {
  words: [],
  experiment: ['words'],
  machine: ['words', 'experiment'],
  results: ['words', 'experiment', 'machine'],
  runner: ['words', 'experiment', 'machine', 'results'],
  model: ['words', 'experiment', 'machine', 'results'],
  dashboard: ['words', 'experiment', 'machine', 'results'],
};

/** Packages that compute, and neither read nor start anything. */
const PURE_PACKAGES = /^(zod|yaml|pure-rand\/.*)$/;
const CLOCK_OR_CHANCE = /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bprocess\./;
const MOST_FILES = 14;
/** The training process and its log. */
const LOUD = [
  'src/model/child/main.ts',
  'src/model/child/grids-main.ts',
  'src/model/child/evaluate-main.ts',
  'src/model/child/generate-main.ts',
  'src/model/child/oracle-main.ts',
  'src/model/child/parent.ts',
  'src/runner/executors/slurm/task/main.ts', // the process of a job
  'src/model/child/train-run.ts',
];

const root = resolve(import.meta.dirname, '..');
const source = filesBelow('src');
const importsOf = new Map(source.map((file) => [file, readImports(root, file)]));

describe('the rooms', () => {
  it.each(Object.entries(ROOMS))('%s imports only itself and the rooms below it', (room, allowed) => {
    const own = source.filter((file) => roomOf(file) === room);
    expect(own.length).toBeGreaterThan(0);
    const upward = own.flatMap((file) =>
      importsOf
        .get(file)!
        .filter(({ target }) => target.includes('/') && !isPackage(target) && ![room, ...allowed].includes(roomOf(target)))
        .map(({ target }) => `${file} -> ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('are all named here', () => {
    expect([...new Set(source.map(roomOf))].sort()).toEqual([...Object.keys(ROOMS), 'cli', 'cli.ts', 'globals.d.ts', 'index.ts'].sort());
  });

  it(`have no folder of more than ${MOST_FILES} files`, () => {
    const counts = new Map<string, number>();
    for (const file of filesBelow('src', /./)) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([, count]) => count > MOST_FILES).map(([folder]) => folder);
    expect(large.sort()).toEqual([]);
  });
});

describe('imports', () => {
  it('lead to files that exist', () => {
    const lost = source.flatMap((file) =>
      importsOf
        .get(file)!
        .filter(({ target }) => !isPackage(target) && /\.tsx?$/.test(target) && !importsOf.has(target))
        .map(({ target }) => `${file} -> ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it('have no circles, those of types included', () => {
    const graph = new Map(source.map((file) => [file, importsOf.get(file)!.map(({ target }) => target)]));
    expect(findCircles(graph)).toEqual([]);
  });

  it('of the tests lead nowhere into bench', () => {
    const toBench = filesBelow('test', /\.(tsx?|m?js|cjs)$/)
      .filter((file) => !file.startsWith('test/fixtures/results/'))
      .filter((file) => readImports(root, file).some(({ target }) => target.startsWith('bench/')));
    expect(toBench).toEqual([]);
  });
});

describe('a pure file', () => {
  const isPure = (file: string) => roomOf(file) === 'experiment' || /^\/\/.*\(pure\)/.test(readText(file));
  const pure = source.filter(isPure);

  it('says so in its first line, where the tests read it', () => {
    expect(pure.length).toBeGreaterThan(50);
    expect(source.filter((file) => /^\/\/.*\(pure\)/m.test(readText(file)) && !pure.includes(file))).toEqual([]);
  });

  it('imports nothing at run time but pure files and packages that only compute, and uses neither clock nor chance', () => {
    const complaints = pure.flatMap((file) => {
      const imported = importsOf.get(file)!.filter(({ isRunTime }) => isRunTime);
      const impure = imported.filter(({ target }) => (isPackage(target) ? !PURE_PACKAGES.test(target) : !pure.includes(target)));
      const used = CLOCK_OR_CHANCE.exec(withoutComments(readText(file)));
      return [...impure.map(({ target }) => `${file} imports ${target}`), ...(used ? [`${file} uses ${used[0]}`] : [])];
    });
    expect(complaints.sort()).toEqual([]);
  });
});

describe('the command line', () => {
  it('is the only place that prints or exits, but for the child, a job and their own logs', () => {
    const loud = source.filter((file) => !file.startsWith('src/cli') && /process\.exit\b|console\.(log|error)/.test(readText(file)));
    expect(loud.filter((file) => !LOUD.includes(file) && !file.startsWith('src/dashboard/client/'))).toEqual([]);
  });
});

describe('the tests', () => {
  const tests = filesBelow('test', /\.test\.tsx?$/);

  it('measure no time and no memory: both depend on what else the machine does', () => {
    expect(tests.filter((file) => /performance\.now\(|process\.memoryUsage\(/.test(withoutComments(readText(file))))).toEqual([]);
  });

  it('set environment variables by vi.stubEnv, which takes them back', () => {
    const inPlace = /process\.env(\.\w+|\[[^\]]+\]) (\?\?)?= |delete process\.env/;
    expect(tests.filter((file) => inPlace.test(readText(file)))).toEqual([
      'test/machine/webgpu-adapters.test.ts', // Dawn reads it once in a process
    ]);
  });
});

describe('the first line of a file', () => {
  it('says what the file is for, not where it lies', () => {
    const files = [...source, ...filesBelow('test')];
    expect(files.filter((file) => /^\/\/ (Room|File|Module)\b:/.test(readText(file)))).toEqual([]);
  });
});

describe('an object', () => {
  it('is not written as spreads of smaller ones to save lines', () => {
    const files = [...source, ...filesBelow('test'), ...filesBelow('bench')];
    expect(files.filter((file) => /^\s*\.\.\.\{ .* \},?$/m.test(readText(file)))).toEqual([]);
  });

  it('is not taken apart into six or more names on a line of more than 120 columns', () => {
    const long = source.flatMap((file) =>
      readText(file)
        .split('\n')
        .flatMap((line, i) => (line.length > 120 && /\{( \w[^{},]*,){5,} [^{},]+ \}(: \w| = )/.test(line) ? [`${file}:${i + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });
});

describe('what reads the imports', () => {
  it('tells types from values, over several lines', () => {
    const text = [
      "import { a,\n  b } from './a.ts';",
      "import type { C } from './c.ts';",
      "export { d } from './d.ts';",
      "import './e.css';",
      "const f = await import('./f.ts');",
      "let g: typeof import('./g.ts');",
      "import { type H } from './h.ts';",
    ].join('\n');
    const found = parseImports(text).map(({ target, isRunTime }) => `${target} ${isRunTime ? 'value' : 'type'}`);
    expect(found.sort()).toEqual(
      ['./a.ts value', './c.ts type', './d.ts value', './e.css value', './f.ts value', './g.ts type', './h.ts value'].sort(),
    );
  });

  it('finds circles of any length, and nothing in a tree', () => {
    const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));
    expect(findCircles(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toEqual([]);
    expect(findCircles(graph({ a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d'], f: ['f'] }))).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
      ['f'],
    ]);
  });
});

function filesBelow(folder: string, name = /\.tsx?$/): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function isPackage(target: string): boolean {
  return !target.startsWith('src/') && !target.startsWith('test/') && !target.startsWith('bench/') && !target.startsWith('scripts/');
}

function roomOf(file: string): string {
  return file.split('/')[1]!;
}

function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*/g, '');
}
