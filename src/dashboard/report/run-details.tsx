// What a report says of each run at its end: what differs in its configuration, what the oracle says of its attributes, and where it comes
// from.

import { tabulateParameters } from '../data/parameters.ts';
import { type Fact, Facts, Provenance } from '../pages/config-list.tsx';
import { StateMark } from '../pages/parts.tsx';
import { Attributes } from '../pages/worth.tsx';
import type { LiveExperiment } from '../views/live-experiment.ts';
import { describeRun } from '../views/run-facts.ts';

/** `judged`: runs whose attributes are listed one by one. */
export function RunDetails({ live, judged }: { live: LiveExperiment; judged: ReadonlySet<string> }) {
  const runs = [...live.runs.values()];
  const { fields, values, common } = tabulateParameters(runs.map(({ run }) => run));
  return (
    <section aria-labelledby="configs-title">
      <h2 id="configs-title">Configurations</h2>
      <details id="common-config" open>
        <summary>What all runs share</summary>
        <Facts facts={Object.entries(common).map(([field, value]): Fact => [field, String(value)])} />
      </details>
      {runs.map((run) => {
        const { id, label, state, message } = describeRun(live.name, run);
        const { evaluation } = run.finalValues();
        const own = fields.map((field, i): Fact => [field, values[id] ? String(values[id][i] ?? '–') : null]);
        return (
          <details id={`run-${id}`} class="report-run">
            <summary>
              <b>{label}</b> <StateMark state={state} />
            </summary>
            {message ? <p>{message}</p> : ''}
            <Facts facts={own} />
            {evaluation !== null && judged.has(id) ? <Attributes evaluation={evaluation} id={`attributes-${id}`} /> : ''}
            {run.run.record ? <Provenance record={run.run.record} url={null} /> : <p class="empty">Not set up yet.</p>}
          </details>
        );
      })}
    </section>
  );
}
