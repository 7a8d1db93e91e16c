// (pure) An error in the one line that its user needs.

import { adviseOnSystemError, describeSystemError, isMendedByOtherFolder, isSystemError } from '../../results/errors.ts';

/** null for an error that no user can mend: then it is a bug of Facet. */
export function explainError(error: unknown): string | null {
  const line = describe(error);
  if (line === null || !isMendedByOtherFolder(error)) return line;
  return `${line.replace(/\.$/, '')}. Name another folder with --results`;
}

function describe(error: unknown): string | null {
  if (error instanceof Error && error.name === 'UserError') return error.message;
  if (!isSystemError(error)) return null;
  const advice = adviseOnSystemError(error);
  if (error.path === undefined && advice === null) return null;
  const where = error.path === undefined ? '' : `${error.path}: `;
  return `${where}${describeSystemError(error)}${advice === null ? '' : `. ${advice}, then run the same command again: what was saved is kept`}`;
}
