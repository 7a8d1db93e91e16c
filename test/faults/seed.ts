// The seed of the random failures.

import { readSeed } from '../helpers/seed.ts';

export const FAULTS_SEED = readSeed('FACET_FAULTS_SEED');
