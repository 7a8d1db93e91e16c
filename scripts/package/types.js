// The types of the library for a user's compiler: what index.d.ts mentions, and nothing that needs a package or a source of ours.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const MENTIONED = /(from\s*|import\()(['"])([^'"]+)\2/g;

/** Writes index.d.ts and the files that it mentions. */
export function writeTypes(root, folder) {
  const all = `${folder}.all`;
  try {
    emitDeclarations(root, all);
    const files = ['index.d.ts'];
    for (const file of files) {
      const text = readFileSync(join(all, file), 'utf8').replace(MENTIONED, (_, before, quote, path) => {
        if (!path.startsWith('.')) throw new Error(`src/${file.replace('.d.ts', '.ts')}: its types mention the package ${path}`);
        const target = relative(all, join(all, dirname(file), path.replace(/\.ts$/, '.d.ts')));
        if (!files.includes(target)) files.push(target);
        return `${before}${quote}${path.replace(/\.ts$/, '.js')}${quote}`;
      });
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

/** Declarations of the library and of all that it imports. */
function emitDeclarations(root, folder) {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const project = `${folder}.json`;
  writeFileSync(
    project,
    JSON.stringify({
      compilerOptions: {
        ...compilerOptions,
        ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: folder, rootDir: join(root, 'src') },
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: ['src/index.ts', 'src/globals.d.ts'].map((path) => join(root, path)),
    }),
  );
  const compiler = join(dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json')), 'bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  rmSync(project);
  if (status !== 0) throw new Error(`The types of the library do not compile:\n${stdout}`);
}
