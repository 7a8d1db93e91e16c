// Writes experiments/schema.json from the zod schema. Run it after a change of src/experiment/schema/: npm run schema

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { formatJsonSchema } = await import(pathToFileURL(join(await ensureBuilt(), 'schema.js')).href);
writeFileSync(join(root, 'experiments/schema.json'), formatJsonSchema());
