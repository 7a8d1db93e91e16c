// facet clean: deletes from the cache what is not needed any more, after it has said what and asked.

import { formatBytes, plural } from '../../experiment/units.ts';
import { defaultCacheRoot } from '../../machine/cache-root.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { listExperiments, readEvaluation, readExperiment } from '../../results/read.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';
import { type CacheEntry, listCacheEntries } from './cache-entries.ts';
import type { CachePart } from './cache-parts.ts';
import { deleteAfterAsking } from './delete-after-asking.ts';
import { listOpenFiles } from './open-files.ts';

export interface CleanCommandOptions {
  /** None: all but libraries of TensorFlow. */
  parts: CachePart[];
  /** Whose runs are asked what they refer to. */
  results: string;
  all: boolean;
  yes: boolean;
}

const USUAL: readonly CachePart[] = ['data', 'oracles', 'bundles'];

export async function cleanCommand({ parts, results, all, yes }: CleanCommandOptions): Promise<number> {
  requireNoFile(results);
  const root = defaultCacheRoot();
  const users = countUsers(results);
  const entries = listCacheEntries(root, parts.length === 0 ? USUAL : parts, listOpenFiles(root)).map((entry) => {
    const runs = entry.identity === null ? undefined : users.get(entry.identity);
    return { entry, runs: runs && describeUsers(runs), stays: entry.inUse ?? (runs && !all ? describeUsers(runs) : null) };
  });
  const kept = entries.filter(({ stays }) => stays !== null);
  const spare = entries
    .filter(({ stays }) => stays === null)
    .map(({ entry, runs }): CacheEntry => (runs === undefined ? entry : { ...entry, what: `${entry.what}; ${runs}` }));
  process.stdout.write(`The cache in ${root}:\n`);
  if (kept.length > 0) process.stdout.write(`${listKept(kept)}\n`);
  return deleteAfterAsking(spare, { yes, results });
}

interface Kept {
  entry: CacheEntry;
  stays: string | null;
}

function listKept(kept: readonly Kept[]): string {
  const paint = createPaint(process.stdout);
  const rows = kept.map(({ entry, stays }) => [{ text: entry.name }, { text: `stays: ${stays}` }, { text: formatBytes(entry.bytes) }]);
  return formatTable(null, rows, { paint, columns: terminalColumns(), right: [2] });
}

/** Identity of data, as its folder is named, or of an oracle -> experiment -> how many of its runs refer to it. */
function countUsers(results: string): Map<string, Map<string, number>> {
  const users = new Map<string, Map<string, number>>();
  for (const { name } of listExperiments(results)) {
    for (const { record, folder } of readExperiment(results, name).runs) {
      const oracle = record && readEvaluation(folder)?.oracle?.identity.split('-')[0];
      const identities = record ? [`${record.config.dataset.source}-${record.dataIdentity}`, ...(oracle ? [oracle] : [])] : [];
      for (const identity of identities) {
        const counts = users.get(identity) ?? new Map<string, number>();
        users.set(identity, counts.set(name, (counts.get(name) ?? 0) + 1));
      }
    }
  }
  return users;
}

/** "12 runs of faces and 1 other experiment refer to it" */
function describeUsers(counts: ReadonlyMap<string, number>): string {
  const runs = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [first] = counts.keys();
  const others = counts.size === 1 ? '' : ` and ${plural(counts.size - 1, 'other experiment')}`;
  return `${plural(runs, 'run')} of ${first}${others} ${runs === 1 ? 'refers' : 'refer'} to it`;
}
