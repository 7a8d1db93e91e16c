// (pure) A run's configuration as an experiment file that trains this run alone.

import { stringify } from 'yaml';
import type { RunRecord } from '../../results/records.ts';

/** Every field is written out, so that other defaults or presets change nothing. */
export function writeConfig(experiment: string, { id, config }: RunRecord): string {
  const head = `# Run ${JSON.stringify(id)} of ${JSON.stringify(experiment)}: every field as it was.\n`;
  return head + stringify({ name: experiment, ...config }, { lineWidth: 140 });
}
