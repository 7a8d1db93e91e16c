// (pure) What an experiment wants done about runs that fail.

import type { ExecutionConfig } from '../../experiment/schema/schema.ts';
import { parseDuration } from '../../experiment/units.ts';
import type { Failure, OutcomeRecord } from '../../results/records.ts';
import { isFailure } from '../../results/states.ts';

export interface RetryPolicy {
  /** How often a run is started again. */
  retries: number;
  /** After which failures. */
  retryOn: ReadonlySet<string>;
  /** The wait before the first retry. */
  backoffMs: number;
}

export const NO_RETRIES: RetryPolicy = { retries: 0, retryOn: new Set(), backoffMs: 0 };

export function createRetryPolicy({ retries, retryOn, backoff }: Pick<ExecutionConfig, 'retries' | 'retryOn' | 'backoff'>): RetryPolicy {
  return { retries, retryOn: new Set(retryOn), backoffMs: parseDuration(backoff)! * 1000 };
}

/** The wait before a run is started again that has failed so often, this failure included; null: it is not started again. */
export function decideRetry(status: Failure, failures: number, { retries, retryOn, backoffMs }: RetryPolicy): { delayMs: number } | null {
  if (failures > retries || !retryOn.has(status)) return null;
  return { delayMs: Math.min(backoffMs * 2 ** (failures - 1), LONGEST_BACKOFF_MS) };
}

const LONGEST_BACKOFF_MS = 5 * 60_000;

/** The status of an outcome where it is a failure, else null. */
export function failureOf({ status }: Pick<OutcomeRecord, 'status'>): Failure | null {
  return isFailure(status) ? (status as Failure) : null;
}
