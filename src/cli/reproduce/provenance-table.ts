// (pure) The table of what differs between today and the day on which a run was trained.

import { plural } from '../../experiment/units.ts';
import type { Provenance } from '../../results/records.ts';
import type { Paint } from '../text/paint.ts';
import { type Cell, formatTable } from '../text/table.ts';

/** What a result comes from: code, machine and data. */
export type Origin = Provenance & { dataIdentity: string; pixelsSha256: string | undefined };

interface Fact {
  what: string;
  /** null: not known. */
  original: string | null;
  today: string | null;
}

/** A row for everything that could change a result, and a line that names what has changed. */
export function describeDifferences(original: Origin, today: Origin, { paint, columns }: { paint: Paint; columns: number }): string {
  const facts = FACTS.map(([what, read]): Fact => ({ what, original: read(original), today: read(today) }));
  const rows = facts.map((fact): Cell[] => {
    const differs = isDifferent(fact);
    return [
      { text: fact.what },
      { text: fact.original ?? NOT_KNOWN },
      { text: fact.today ?? NOT_KNOWN, colour: differs ? 'yellow' : undefined },
      differs ? { text: 'differs', colour: 'yellow' } : { text: fact.original === fact.today ? '' : '?', colour: 'dim' },
    ];
  });
  const names = facts.filter(isDifferent).map(({ what }) => what);
  const sum = names.length === 0 ? 'Nothing that is known of differs.' : `${plural(names.length, 'difference')}: ${names.join(', ')}.`;
  return `${formatTable(['', 'original', 'today', ''], rows, { paint, columns, wraps: true })}\n${sum}`;
}

const NOT_KNOWN = 'not known';

function isDifferent({ original, today }: Fact): boolean {
  return original !== null && today !== null && original !== today;
}

const FACTS: [what: string, read: (origin: Origin) => string | null][] = [
  ['commit', ({ git }) => git?.commit.slice(0, 12) ?? null],
  ['uncommitted changes', ({ git }) => git && describeChanges(git)],
  ['package-lock.json', ({ lockHash }) => lockHash?.slice(0, 12) ?? null],
  ['tensorflow/package-lock.json', ({ tensorflowLockHash }) => tensorflowLockHash?.slice(0, 12) ?? null],
  [
    'trainer',
    ({ trainer }) =>
      trainer === undefined ? null : trainer === null ? "Facet's own" : `${trainer.program} ${trainer.sha256?.slice(0, 12) ?? ''}`.trim(),
  ],
  [
    'variables',
    ({ environment }) =>
      environment === undefined
        ? null
        : Object.entries(environment)
            .map((entry) => entry.join('='))
            .join(' ') || 'none',
  ],
  ['Facet', ({ facet }) => facet],
  ['Node', ({ node }) => node],
  ['backend', ({ backend }) => backend?.version ?? null],
  ['CPU', ({ hardware }) => hardware?.cpu ?? null],
  ['GPUs', ({ hardware }) => (hardware?.gpus ? hardware.gpus.join(', ') || 'none' : null)],
  ['threads', ({ threads }) => (threads === undefined ? null : String(threads))],
  ['oneDNN', ({ oneDnn }) => (oneDnn === undefined || oneDnn === null ? null : oneDnn ? 'on' : 'off')],
  ['ONEDNN_MAX_CPU_ISA', ({ maxCpuIsa }) => (maxCpuIsa === undefined ? null : (maxCpuIsa ?? 'not set'))],
  ['data', ({ dataIdentity }) => dataIdentity ?? null],
  ['pixels', ({ pixelsSha256 }) => pixelsSha256?.slice(0, 12) ?? null],
];

/** null, not known, where the changes were not kept as a whole. */
function describeChanges({ dirty, patch, note }: NonNullable<Provenance['git']>): string | null {
  if (!dirty) return 'none';
  return patch && !note ? patch : null;
}
