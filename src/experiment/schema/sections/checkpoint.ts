// (pure) The fields of `checkpoint`.

import * as z from 'zod';
import { positiveInteger } from './numbers.ts';

export const checkpointSchema = z
  .strictObject({
    everySeconds: z.number().positive().optional().describe('Also write a checkpoint after so many seconds within an epoch.'),
    keep: positiveInteger.default(2).describe('How many of the newest checkpoints stay on disk. The best by the evaluation stays as well.'),
  })
  .describe('Saved weights and optimizer state, from which a run continues exactly.');
