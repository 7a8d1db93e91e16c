// (pure) The parts of the cache, as `facet clean` names them.

export const CACHE_PARTS = ['data', 'oracles', 'bundles', 'tensorflow'] as const;

export type CachePart = (typeof CACHE_PARTS)[number];
