// Room: runner/executors/local. A child whose parent is killed outright lives on, and one inside a native call of seconds does not even
// notice. Linux can end it with its parent: `setpriv --pdeathsig KILL -- program` asks for that and becomes the program.

import { execa } from 'execa';

const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--'];

/** The words to put before a command, so that it dies with this process; none where the system has no such program. */
export async function findParentDeathPrefix(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const [program, ...options] = SETPRIV;
  const { failed } = await execa(program!, [...options, 'true'], { reject: false, stdio: 'ignore', timeout: 5000 });
  return failed ? [] : SETPRIV;
}
