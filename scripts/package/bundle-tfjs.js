// tfjs-node-gpu with all that its JavaScript needs in two files, its messages apart, and the source of its addon: so that an installed
// package of Facet neither runs its install script nor writes into anything of npm's.

import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { tfjsFolder, tfjsProject } from '../setup/locations.js';
import { createReport } from '../setup/report.js';
import { installTfjs } from '../setup/tfjs.js';
import { carryAddon } from './carry-addon.js';

/** In place of node-pre-gyp, of which tfjs-node-gpu asks one question: where its addon is. */
const FIND_ADDON = "exports.find = (file) => require('node:path').join(file, '../lib/napi-v8/tfjs_binding.node');";
const answerForAddon = {
  name: 'answer-for-addon',
  setup(builder) {
    builder.onResolve({ filter: /^@mapbox\/node-pre-gyp$/ }, ({ path }) => ({ path, namespace: 'answer' }));
    builder.onLoad({ filter: /.*/, namespace: 'answer' }, () => ({ contents: FIND_ADDON, resolveDir: tfjsProject }));
  },
};

/** Returns the files that went into it, by their paths from the checkout. */
export async function bundleTfjs(folder) {
  const tfjs = tfjsFolder() ?? (await installTfjs(createReport(process.stderr)));
  const { metafile } = await build({
    entryPoints: { index: join(tfjs, 'dist/index.js'), 'proto/api_pb': join(tfjs, 'dist/proto/api_pb.js') },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    legalComments: 'eof',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: join(tfjsProject, '..'),
    outdir: join(folder, 'dist'),
    plugins: [answerForAddon],
  });
  cpSync(join(tfjs, 'binding'), join(folder, 'binding'), { recursive: true });
  await carryAddon(tfjs, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(tfjs, 'package.json'), 'utf8'));
  const cacheName = `${version}-${hashFiles(folder).slice(0, 12)}`; // another content is another copy in the cache
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, license, main: 'dist/index.js', cacheName }, null, 2)}\n`);
  return Object.keys(metafile.inputs).filter((path) => !path.startsWith('answer:'));
}

function hashFiles(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort())
    hash.update(`${relative(folder, path)}\0`).update(readFileSync(path));
  return hash.digest('hex');
}
