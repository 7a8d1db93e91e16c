// facet doctor: what this machine trains on, and what would make it faster.

import { resolve } from 'node:path';
import { formatBytes, plural } from '../../experiment/units.ts';
import { type Diagnosis, diagnose } from '../../machine/diagnosis.ts';
import { EXIT } from '../exit-codes.ts';
import { adviseOn } from '../text/advice.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { BFLOAT16_FACTOR } from '../text/slow-settings.ts';
import { formatTable, wrapWords } from '../text/table.ts';
import { tryNotify } from '../unattended/try-notify.ts';

export interface DoctorOptions {
  json: boolean;
  results: string;
  /** Try execution.notify instead: of this file, or, where it is true, of the experiment that was started last. */
  notify?: string | true;
}

export async function doctorCommand({ json, results, notify }: DoctorOptions): Promise<number> {
  if (notify !== undefined) return tryNotify(results, notify === true ? undefined : notify);
  const diagnosis = await diagnose(resolve(results));
  const asJson = () => JSON.stringify({ ...diagnosis, advice: adviseOn(diagnosis) }, null, 2);
  process.stdout.write(`${json ? asJson() : formatDiagnosis(diagnosis, terminalColumns())}\n`);
  return EXIT.ok;
}

/** A table for a terminal of so many columns, with the advice below. */
export function formatDiagnosis(diagnosis: Diagnosis, columns: number): string {
  const { node, backend, tensorflow, gpus, processor, memory, results, cache, programs } = diagnosis;
  const advice = adviseOn(diagnosis);
  const rows: [string, string][] = [
    ['Node', `${node.version}${node.supported ? '' : ' (too old: Facet needs 20.19 or newer)'}`],
    ['Backend', 'error' in backend ? `none: ${backend.error}` : `${backend.version}. ${backend.reason}`],
    ['TensorFlow', 'error' in tensorflow ? tensorflow.error : `${tensorflow.version} for ${tensorflow.kind === 'cuda' ? 'CUDA' : 'CPU'}`],
    [
      'GPUs',
      gpus.map(({ name, memoryBytes, driver }) => `${name}, ${formatBytes(memoryBytes)}, driver ${driver}`).join('; ') ||
        'none found by nvidia-smi',
    ],
    ['Processor', [processor.model, plural(processor.cores, 'core'), ...processor.features].join(', ')],
    ['bfloat16', processor.hasBfloat16 ? 'computed by the processor' : `computed in float32, in about ${BFLOAT16_FACTOR} times its time`],
    ['Memory', `${formatBytes(memory.totalBytes)}, ${formatBytes(memory.freeBytes)} free`],
    ['Results', `${results.folder}, ${formatBytes(results.usedBytes)} used, ${formatBytes(results.freeBytes)} free`],
    ['Cache', describeCache(cache)],
    ['C++ compiler', programs.compiler ?? 'none found'],
    ['pip', programs.pip ?? 'none found'],
  ];
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const table = formatTable(null, cells, { paint: createPaint(process.stdout), columns, wraps: true });
  const advised = advice.length > 0 ? ['What to do', ...advice.map((line) => listItem(line, columns))] : ['Nothing to improve.'];
  return [table, '', ...advised].join('\n');
}

function describeCache({ folder, usedBytes, freeBytes, isWritable }: Diagnosis['cache']): string {
  if (folder === null) return 'none: HOME is not set, and this user has no home folder';
  const room = `${formatBytes(usedBytes)} used, ${formatBytes(freeBytes)} free`;
  return isWritable ? `${folder}, ${room}` : `${folder}, which this user may not write to`;
}

const listItem = (text: string, columns: number): string => `  - ${wrapWords(text, columns - 4).join('\n    ')}`;
