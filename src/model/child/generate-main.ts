// The process that makes faces from a trained run: node generate.js <run folder> <GenerateOrder, as JSON>. Writes the pictures, prints
// GeneratedFaces as one line of JSON and exits with 0; or prints one line that says why not, and exits with 1. Progress goes over the IPC
// channel, where there is one. With `-` as the order it stays: an order comes with each message over that channel, and so does the answer.

import { getPriority, setPriority } from 'node:os';
import { type FaceMakerMessage, type FaceOrder, type GenerateOrder, STAY_FOR_ORDERS } from '../../results/generation.ts';
import { createFaceKeeper } from '../generation/kept/keep-faces.ts';
import { makeFaces } from '../generation/make-faces.ts';
import { exitWithReason, sendToParent } from './parent.ts';

const GRACE_MS = 1000;
/** What is trained meanwhile goes first. */
const NICE = 10;

const [folder, order] = process.argv.slice(2);
if (!folder || !order) {
  console.error('Usage: node generate.js <run folder> <order>');
  process.exit(2);
}
process.on('uncaughtException', exitWithReason);
process.on('disconnect', () => process.exit(1)); // whoever asked is gone
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endSoon);
if (order === STAY_FOR_ORDERS) await answerOrders();
try {
  let shown = '';
  const onProgress = (what: string, done: number, total: number) => {
    const phase = `${what}: ${Math.floor((100 * done) / total)} %`;
    if (phase !== shown) sendToParent({ type: 'phase', phase });
    shown = phase;
  };
  console.log(JSON.stringify(await makeFaces(folder, JSON.parse(order) as GenerateOrder, { onProgress, signal: stop.signal })));
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted) process.exit(1);
  exitWithReason(error);
}

/**
 * An oracle or a packing that is being made is put away first. Any file that is being written is whole, or gone, between two steps of this
 * program.
 */
function endSoon(): void {
  stop.abort();
  setTimeout(() => process.exit(1), GRACE_MS);
}

/** Until the channel is closed, or a signal comes. */
async function answerOrders(): Promise<never> {
  const keeper = createFaceKeeper();
  process.on('message', ({ folder, order }: FaceOrder) => {
    keeper.make(folder, order, stop.signal).then((made) => tell({ type: 'faces', made }), exitWithReason);
  });
  if (getPriority() < NICE) setPriority(NICE); // back is not allowed
  tell({ type: 'ready' });
  return new Promise<never>(() => {});
}

function tell(message: FaceMakerMessage): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}
