// What the documents name is there: files of this repository in backticks, by their path or its end, and the targets of links.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const documents = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'bench/README.md', 'docs/architecture.md'],
  ...['docs/checkpoints.md', 'docs/clusters.md', 'docs/export.md', 'docs/trainers.md'],
  ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];
const files = ['src', 'test', 'bench', 'scripts', 'experiments', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `/${folder}/${file}`),
);

it.each(documents)('%s names files that exist', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const named = [...text.matchAll(/`((?:[\w-]+\/)+[\w-]+\.(?:tsx?|m?js|ya?ml|json|md))`/g)].map(([, path]) => path!);
  const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => normalize(join(dirname(document), path!)));
  const lost = named.filter((path) => !isPath(path) && !files.some((file) => file.endsWith(`/${path}`)));
  expect([...lost, ...linked.filter((path) => !isPath(path))]).toEqual([]);
});

function isPath(path: string): boolean {
  return existsSync(join(root, path));
}
