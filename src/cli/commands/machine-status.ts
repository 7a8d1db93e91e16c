// facet status --machine: who has which cores and cards of this machine, among all runners of all users.

import { formatDuration } from '../../experiment/units.ts';
import { describeProcessor } from '../../machine/processor.ts';
import { type Claim, findMachineFolder, listClaims } from '../../runner/executors/local/machine-share.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHarmless } from '../harmless.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';

export function machineStatusCommand({ json }: { json: boolean }): number {
  const folder = findMachineFolder();
  const claims = folder === null ? [] : listClaims(folder).sort((a, b) => a.since.localeCompare(b.since));
  const { cores } = describeProcessor();
  if (json) process.stdout.write(`${JSON.stringify({ folder, cores, claims: claims.map(describeClaim) }, null, 2)}\n`);
  else process.stdout.write(`${render(claims, cores, folder)}\n`);
  return EXIT.ok;
}

function render(claims: readonly Claim[], cores: number, folder: string | null): string {
  if (folder === null) return 'FACET_MACHINE_FOLDER is off: runners here do not mind each other.';
  const taken = claims.filter(({ state }) => state === 'granted').reduce((sum, claim) => sum + claim.cores, 0);
  const head = `${taken} of ${cores} cores taken (as ${folder} tells)`;
  if (claims.length === 0) return head;
  const rows = claims
    .map(describeClaim)
    .map(({ run, state, user, pid, cores, cards, since }) =>
      [
        run,
        state === 'granted' ? 'running' : 'waiting',
        user,
        String(pid),
        cores === 0 ? '' : String(cores),
        cards.join(', '),
        formatDuration((Date.now() - Date.parse(since)) / 1000),
      ].map((text) => ({ text: makeHarmless(text) })),
    );
  const titles = ['run', 'state', 'user', 'process', 'cores', 'cards', 'for'];
  return `${head}\n${formatTable(titles, rows, { paint: createPaint(process.stdout), right: [3, 4, 6], columns: terminalColumns(), wraps: true })}`;
}

function describeClaim({ runFolder, state, user, pid, host, cores, cards, since }: Claim) {
  return { run: runFolder, state, user: String(user), pid, host, cores, cards, since };
}
