// (pure) Which attributes a dataset has, asked once for each folder and what is used of it.

import { CELEBA_ATTRIBUTES } from '../celeba-attributes.ts';
import { quote } from '../yaml/quote.ts';
import type { KnownAttributes } from './rules.ts';
import type { DatasetConfig } from './schema.ts';

/** What a look at a dataset on disk tells. */
interface SeenLabels {
  names: readonly string[];
  /** What stands beside the labels and is none -> why. */
  unusable?: ReadonlyMap<string, string>;
  /** Why it cannot be packed, whatever the pictures hold. */
  refused?: string | undefined;
  /** The most that can be usable, those held out included. */
  pictures?: number;
  /** Pictures that are used whole where `crop` is left alone, or that are always cut around the face. */
  ownCut?: 'whole' | 'around the face' | undefined;
}

/**
 * Looks at a dataset on disk; or says why it cannot be read, and which field of `dataset` has to be mended, if not `root`. Undefined: it is
 * not looked at, and what is said of it is believed.
 */
export type AttributesOf = (dataset: DatasetConfig) => SeenLabels | { reason: string; field?: string } | undefined;

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
  if (found === undefined) return otherwise;
  if ('reason' in found) return { ...otherwise, fault: found };
  return { ...found, names: new Set(found.names), owner: `the labels in ${root}` };
}
