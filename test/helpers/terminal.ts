// The facet command at a terminal of a given width, with what is typed there.

import { join } from 'node:path';
import { execa } from 'execa';
import type { Workplace } from './built-cli.ts';
import { trainer } from './sweep.ts';

export interface Typed {
  columns?: number;
  /** Typed once this has been shown. */
  answer?: { to: string; text: string };
}

/** Lines as shown, without colours. */
export async function atTerminal(workplace: Workplace, { columns = 80, answer }: Typed, ...args: string[]) {
  const words = [process.execPath, join(FACET_ROOT, 'bin', 'facet.js'), ...args].map((word) => `'${word}'`).join(' ');
  const env = { FACET_TRAINER: trainer('by-seed'), TRAINERS: workplace.trainers.join(','), NO_COLOR: '1', ...workplace.env };
  const child = execa('script', ['-qec', `stty cols ${columns}; exec ${words}`, '/dev/null'], {
    cwd: workplace.folder,
    reject: false,
    env,
  });
  let shown = '';
  child.stdout.on('data', (bytes) => {
    const hadIt = answer === undefined || shown.includes(answer.to);
    shown += bytes;
    if (!hadIt && shown.includes(answer.to)) child.stdin.write(`${answer.text}\r`);
  });
  const { exitCode } = await child;
  return { exitCode, lines: shown.replaceAll('\r', '').trimEnd().split('\n') };
}
