// What the documents name is there: files of this repository in backticks, and the targets of links.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const documents = [
  ...['README.md', 'bench/README.md', 'docs/architecture.md'],
  ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];

it.each(documents)('%s names files that exist', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const named = [...text.matchAll(/`((?:src|test|bench|scripts|docs|experiments|bin)\/[\w./-]+|(?:[\w-]+\/)+[\w-]+\.tsx?)`/g)];
  const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)];
  const paths = [...named.map(([, path]) => path!), ...linked.map(([, path]) => normalize(join(dirname(document), path!)))];
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
