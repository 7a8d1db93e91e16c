// (pure) Which attributes a dataset has, asked once for each folder.

import { CELEBA_ATTRIBUTES } from '../celeba-attributes.ts';
import { quote } from '../yaml/quote.ts';
import type { KnownAttributes } from './rules.ts';
import type { DatasetConfig } from './schema.ts';

/** Reads the label file of a folder dataset: its names, or why there are none. Undefined: unreadable, without a reason. */
export type AttributesOf = (dataset: DatasetConfig) => readonly string[] | { reason: string } | undefined;

export function createKnownAttributes(attributesOf: AttributesOf): (dataset: DatasetConfig) => KnownAttributes {
  const celeba: KnownAttributes = { names: new Set(CELEBA_ATTRIBUTES), owner: 'CelebA' };
  const folders = new Map<string, KnownAttributes>();
  return (dataset) => {
    if (dataset.source !== 'folder') return celeba;
    const key = JSON.stringify([dataset.root, dataset.labels]);
    const cached = folders.get(key) ?? readFolder(dataset, attributesOf);
    folders.set(key, cached);
    return cached;
  };
}

function readFolder(dataset: DatasetConfig, attributesOf: AttributesOf): KnownAttributes {
  const found = attributesOf(dataset);
  const root = quote(dataset.root ?? '');
  if (found === undefined) return { reason: `expected a folder with pictures and a CSV of labels that can be read, got ${root}` };
  if ('reason' in found) return { reason: found.reason };
  return { names: new Set(found), owner: `the labels in ${root}` };
}
