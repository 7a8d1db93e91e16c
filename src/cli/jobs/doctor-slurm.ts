// facet doctor --executor slurm: whether runs can be carried out on the cluster, and what to mend.

import { slurmSchema } from '../../experiment/schema/sections/slurm.ts';
import { plural } from '../../experiment/units.ts';
import { type ClusterProbe, probeCluster } from '../../runner/executors/slurm/probe.ts';
import { EXIT } from '../exit-codes.ts';
import { loadExperiment } from '../load-experiment.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';

export interface DoctorSlurmOptions {
  /** An experiment file whose execution.slurm is tried; absent: the defaults. */
  file?: string;
  results: string;
  json: boolean;
}

/** Exits with 0 where nothing is to be mended, else with 1. */
export async function doctorSlurmCommand({ file, results, json }: DoctorSlurmOptions): Promise<number> {
  const slurm = file === undefined ? slurmSchema.parse({}) : (await loadExperiment(file, [])).execution.slurm;
  const listener = listenForStop();
  const line = json ? null : createStatusLine();
  line?.show('Waiting for a job of a minute to answer');
  const probe = await probeCluster({ slurm, results, signal: listener.stop.graceful }).finally(() => {
    line?.close();
    listener.release();
  });
  process.stdout.write(`${json ? JSON.stringify({ format: 1, ...probe }, null, 2) : render(probe)}\n`);
  return probe.faults.length === 0 ? EXIT.ok : EXIT.runFailed;
}

function render({ version, accounting, partitions, job, faults, hints }: ClusterProbe): string {
  const rows: [string, string][] = [
    ['SLURM', version ?? 'not found'],
    ['Accounting', accounting ? 'sacct answers' : 'none: Facet does without'],
    ['Partitions', partitions.map(describePartition).join('; ') || 'none'],
    [
      'A job',
      job
        ? `ran on ${job.node}, with Node ${job.nodeVersion || 'missing'}${job.gpus ? `, GPUs ${job.gpus}` : ', no GPU'}`
        : 'did not answer',
    ],
    ['Seen there', job ? `${Object.values(job.seen).filter(Boolean).length} of ${plural(Object.keys(job.seen).length, 'place')}` : '-'],
  ];
  const table = formatTable(
    null,
    rows.map((row) => row.map((text) => ({ text }))),
    { paint: createPaint(process.stdout), columns: terminalColumns(), wraps: true },
  );
  const lines = [...faults, ...hints].map((line) => `  - ${line}`);
  const advised = faults.length > 0 ? ['What to do', ...lines] : ['Nothing to mend.', ...lines];
  return [table, '', ...advised].join('\n');
}

const describePartition = ({ name, isDefault, nodes, time, gpus }: ClusterProbe['partitions'][number]): string =>
  `${name}${isDefault ? ' (default)' : ''}: ${plural(nodes, 'node')}, ${time}${gpus ? `, ${gpus}` : ''}`;
