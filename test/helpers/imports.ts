// What a file of this repository imports, and the circles in a graph of imports.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Import {
  /** A path from the repository's root for our own files, else a package or a Node module. */
  target: string;
  /** False for `import type`, which is gone when the code runs. */
  isRunTime: boolean;
}

/** `file` is a path from the repository's root, as the targets are. Counts static imports, re-exports, and `import('…')` with a literal. */
export function readImports(root: string, file: string): Import[] {
  return parseImports(readFileSync(join(root, file), 'utf8')).map(({ target, isRunTime }) => ({
    target: target.startsWith('.') ? join(dirname(file), target) : target,
    isRunTime,
  }));
}

/** The imports that a text names, targets as they are written. A comment that reads like an import counts too: it is rare, and harmless. */
export function parseImports(text: string): Import[] {
  const declared = [...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;'"]*?from\s*['"]([^'"]+)['"]/gm)];
  const bare = [...text.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)];
  const called = [...text.matchAll(/(typeof\s+)?\bimport\(\s*['"]([^'"]+)['"]/g)];
  return [
    ...declared.map(([, type, target]) => ({ target: target!, isRunTime: type === undefined })),
    ...bare.map(([, target]) => ({ target: target!, isRunTime: true })),
    ...called.map(([, type, target]) => ({ target: target!, isRunTime: type === undefined })),
  ];
}

/**
 * The largest sets of nodes that all reach each other, each sorted, largest of names first; a node that points at itself is one too.
 * Tarjan, Depth-first search and linear graph algorithms, 1972.
 */
export function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1 || graph.get(node)?.includes(node)) circles.push(members.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}
