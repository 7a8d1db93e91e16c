// Who ends the process group of a child when the runner is gone. A child leads its own group, so that Ctrl-C reaches it only through the
// runner, and what it has started ends with it.
//
// | what happens to the runner              | what ends the child                       | what ends what the child has started |
// | --------------------------------------- | ----------------------------------------- | ------------------------------------ |
// | it kills the child, or sees its end      | killProcessGroup                          | killProcessGroup                     |
// | it exits, also by an error               | 'exit' listener of protectFromOrphans     | the same                             |
// | it is killed (SIGKILL, out of memory)    | setpriv: the kernel, at once; the guard    | the guard                            |
// | the same, and the guard is killed too    | setpriv: the kernel                       | nothing, until the next runner       |
// | the same, without setpriv (macOS, musl)  | the child itself, as its channel closes   | nothing, until the next runner       |
// | the same, with a child that hangs        | the next runner: attempt/prepare-folder   | the next runner                      |

import { type ChildProcess, spawn } from 'node:child_process';
import { execa } from 'execa';

/** Signals the process group of a child that leads one. Does nothing where they are all gone. */
export function killProcessGroup(leader: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error; // EPERM: macOS says so of a group of which only a zombie is left
  }
}

/** Sees to it that the process group is killed if this process ends first, however that happens. Returns a function that calls this off. */
export function protectFromOrphans(leader: number): () => void {
  if (leaders.size === 0 && !isListening) process.on('exit', killAll);
  isListening = true;
  leaders.add(leader);
  tellGuard(`+${leader}`);
  return () => {
    leaders.delete(leader);
    tellGuard(`-${leader}`);
  };
}

/** Signals the process groups of all children of this process that lead one. */
export function signalChildren(signal: NodeJS.Signals): void {
  for (const leader of leaders) killProcessGroup(leader, signal);
}

const leaders = new Set<number>();
let isListening = false;

function killAll(): void {
  signalChildren('SIGKILL');
}

/**
 * The guard: a shell of a few hundred kilobytes that reads from this process, and outlives it by a moment. Null on a system without a
 * shell.
 */
let guard: ChildProcess | null | undefined;

function tellGuard(line: string): void {
  guard ??= startGuard();
  guard?.stdin?.write(`${line}\n`);
}

/** The guard takes the end of its input for the end of this process, however that came. */
function startGuard(): ChildProcess | null {
  if (process.platform === 'win32') return null;
  const child = spawn('/bin/sh', ['-c', GUARD_SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {}, cwd: '/' });
  child.on('error', () => {}); // no such shell: then the other ways must do
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}

const GUARD_SCRIPT = `
trap '' HUP INT TERM
groups=
while IFS= read -r line; do
  others=
  for group in $groups; do [ "$group" = "\${line#?}" ] || others="$others $group"; done
  groups=$others
  case $line in +*) groups="$groups \${line#?}" ;; esac
done
for group in $groups; do kill -KILL "-$group"; done
`;

const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--'];

/**
 * The words to put before a command, so that the kernel ends it with this process, also inside a native call of seconds; none where
 * the system has no such program. setpriv asks for that and becomes the program.
 */
export async function findParentDeathPrefix(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const [program, ...options] = SETPRIV;
  const { failed } = await execa(program!, [...options, 'true'], { reject: false, stdio: 'ignore', timeout: 5000 });
  return failed ? [] : SETPRIV;
}
