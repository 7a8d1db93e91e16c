// Room: runner/executors/local. A process of a few hundred kilobytes that outlives this one by a moment, to end what children have started
// where this one is killed outright: a child dies with its parent (parent-death.ts), its own children would not.

import { type ChildProcess, spawn } from 'node:child_process';

/** Has the process group killed should this process end. Returns a function that calls this off. */
export function guardProcessGroup(leader: number): () => void {
  tell(`+${leader}`);
  return () => tell(`-${leader}`);
}

function tell(line: string): void {
  guard ??= startGuard();
  guard?.stdin?.write(`${line}\n`);
}

let guard: ChildProcess | null | undefined;

/** The end of its input is the end of this process, in whichever way that came. Null on a system without such a shell. */
function startGuard(): ChildProcess | null {
  if (process.platform === 'win32') return null;
  const child = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {}, cwd: '/' });
  child.on('error', () => {}); // no such shell: then the other ways must do
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}

const SCRIPT = `
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
