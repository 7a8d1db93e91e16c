// Proves that what was installed computes, in a child process: what is wrong with it may end the process.

import { join } from 'node:path';
import { installCommand } from './locations.js';
import { SetupProblem } from './problem.js';
import { runProgram } from './programs.js';

const PROBE = join(import.meta.dirname, 'probe.cjs');
const EXPECTED = [19, 22, 43, 50];

/**
 * @param {string} tfjs folder of the package
 * @param {string} libraryPath further folders in which to look for shared libraries
 * @returns {Promise<{ version: string, gpu: boolean }>}
 */
export async function verifyInstallation(tfjs, libraryPath = '') {
  const inherited = process.env.LD_LIBRARY_PATH;
  const environment = { TF_CPP_MIN_LOG_LEVEL: '2' };
  if (libraryPath) environment.LD_LIBRARY_PATH = inherited ? `${libraryPath}:${inherited}` : libraryPath;
  const result = await runProgram([process.execPath, PROBE, tfjs], { environment, timeoutMs: 120_000 });
  if (!result.ok) throw new SetupProblem(`TensorFlow does not load: ${explain(result)}`, remedyFor(result));
  const found = readAnswer(result.stdout);
  if (EXPECTED.every((value, i) => value === found.product[i])) return found;
  throw new SetupProblem(`TensorFlow multiplies two matrices to ${found.product}, not ${EXPECTED}`, 'Please report this.');
}

/** The last line that the probe printed, which libraries may have mixed lines of their own into. */
function readAnswer(stdout) {
  const line = stdout.trimEnd().split('\n').at(-1);
  try {
    const answer = JSON.parse(line);
    if (Array.isArray(answer?.product)) return answer;
  } catch {
    // no JSON: said below
  }
  throw new SetupProblem(
    `TensorFlow loads, but its check printed ${JSON.stringify(line.slice(0, 200))} in place of a result`,
    `Delete node_modules and run \`${installCommand}\`.`,
  );
}

function explain({ signal, timedOut, exitCode, stderr }) {
  if (timedOut) return 'it did not answer within two minutes';
  if (signal === 'SIGILL' || /compiled to use \S+ instructions/.test(stderr))
    return 'this processor lacks instructions that it needs (AVX)';
  if (signal) return `it ended with ${signal}`;
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.find((line) => /^(\w*Error|error while loading)/.test(line)) ?? lines.at(-1) ?? `exit code ${exitCode}`;
}

const remedyFor = ({ signal }) =>
  signal === 'SIGILL' ? 'Use a processor with AVX.' : `Delete node_modules and run \`${installCommand}\`.`;
