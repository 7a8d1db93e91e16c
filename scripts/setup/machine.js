// What this machine can run: which wheels fit it, and whether it has an NVIDIA driver.

import { existsSync, readFileSync } from 'node:fs';
import { SetupProblem } from './problem.js';
import { findProgram, runProgram } from './programs.js';
import { GLIBC_VERSION, NVIDIA_DRIVER_VERSION } from './versions.js';

const MACHINES = { x64: 'x86_64', arm64: 'aarch64' };
const WHEEL_TAGS = ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'];

/** Platform tags of the wheels that run here, best first. Throws a SetupProblem where TensorFlow has none. */
export function findWheelPlatforms() {
  const machine = MACHINES[process.arch];
  if (process.platform !== 'linux' || !machine) {
    throw new SetupProblem(
      `TensorFlow's library exists for Linux on x86-64 and arm64, and this is ${process.platform} on ${process.arch}`,
      'Use such a machine, or a Linux container on this one.',
    );
  }
  const glibc = readGlibcVersion();
  if (!glibc || compareVersions(glibc, GLIBC_VERSION) < 0) {
    throw new SetupProblem(
      `TensorFlow needs the GNU C library ${GLIBC_VERSION} or newer, and this system has ${glibc ?? 'another one'}`,
      'Use a distribution with a newer one, such as Debian 12.',
    );
  }
  return WHEEL_TAGS.map((tag) => `${tag}_${machine}`);
}

/**
 * The NVIDIA driver, where one is at work.
 * @returns {Promise<{ version: string, tooOld: boolean } | null>}
 */
export async function findNvidiaDriver() {
  const version = readKernelDriver() ?? (await askNvidiaSmi());
  return version ? { version, tooOld: Number.parseInt(version, 10) < NVIDIA_DRIVER_VERSION } : null;
}

/** The first file is also visible in containers that were given no GPU; the second is not. */
function readKernelDriver() {
  try {
    const text = readFileSync('/proc/driver/nvidia/version', 'utf8');
    return existsSync('/dev/nvidiactl') ? (/\s(\d{3,}\.\d[\d.]*)\s/.exec(text)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}

async function askNvidiaSmi() {
  const program = findProgram('nvidia-smi');
  if (!program) return null;
  const { ok, stdout } = await runProgram([program, '--query-gpu=driver_version', '--format=csv,noheader'], { timeoutMs: 20_000 });
  return ok ? (/^\d+(\.\d+)*/.exec(stdout)?.[0] ?? null) : null;
}

function readGlibcVersion() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ?? null;
}

function compareVersions(a, b) {
  const [majorA, minorA] = a.split('.').map(Number);
  const [majorB, minorB] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
