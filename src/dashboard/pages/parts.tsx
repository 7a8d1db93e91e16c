// Small parts that several pages show.

import { formatCount } from '../../experiment/units.ts';
import type { RunState } from '../../results/records.ts';
import { RUN_STATES } from '../../results/states.ts';

export function StateMark({ state, count }: { state: RunState; count?: number }) {
  const { word, meaning, tone } = RUN_STATES[state];
  return (
    <span class={`state state-${state} is-${tone}`} title={meaning}>
      {count === undefined ? '' : `${formatCount(count)} `}
      {word}
    </span>
  );
}

/** A command to copy. */
export function Command({ children }: { children?: string }) {
  return <code class="command">{children}</code>;
}

/** What could not be read, for a person to look into. Paths are shown from the results folder on. */
export function Notices({ problems }: { problems: string[] }) {
  if (problems.length === 0) return null;
  const shown = problems.slice(0, MAX_NOTICES);
  return (
    <div class="notice" role="note">
      <strong>Some files could not be read; everything else is shown.</strong>
      <ul>
        {shown.map((problem) => (
          <li>{problem}</li>
        ))}
        {problems.length > shown.length ? <li>and {problems.length - shown.length} more</li> : ''}
      </ul>
    </div>
  );
}

const MAX_NOTICES = 8;
