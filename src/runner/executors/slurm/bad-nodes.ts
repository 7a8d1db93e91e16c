// Which nodes a run is not to get again: it has failed there, and others, or the run itself, have come further elsewhere.

import { readSubmissions, readTaskRecord } from '../../../results/jobs/files.ts';
import type { RunState } from '../../../results/records.ts';
import { RUN_STATES } from '../../../results/states.ts';
import type { AskScheduler } from './ask-scheduler.ts';
import type { SlurmConfig } from './sbatch-words.ts';

export interface NodeEnd {
  run: string;
  node: string;
  /** Of its outcome. */
  status: string;
}

/** How all tasks of an experiment have ended that have left an outcome. */
export function readNodeEnds(experimentFolder: string): NodeEnd[] {
  return readSubmissions(experimentFolder).flatMap(({ folder, tasks }) =>
    tasks.flatMap(({ run }, index) => {
      const record = readTaskRecord(folder, index);
      const status = record?.end?.status;
      return record && status ? [{ run, node: record.node, status }] : [];
    }),
  );
}

/** The nodes to avoid for each of these runs, the worst first. */
export function findBadNodes(ends: readonly NodeEnd[], run: string): string[] {
  const verdict = (status: string) => RUN_STATES[status as RunState]?.gpu ?? null;
  const own = new Set(ends.filter((end) => end.run === run && verdict(end.status) === 'suspect').map(({ node }) => node));
  return [...own].filter((node) => ends.some((end) => end.node !== node && verdict(end.status) === 'sound')).sort();
}

/** Never all of the nodes that there are: then none is left out. */
export async function leaveSome(nodes: readonly string[], { slurm, ask }: { slurm: SlurmConfig; ask: AskScheduler }): Promise<string[]> {
  if (nodes.length === 0) return [];
  const words = ['sinfo', '-h', '-N', '-o', '%N', ...(slurm.partition === undefined ? [] : [`--partition=${slurm.partition}`])];
  const answer = await ask(words);
  const all = new Set(answer.ok ? answer.stdout.split('\n').filter((name) => name !== '') : []);
  return [...all].some((name) => !nodes.includes(name)) ? [...nodes] : [];
}
