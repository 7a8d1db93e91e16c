// Put into every bundle: where it lies. Bundles lie in <root>/dist/<some folder>, whose package.json tells it from folders inside it;
// so that a checkout, or a package, may be moved.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

let bundles = import.meta.dirname;
while (!existsSync(join(bundles, 'package.json'))) bundles = dirname(bundles);

export const FACET_ROOT = dirname(dirname(bundles));
export const FACET_WORKERS = join(bundles, 'workers');
