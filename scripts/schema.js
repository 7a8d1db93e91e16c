// Writes experiments/schema.json from the zod schema. Run it after a change of src/experiment/schema/schema.ts: npm run schema

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { outputFiles } = await build({
  entryPoints: [join(root, 'src/experiment/schema/json-schema.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { formatJsonSchema } = await import(`data:text/javascript;base64,${source}`);
writeFileSync(join(root, 'experiments/schema.json'), formatJsonSchema());
