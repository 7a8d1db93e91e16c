// The process that trains an oracle with all cores: node oracle.js <MakeOracle, as JSON>. Sends OracleMessages to its parent, and exits
// with 0 once the oracle is in the cache; with STOPPED_EXIT_CODE when asked to stop; else it prints one line that says why not, and exits
// with 1.

import { chooseBackend } from '../../machine/backend.ts';
import { defaultCacheRoot } from '../../machine/cache-root.ts';
import { STOPPED_EXIT_CODE } from '../../results/child-messages.ts';
import { openEvaluationData } from '../evaluation/held-out.ts';
import { type MakeOracle, openOracle } from '../evaluation/oracle/oracle.ts';
import { loadKernels } from '../kernels/load.ts';
import { exitWithReason, sendToParent } from './parent.ts';

const [order] = process.argv.slice(2);
if (!order) {
  console.error('Usage: node oracle.js <order>');
  process.exit(2);
}
const stop = new AbortController();
process.on('uncaughtException', fail);
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => {
  if (!process.send) stop.abort(); // a terminal's Ctrl-C reaches the parent as well, who decides
});
process.on('disconnect', () => process.exit(1));
try {
  const { dataset, rotations }: MakeOracle = JSON.parse(order);
  const common = { cacheRoot: defaultCacheRoot(), onNotice: (text: string) => sendToParent({ type: 'notice', text }), signal: stop.signal };
  const data = await openEvaluationData(dataset, common);
  const k = await loadKernels(await chooseBackend(), 'float32');
  await openOracle({ ...common, k, data, rotations, onProgress: (done, total) => sendToParent({ type: 'progress', done, total }) });
  process.exit(0);
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  if (stop.signal.aborted) process.exit(STOPPED_EXIT_CODE);
  exitWithReason(error);
}
