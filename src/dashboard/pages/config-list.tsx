// Room: dashboard. A run's configuration and provenance as lists that a person can read.

import type { RunRecord } from '../../results/records.ts';
import { plural } from '../words.ts';

export function ConfigLists({ record }: { record: RunRecord }) {
  const { attributes, dataset, augmentation, model, training, samples, checkpoint } = record.config;
  const groups: [title: string, values: Record<string, unknown>][] = [
    ['Data', dataset],
    ['Augmentation', augmentation],
    ['Model', model],
    ['Training', training],
    ['Samples', samples],
    ['Checkpoints', checkpoint],
  ];
  return (
    <>
      <div class="fact-groups">
        <div class="fact-group wide">
          <h3>{plural(attributes.length, 'attribute')}</h3>
          <ol class="attributes">
            {attributes.map((attribute) => (
              <li>{attribute}</li>
            ))}
          </ol>
        </div>
        {groups.map(([title, values]) => (
          <div class="fact-group">
            <h3>{title}</h3>
            <Facts facts={Object.entries(values ?? {}).map(([field, value]) => [sayField(field), sayValue(value)])} />
          </div>
        ))}
      </div>
      <details>
        <summary>As JSON</summary>
        <pre>{JSON.stringify(record.config, null, 2)}</pre>
      </details>
    </>
  );
}

export function Provenance({ record }: { record: RunRecord }) {
  const { provenance: p, id, dataIdentity } = record;
  const facts: [string, string | null | undefined][] = [
    ['Started', p.createdAt?.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
    ['Experiment file', p.experimentFile],
    ['Command', p.command?.join(' ')],
    ['Code', p.git ? `git ${p.git.commit.slice(0, 12)}${p.git.dirty ? ', with uncommitted changes' : ''}` : 'not in a git checkout'],
    ['Backend', p.backend && `${p.backend.version}: ${p.backend.reason}`],
    ['Hardware', p.hardware && sayHardware(p.hardware)],
    ['Threads', p.threads === undefined ? null : String(p.threads)],
    ['Facet, Node', `${p.facet}, ${p.node} on ${p.platform}`],
    ['Data', dataIdentity],
    ['Run', id],
  ];
  return <Facts facts={facts.filter((fact): fact is [string, string] => typeof fact[1] === 'string' && fact[1] !== '')} />;
}

export function Facts({ facts }: { facts: [string, string][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function sayHardware({ cpu, cores, memoryBytes, gpus }: RunRecord['provenance']['hardware']): string {
  const parts = [cpu, plural(cores, 'core'), `${Math.round(memoryBytes / 2 ** 30)} GiB memory`, ...(gpus?.length ? gpus : ['no GPU'])];
  return parts.join(' · ');
}

/** adamBeta1 -> Adam beta 1 */
function sayField(field: string): string {
  const words = field.replace(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function sayValue(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(sayValue).join(', ');
  if (typeof value === 'number') return value >= 10_000 ? value.toLocaleString('en-US') : String(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
