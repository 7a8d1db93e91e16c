// Puts the cached library and addon into the package, each by a rename, so that a process which has them loaded,
// or loads them at this moment, sees the old ones or the new ones.

import { copyFileSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addonFile, libraryFolder } from './locations.js';

export function linkIntoPackage({ tfjs, kind, addon }) {
  const library = libraryFolder(kind);
  const cc = join(library, 'tensorflow', 'libtensorflow_cc.so.2');
  const framework = join(library, 'tensorflow', 'libtensorflow_framework.so.2');
  replaceLink(join(library, 'tensorflow', 'include'), join(tfjs, 'deps', 'include'));
  replaceLink(cc, join(tfjs, 'deps', 'lib', 'libtensorflow_cc.so.2'));
  replaceLink(framework, join(tfjs, 'deps', 'lib', 'libtensorflow_framework.so.2'));
  // The names that the package's own build links.
  replaceLink(cc, join(tfjs, 'deps', 'lib', 'libtensorflow.so'));
  replaceLink(framework, join(tfjs, 'deps', 'lib', 'libtensorflow_framework.so'));
  // TensorFlow looks for CUDA in ../nvidia beside its own folder.
  if (kind === 'cuda') replaceLink(join(library, 'nvidia'), join(tfjs, 'deps', 'nvidia'));
  else rmSync(join(tfjs, 'deps', 'nvidia'), { recursive: true, force: true });

  const target = addonFile(tfjs);
  mkdirSync(dirname(target), { recursive: true });
  // A copy: a link would make the loader look for the libraries beside the original.
  copyFileSync(addon, `${target}.${process.pid}.tmp`);
  renameSync(`${target}.${process.pid}.tmp`, target);
}

function replaceLink(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  // A real folder, from another way of installing, cannot be renamed over.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
  renameSync(temporary, path);
}
