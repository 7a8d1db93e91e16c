// Which runs learned from other pictures than are there today under the same names, sizes and labels, so that their ids are the same.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { readRunRecord } from '../../results/read.ts';
import type { DataRecord } from '../../results/records.ts';
import { folderBefore, type PlannedRun } from './plan.ts';

interface Options {
  /** What is known of the data of the runs that are to be trained. */
  describeData(config: RunConfig): DataRecord | undefined;
  /** The content of the pictures of other data; null: not known. */
  readContent?(dataset: RunConfig['dataset']): Promise<string | null>;
  /** By its name. */
  folderOf(run: string): string;
}

/** Of runs that were begun before. Those whose pictures are not known, then or today, are not among them. */
export async function findOtherPictures(
  plan: readonly PlannedRun[],
  { describeData, readContent, folderOf }: Options,
): Promise<PlannedRun[]> {
  const contents = new Map<string, Promise<string | null>>();
  const readToday = (config: RunConfig): Promise<string | null> => {
    const key = JSON.stringify(config.dataset);
    const prepared = describeData(config);
    const content = prepared
      ? Promise.resolve(prepared.filesSha256)
      : (contents.get(key) ?? readContent?.(config.dataset) ?? Promise.resolve(null));
    contents.set(key, content);
    return content;
  };
  const others: PlannedRun[] = [];
  for (const run of plan) {
    if (run.action === 'start' && folderBefore(run) === run.id) continue;
    const now = await readToday(run.point.config);
    if (now === null) continue;
    const then = readRunRecord(folderOf(folderBefore(run))).value?.data?.filesSha256;
    if (typeof then === 'string' && then !== now) others.push(run);
  }
  return others;
}
