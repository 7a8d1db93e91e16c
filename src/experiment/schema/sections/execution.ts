// (pure) The fields of `execution`.

import * as z from 'zod';
import { duration, memorySize } from './amounts.ts';
import { positiveInteger } from './numbers.ts';
import { slurmSchema } from './slurm.ts';

export const executionSchema = z
  .strictObject({
    executor: z
      .enum(['local', 'slurm'])
      .default('local')
      .describe(
        'Where the runs are carried out: on this machine, or as jobs of a SLURM cluster. `--executor` on the command line comes first.',
      ),
    slurm: slurmSchema.prefault({}),
    parallel: z
      .union([z.literal('auto'), positiveInteger.max(1024)])
      .default('auto')
      .describe('Runs at once. auto: as many as the GPUs hold, or what the CPU cores carry. A number: at most as many as the GPUs hold.'),
    gpusPerRun: z
      .union([z.int().min(0).max(1), z.number().min(0.01).max(0.5)])
      .meta({ expected: '1, 0, or a share of a GPU from 0.01 to 0.5, as a run computes on one GPU at most' })
      .default(1)
      .describe('GPUs given to each run, where there are any: 1, or a share. 0.5 puts two runs on each GPU. 0 trains on the CPU.'),
    gpuMemory: memorySize
      .optional()
      .describe(
        'GPU memory that a run needs, as nvidia-smi shows it, such as 6GB: as many runs share a GPU as fit into what is free of it, but no more than gpusPerRun says where that is a share.',
      ),
    timeout: duration
      .optional()
      .describe(
        'A run is stopped once it has been trained for so long in all: its metrics count the time of former attempts, before a retry, a resumption or a promotion by halving. Starting, sampling and saving count only in the attempt at hand. Seconds, or a number with s, m, h or d, such as 6h. A run that has timed out goes on only with a longer timeout.',
      ),
    stallTimeout: duration
      .optional()
      .describe(
        'A run is stopped when no metric or other sign of progress has come for so long, also before the first: loading data and TensorFlow counts.',
      ),
    retries: z.int().min(0).max(100).default(0).describe('How often a run is started again after a failure named in retryOn.'),
    retryOn: z
      .array(z.enum(['crashed', 'out-of-memory', 'out-of-gpu-memory', 'no-space', 'timed-out', 'stalled']))
      .min(1)
      .max(6)
      .default(['crashed', 'out-of-memory', 'out-of-gpu-memory', 'stalled'])
      .describe('The failures after which a run is started again.'),
    backoff: duration.default('1s').describe('The wait before the first retry; it doubles with each further one, up to 5 minutes.'),
    failFast: z.boolean().default(false).describe('Stop the whole experiment once a run has failed for good.'),
    notify: z
      .array(z.string().min(1).max(4096))
      .min(1)
      .max(64)
      .meta({ expected: 'a list of a program and its arguments' })
      .optional()
      .describe(
        'A program and its arguments, called at the end of the sweep and when the first run has failed for good. FACET_EVENT (ended, failed), FACET_EXPERIMENT, FACET_FOLDER, FACET_MESSAGE and FACET_RUN tell what happened; standard input has it as JSON. No shell; ended after 30 s; what goes wrong with it never ends a sweep. Tried by facet doctor --notify FILE.',
      ),
  })
  .describe('How runs are carried out. Nothing here changes a result, but for its last bits, which depend on the threads of a run.');
