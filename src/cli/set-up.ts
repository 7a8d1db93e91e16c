// facet setup: sets native TensorFlow up, or says in one line why it cannot.

import { constants } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startOfCommands } from '../machine/installation.ts';

export async function setupCommand({ cpu, cuda }: { cpu: boolean; cuda: boolean }): Promise<number> {
  const options = ['--require', ...(cpu ? ['--cpu'] : []), ...(cuda ? ['--cuda'] : [])];
  const child = execa(process.execPath, [join(FACET_ROOT, 'scripts/setup.js'), ...options], {
    stdio: 'inherit',
    reject: false,
    env: { FACET_START: startOfCommands() }, // what its hints begin with
  });
  const letChildEnd = () => {}; // it says how to go on, and its exit code tells
  process.on('SIGINT', letChildEnd);
  const { exitCode, signal } = await child;
  process.off('SIGINT', letChildEnd);
  return exitCode ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}
