// Put into every bundle: where it lies. Bundles lie in <root>/dist/<some folder>, whose package.json tells it from folders inside it;
// so that a checkout, or a package, may be moved. Those of a checkout that may not be written to lie in the cache, and say where it is.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let bundles = import.meta.dirname;
while (!existsSync(join(bundles, 'package.json'))) bundles = dirname(bundles);

export const FACET_ROOT = JSON.parse(readFileSync(join(bundles, 'package.json'), 'utf8')).facetRoot ?? dirname(dirname(bundles));
export const FACET_WORKERS = join(bundles, 'workers');
