// (pure) Which runs of a sweep `--only` names.

import { hashOfName } from '../../experiment/run-id.ts';
import { UserError } from '../../experiment/user-error.ts';
import { suggest } from '../../experiment/yaml/nearest.ts';
import { quote } from '../../experiment/yaml/quote.ts';

/**
 * The ids of the runs that are wanted alone; null: all. Each is named by its id, the beginning of its id or of the hash in it, with or without
 * `<experiment>/` in front. Throws a UserError for a name that means no run of the sweep, or several.
 */
export function wantedRuns(
  points: readonly { id: string }[],
  { only = [], experiment }: { only?: readonly string[]; experiment: { name: string } },
): Set<string> | null {
  if (only.length === 0) return null;
  const ids = points.map(({ id }) => id);
  return new Set(only.map((name) => chooseRun(ids, name, experiment.name)));
}

function chooseRun(ids: readonly string[], name: string, experiment: string): string {
  const part = name.startsWith(`${experiment}/`) ? name.slice(experiment.length + 1) : name;
  const isWhole = (id: string) => id.slice(0, id.lastIndexOf('-')) === part;
  const isPart = (id: string) => part !== '' && (id.startsWith(part) || hashOfName(id).startsWith(part));
  for (const is of [(id: string) => id === part, isWhole, isPart]) {
    const [found, ...more] = ids.filter(is);
    if (found === undefined) continue;
    if (more.length === 0) return found;
    const rest = more.length < MOST_NAMED ? '' : `, and ${more.length + 1 - MOST_NAMED} more`;
    throw new UserError(
      `--only: expected one run of ${experiment}, got ${quote(name)}, which names ${[found, ...more].slice(0, MOST_NAMED).join(', ')}${rest}`,
    );
  }
  const hint = suggest(part, ids) || `; they are named as in ${ids.slice(0, 2).join(', ')}`;
  throw new UserError(`--only: expected a run of ${experiment} as the file asks for it, got ${quote(name)}${hint}`);
}

const MOST_NAMED = 5;
