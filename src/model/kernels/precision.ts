// Room: model/kernels. Which backend computes in which precision.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import type { BackendChoice } from '../../results/records.ts';

/** Throws a UserError where the backend cannot compute in this precision. */
export function checkPrecision(backend: BackendChoice, precision: RunConfig['training']['precision']): void {
  if (precision === 'float32' || backend.name === 'tensorflow') return;
  throw new UserError(
    `training.precision: expected float32 on ${backend.version}, got ${precision}, which needs native TensorFlow. Run \`npm run setup\`, or set training.precision: float32.`,
  );
}
