// TensorFlow's C library in the cache, for CPU or CUDA: wheels downloaded, unpacked and renamed into place, one
// after the other, so that an interrupted set-up goes on with the wheel that it was at.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { downloadWheel } from './download.js';
import { libraryFolder, setUpCommand } from './locations.js';
import { asProblem, SetupProblem } from './problem.js';
import { runProgram } from './programs.js';
import { BYTES_NEEDED, TENSORFLOW_VERSION } from './versions.js';
import { findPinnedWheel } from './wheels.js';

const UNPACKER = join(import.meta.dirname, 'unpack_wheel.py');
const TENSORFLOW_MEMBERS = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/*',
  'tensorflow/include/tensorflow/core/platform/ctstring*',
  'tensorflow/include/tsl/platform/ctstring*',
  'tensorflow/include/xla/tsl/c/*',
  '*.dist-info/METADATA',
];
/** Laid out as beside an installed TensorFlow, where it looks for them: the libraries, and the assembler of XLA. */
const CUDA_MEMBERS = ['nvidia/*/lib/*.so*', 'nvidia/cuda_nvcc/bin/*', 'nvidia/cuda_nvcc/nvvm/libdevice/*'];

/** Whether a folder of the cache holds a whole library: its record is written last, and no file has lost bytes since. */
export function isLibraryComplete(folder) {
  try {
    const record = JSON.parse(readFileSync(join(folder, 'library.json'), 'utf8'));
    return Object.entries(record.files).every(([path, size]) => statSync(join(folder, path)).size === size);
  } catch {
    return false;
  }
}

/**
 * Makes the library in the cache; needs the lock.
 * @param {'cpu' | 'cuda'} kind
 * @param {{ python: string, pip: string[], platforms: string[], report: object }} tools
 */
export async function installLibrary(kind, tools) {
  const folder = libraryFolder(kind);
  const partial = `${folder}.partial`;
  try {
    mkdirSync(join(partial, 'wheels'), { recursive: true });
    checkRoom(partial, BYTES_NEEDED[kind]);
    const wheels = [await installWheel(nameTensorflowPackage(kind), TENSORFLOW_MEMBERS, { ...tools, partial, label: 'TensorFlow' })];
    if (kind === 'cuda') {
      const packages = readCudaPackages(partial);
      for (const [i, name] of packages.entries()) {
        const label = `CUDA library ${i + 1} of ${packages.length}`;
        wheels.push(await installWheel(name, CUDA_MEMBERS, { ...tools, partial, label }));
      }
    }
    const files = measureLibraries(partial);
    rmSync(join(partial, 'download'), { recursive: true, force: true });
    writeFileSync(join(partial, 'library.json'), `${JSON.stringify({ tensorflow: TENSORFLOW_VERSION, kind, wheels, files }, null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } catch (error) {
    rmSync(hasUnpackedWheels(partial) ? join(partial, 'download') : partial, { recursive: true, force: true });
    throw asProblem(error, partial);
  }
}

/** Refuses to begin what cannot end. A set-up that was interrupted has part of the bytes already. */
function checkRoom(folder, bytes) {
  if (hasUnpackedWheels(folder)) return;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  throw new SetupProblem(
    `${(bytes / 1e9).toFixed(1)} GB are needed in ${folder}, and ${((bavail * bsize) / 1e9).toFixed(1)} GB are free`,
    'Free some space, or set FACET_CACHE to a folder on another disk.',
  );
}

function hasUnpackedWheels(partial) {
  return existsSync(join(partial, 'wheels')) && readdirSync(join(partial, 'wheels')).length > 0;
}

/** On x86-64 the CPU has a wheel of its own, half as large; on arm64 the one wheel is it. */
function nameTensorflowPackage(kind) {
  return kind === 'cpu' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}

async function installWheel(name, members, { python, pip, platforms, report, partial, label }) {
  const done = join(partial, 'wheels', name);
  if (existsSync(done)) return readFileSync(done, 'utf8');
  const download = join(partial, 'download');
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download);
  const onProgress = (count, total) => report.progress(`${label}: downloading`, count, total);
  onProgress(0, null);
  const { requirement, sha256 } = findPinnedWheel(name);
  const wheel = await downloadWheel({ pip, requirement, sha256, platforms, folder: download, onProgress });
  await unpack(wheel);
  rmSync(download, { recursive: true, force: true });
  writeFileSync(done, basename(wheel));
  return basename(wheel);

  async function unpack(path) {
    const onLine = (line) => report.progress(`${label}: unpacking`, ...line.split(' ').map(Number));
    const { ok, stderr } = await runProgram([python, UNPACKER, path, partial, ...members], { onLine });
    if (ok) return;
    const reason = stderr.split('\n').at(-1);
    const problem = asProblem(new Error(reason), partial);
    if (problem instanceof SetupProblem) throw problem;
    throw new SetupProblem(`${basename(path)} cannot be unpacked: ${reason}`, `Run \`${setUpCommand()}\` again to download it anew.`);
  }
}

/** Names of what `pip install tensorflow[and-cuda]` would bring along: `name<13.0,>=12.5; extra == "and-cuda"`. */
function readCudaPackages(folder) {
  const metadata = readdirSync(folder).find((name) => name.endsWith('.dist-info'));
  const text = readFileSync(join(folder, metadata, 'METADATA'), 'utf8');
  const names = [...text.matchAll(/^Requires-Dist:\s*([\w.-]+)[^;\n]*;[^\n]*extra == ['"]and-cuda['"]/gm)].map((match) => match[1]);
  if (names.length > 0) return names;
  throw new SetupProblem('this TensorFlow wheel names no CUDA libraries', `Use \`${setUpCommand('--cpu')}\`.`);
}

function measureLibraries(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => /\.so(\.|$)/.test(path));
  return Object.fromEntries(paths.map((path) => [path, statSync(join(folder, path)).size]));
}
