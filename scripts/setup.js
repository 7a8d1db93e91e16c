// Set-up: puts native TensorFlow under @tensorflow/tfjs-node-gpu, or says in one line why it cannot. Plain JavaScript: it
// runs before anything is built.

import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { installTensorflow } from './setup/install.js';
import { isPackage, setUpCommand, startOfCommands } from './setup/locations.js';
import { SetupProblem } from './setup/problem.js';
import { createReport } from './setup/report.js';
import { WASM_SLOWDOWN } from './setup/versions.js';

const HELP = `Usage: ${setUpCommand('[options]')}

Installs native TensorFlow for ${isPackage ? 'this package' : 'this checkout'} of Facet. Does nothing where it is installed.

  --cpu      without CUDA, also where there is an NVIDIA driver
  --cuda     with CUDA, or not at all
  --require  exit with 1 where it cannot be installed (otherwise Facet goes on with WebAssembly)
`;

const report = createReport();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupt(signal));
process.exitCode = await main();
if (process.exitCode === 0 && !isPackage) await bundle();

async function main() {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const startedMs = performance.now();
  try {
    const manifest = await installTensorflow({ asked: options.cpu ? 'cpu' : options.cuda ? 'cuda' : 'auto', report });
    report.line(describe(manifest, performance.now() - startedMs));
    return 0;
  } catch (error) {
    report.clear();
    if (!(error instanceof SetupProblem)) throw error;
    console.error(
      `TensorFlow is not set up: ${error.message}. ${error.remedy} Until then Facet trains on WebAssembly, about ${WASM_SLOWDOWN} times slower.`,
    );
    return options.require ? 1 : 0;
  }
}

/** So that no later command has to write into the checkout. Where that fails, the first command says why, or uses the cache. */
async function bundle() {
  try {
    const { ensureBuilt } = await import('./build.js');
    await ensureBuilt({ inCheckout: true });
  } catch {
    // no esbuild, or nowhere to write to
  }
}

/** The options, or an exit code. */
function readOptions() {
  const flag = { type: 'boolean' };
  try {
    const { values } = parseArgs({ options: { cpu: flag, cuda: flag, require: flag, help: { ...flag, short: 'h' } } });
    if (values.cpu && values.cuda) throw new Error('--cpu and --cuda exclude each other');
    if (!values.help) return values;
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

function describe({ tensorflow, kind, gpu, note }, tookMs) {
  const took = tookMs > 2000 ? ` (took ${Math.round(tookMs / 1000)} s)` : '';
  const line = `TensorFlow ${tensorflow} for ${kind === 'cuda' ? 'CUDA' : 'CPU'} is set up${took}.`;
  if (kind === 'cuda' && !gpu)
    return `${line} It finds no GPU that it can use, so it computes on the CPU: see \`${startOfCommands} doctor\`.`;
  return note ? `${line} Not for CUDA, because ${note}; \`${setUpCommand('--cuda')}\` tries again.` : line;
}

/** Exiting ends the child and gives the lock back; what was downloaded completely stays. */
function interrupt(signal) {
  report.clear();
  console.error(`Interrupted. \`${setUpCommand()}\` goes on from here.`);
  process.exit(128 + constants.signals[signal]);
}
