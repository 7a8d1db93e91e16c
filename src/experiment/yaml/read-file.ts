// (pure) An experiment file and what it extends -> one map whose every value remembers its own file.

import type { Fault, Place } from '../user-error.ts';
import { mergeMaps } from './merge-nodes.ts';
import { shorten } from './quote.ts';
import { readYaml } from './read-yaml.ts';
import { createMap, describeFound, isEmpty, isReset, type YamlMap } from './yaml-node.ts';

const MAX_CHAIN = 16;
/** What says which experiment this is, and so belongs to one file only. */
const NOT_INHERITED = ['name', 'description', 'extends'];

export interface TextFile {
  /** How messages name it. The same file always has the same name, whatever the path that led to it. */
  file: string;
  text: string;
}

/** Resolves `path` against the file `from` and reads it. `problem`: why that cannot be read, such as "does not exist". */
export type ReadExtended = (path: string, from: string) => TextFile | { problem: string };

export interface FileRead {
  /** Undefined where a file could not be read or parsed. */
  root: YamlMap | undefined;
  faults: Fault[];
  /** Every file that was read, the extending before the extended. */
  files: string[];
}

export function readExperimentFile(source: TextFile, readExtended: ReadExtended): FileRead {
  return readChain([source], readExtended);
}

/** `chain` ends with the file to read; before it stand the files that led to it. */
function readChain(chain: readonly TextFile[], readExtended: ReadExtended): FileRead {
  const source = chain.at(-1)!;
  const { node, faults } = readYaml(source);
  const files = [source.file];
  if (node === undefined) return { root: undefined, faults, files };
  if (node.kind !== 'map') {
    const found = isEmpty(node) ? 'an empty file' : describeFound(node);
    return {
      root: undefined,
      faults: [...faults, { ...node.place, path: '', message: `expected a map of settings, got ${found}` }],
      files,
    };
  }
  const link = node.entries.get('extends')?.value;
  if (link === undefined || isReset(link)) return { root: without(node, 'extends'), faults, files };

  const base = openExtended(link.kind === 'scalar' ? link.value : undefined, {
    chain,
    place: link.place,
    found: describeFound(link),
    readExtended,
  });
  if ('message' in base) return { root: undefined, faults: [...faults, { ...link.place, path: 'extends', message: base.message }], files };
  const below = readChain([...chain, base], readExtended);
  const all = { faults: [...faults, ...below.faults], files: [...files, ...below.files] };
  if (below.root === undefined) return { root: undefined, ...all };
  return { root: mergeMaps(without(below.root, ...NOT_INHERITED), without(node, 'extends')), ...all };
}

interface Link {
  chain: readonly TextFile[];
  place: Place;
  found: string;
  readExtended: ReadExtended;
}

function openExtended(path: unknown, link: Link): TextFile | { message: string } {
  const from = link.chain.at(-1)!.file;
  if (typeof path !== 'string' || path === '') return { message: `expected the path of an experiment file, got ${link.found}` };
  if (link.chain.length > MAX_CHAIN) return { message: `expected a chain of at most ${MAX_CHAIN} extended files, got a longer one` };
  const base = link.readExtended(path, from);
  if ('problem' in base) return { message: `expected an experiment file, got ${link.found}, which ${base.problem}` };
  const first = link.chain.findIndex(({ file }) => file === base.file);
  if (first === -1) return base;
  const cycle = [...link.chain.slice(first), base].map(({ file }) => shorten(file)).join(' -> ');
  return { message: `expected a file that does not lead back to itself, got ${cycle}` };
}

function without(map: YamlMap, ...keys: string[]): YamlMap {
  return createMap(map.place, new Map([...map.entries].filter(([key]) => !keys.includes(key))));
}
