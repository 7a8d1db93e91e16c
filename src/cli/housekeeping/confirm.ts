// Asks before something is deleted.

import { createInterface } from 'node:readline/promises';
import { UserError } from '../../experiment/user-error.ts';

/** Only "y" and "yes" are a yes: not the end of the input, nor Ctrl-C. Throws a UserError where nobody can be asked. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UserError('Nobody can be asked here: add --yes to delete without asking');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new AbortController();
  terminal.once('SIGINT', () => closed.abort());
  terminal.once('close', () => closed.abort());
  try {
    const answer = await terminal.question(`${question} y/N `, { signal: closed.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    process.stdout.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
