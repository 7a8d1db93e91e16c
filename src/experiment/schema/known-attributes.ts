// (pure) Which attributes a dataset has, asked once for each folder and what is used of it.

import { CELEBA_ATTRIBUTES } from '../celeba-attributes.ts';
import { quote } from '../yaml/quote.ts';
import type { KnownAttributes } from './rules.ts';
import type { DatasetConfig } from './schema.ts';

/**
 * Looks at the labels of a dataset on disk: their names, and what beside them is none and why; or why they cannot be read, and which field of
 * `dataset` has to be mended, if not `root`. Undefined: not looked at.
 */
export type AttributesOf = (
  dataset: DatasetConfig,
) =>
  | readonly string[]
  | { names: readonly string[]; unusable: ReadonlyMap<string, string> }
  | { reason: string; field?: string }
  | undefined;

const CELEBA: KnownAttributes = { names: new Set(CELEBA_ATTRIBUTES), owner: 'CelebA' };

export function createKnownAttributes(attributesOf: AttributesOf): (dataset: DatasetConfig) => KnownAttributes {
  const known = new Map<string, KnownAttributes>();
  return (dataset) => {
    if (dataset.source === 'synthetic') return CELEBA;
    const { imageSize, crop, heldOut, phrases, ...read } = dataset;
    const key = JSON.stringify(read);
    const cached = known.get(key) ?? look(dataset, attributesOf);
    known.set(key, cached);
    return cached;
  };
}

/** CelebA's own names are known even where its lists are not there. */
function look(dataset: DatasetConfig, attributesOf: AttributesOf): KnownAttributes {
  const found = attributesOf(dataset);
  const root = quote(dataset.root ?? '');
  const otherwise = dataset.source === 'celeba' ? CELEBA : { names: undefined, owner: `the labels in ${root}` };
  if (found === undefined && dataset.source === 'celeba') return CELEBA;
  if (found === undefined)
    return { ...otherwise, fault: { reason: `expected a folder with pictures and a list of labels that can be read, got ${root}` } };
  if ('reason' in found) return { ...otherwise, fault: found };
  if (!('names' in found)) return { names: new Set(found), owner: `the labels in ${root}` };
  return { names: new Set(found.names), owner: `the labels in ${root}`, unusable: found.unusable };
}
