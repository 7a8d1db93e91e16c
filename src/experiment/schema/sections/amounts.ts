// (pure) Durations and amounts of memory, as people write them.

import * as z from 'zod';
import { MAX_DURATION_SECONDS, parseBytes, parseDuration } from '../../units.ts';

export const duration = z
  .union([
    z.number().positive().max(MAX_DURATION_SECONDS),
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*[smhd]$/)
      .refine((text) => parseDuration(text) !== undefined),
  ])
  .meta({ expected: 'a duration such as 90s, 15m, 6h or 2d, at most 24d' });

export const memorySize = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(MB|GB|MiB|GiB)$/)
  .refine((text) => parseBytes(text) !== undefined)
  .meta({ expected: 'an amount of memory such as 6GB or 900MB' });
