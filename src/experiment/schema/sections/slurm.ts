// (pure) The fields of `execution.slurm`: what a run asks of a cluster. Nothing here is part of an id.

import * as z from 'zod';
import { duration, memorySize } from './amounts.ts';
import { positiveInteger } from './numbers.ts';

/** Facet sets these itself: it would not find its jobs again. */
const OWN_OPTIONS =
  /^(-a|-J|-o|-e|-W|-n|--(array|job-name|output|error|wait|wrap|parsable|open-mode|signal|requeue|no-requeue|test-only|quiet|ntasks)\b)/;

const line = z
  .string()
  .max(1000)
  .regex(/^-{1,2}[A-Za-z][^\n\r]*$/)
  .refine((text) => !OWN_OPTIONS.test(text))
  .meta({
    expected: 'an option of sbatch such as "--qos=long", and none that Facet sets itself (array, job name, output, signal, requeue)',
  });

const word = z
  .string()
  .regex(/^[^\s,'"-][^\s'"]{0,200}$/)
  .meta({ expected: 'a name as SLURM has it, without blanks' });

export const slurmSchema = z
  .strictObject({
    partition: word.optional().describe('Where the jobs are queued; by default the partition that the cluster has for that.'),
    account: word.optional().describe('Who pays.'),
    constraint: z
      .string()
      .regex(/^[^\s'"-][^\n'"]{0,200}$/)
      .meta({ expected: 'features of nodes as sbatch takes them, such as a100|h100' })
      .optional()
      .describe('Features that a node must have, such as a100|h100.'),
    gpus: z
      .union([z.int().min(0).max(16), z.string().regex(/^[A-Za-z][\w.-]*(:\d{1,2})?$/)])
      .meta({ expected: 'a number of GPUs, or a kind with a number such as a100:1' })
      .default(0)
      .describe('GPUs of each run: 1, or a kind such as a100:1. 0 trains on the CPU.'),
    cpus: positiveInteger.max(1024).default(2).describe('Cores of each run, and its threads.'),
    memory: memorySize.optional().describe('Memory of each run, such as 16GB; by default what the cluster gives.'),
    time: duration
      .optional()
      .describe(
        'Time limit of a job, such as 4h. A run that is not done by then saves, and goes on in a job that is queued again; execution.timeout limits the run itself.',
      ),
    maxParallel: positiveInteger
      .max(100_000)
      .optional()
      .describe('Runs at once in one array of jobs; by default as many as the cluster gives.'),
    grace: duration
      .default('2m')
      .describe('How long before its time limit a job is told to save. SLURM may tell it up to a minute sooner.'),
    preemptions: z
      .int()
      .min(0)
      .max(10_000)
      .default(100)
      .describe('How often a job may be queued again because others came first, or its node failed. It costs no retry.'),
    timeLimits: z
      .int()
      .min(0)
      .max(10_000)
      .default(100)
      .describe('How often a job may be queued again at its time limit. It costs no retry.'),
    sbatch: z
      .array(line)
      .max(50)
      .default([])
      .meta({ expected: 'a list of options of sbatch, such as ["--qos=long"]' })
      .describe('Further options of sbatch, such as "--qos=long", each a line.'),
  })
  .describe('What the runs ask of a SLURM cluster, where execution.executor is slurm.');
