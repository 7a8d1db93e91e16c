// (pure) Kinds of numbers that several sections have.

import * as z from 'zod';

export const positiveInteger = z.int().positive();
export const probability = z.number().min(0).max(1);
