// A run's configuration and provenance as lists that a person can read.

import type { Child } from 'hono/jsx';
import { formatBytes, plural } from '../../experiment/units.ts';
import type { RunRecord } from '../../results/records.ts';

export function ConfigLists({ record }: { record: RunRecord }) {
  const { attributes, dataset, augmentation, model, training, samples, evaluation, checkpoint } = record.config;
  const groups: [title: string, values: Record<string, unknown>][] = [
    ['Data', dataset],
    ['Augmentation', augmentation],
    ['Model', model],
    ['Training', training],
    ['Samples', samples],
    ['Evaluation', evaluation],
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
            <Facts facts={Object.entries(values ?? {}).map(([field, value]) => [formatField(field), formatValue(value)])} />
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

/**
 * Where a run comes from, and under what it went on. `url`: of the run's page, for links to the patches; null: none. Nothing relies on the types of these fields: another
 * version, or a person, may have written them.
 */
export function Provenance({ record, url }: { record: RunRecord; url: string | null }) {
  const { provenance: p, id, dataIdentity } = record;
  const resumptions = Array.isArray(record.resumptions) ? record.resumptions.filter((each) => each !== null) : [];
  const facts: Fact[] = [
    ['Started', p.createdAt && formatTime(p.createdAt)],
    ['Experiment file', p.experimentFile],
    ['Command', Array.isArray(p.command) ? p.command.join(' ') : null],
    ['Code', <Code git={p.git} url={url} />],
    ['package-lock.json', p.lockHash && `SHA-256 ${p.lockHash}`],
    ['Backend', p.backend && `${p.backend.version}: ${p.backend.reason}`],
    ['Hardware', p.hardware && describeHardware(p.hardware)],
    ['Threads', p.threads === undefined ? null : String(p.threads)],
    ['Facet, Node', `${p.facet}, ${p.node} on ${p.platform}`],
    ['Data', dataIdentity],
    ['Run', id],
    ...(resumptions.length > MOST_RESUMPTIONS
      ? [['Went on', `${resumptions.length} times; the last ${MOST_RESUMPTIONS}:`] satisfies Fact]
      : []),
    ...resumptions
      .slice(-MOST_RESUMPTIONS)
      .map((resumption): Fact => ['Went on', <Resumption began={p} resumption={resumption} url={url} />]),
  ];
  return <Facts facts={facts} />;
}

type Provenance = RunRecord['provenance'];

const MOST_RESUMPTIONS = 10;

function Code({ git, url }: { git: Provenance['git'] | undefined; url: string | null }) {
  if (!git) return <>not in a git checkout</>;
  const { commit, dirty, patch, note } = git;
  return (
    <>
      git {String(commit ?? '').slice(0, 12)}
      {dirty ? ', with uncommitted changes' : ''}
      {typeof patch === 'string' && isPatchName(patch) ? <>: {url === null ? patch : <a href={`${url}/${patch}`}>{patch}</a>}</> : ''}
      {note ? ` (${note})` : ''}
    </>
  );
}

/** When the run went on, and what was different from its start. */
function Resumption({ began, resumption, url }: { began: Provenance; resumption: Provenance; url: string | null }) {
  const { createdAt, git, backend, hardware, threads, lockHash, node } = resumption;
  const isSameCode = git?.commit === began.git?.commit && (git?.patch ?? null) === (began.git?.patch ?? null);
  const other = [
    ...(lockHash === began.lockHash ? [] : ['another package-lock.json']),
    ...(node === began.node ? [] : [`Node ${node}`]),
    ...(backend?.version === began.backend?.version ? [] : [backend?.version]),
    ...(hardware?.cpu === began.hardware?.cpu && String(hardware?.gpus) === String(began.hardware?.gpus)
      ? []
      : [hardware && describeHardware(hardware)]),
    ...(threads === began.threads || threads === undefined ? [] : [plural(threads, 'thread')]),
  ];
  return (
    <>
      {createdAt && formatTime(createdAt)}
      {isSameCode && other.length === 0 ? ', under the same code and on the same machine' : other.map((words) => `, ${words}`).join('')}
      {isSameCode ? (
        ''
      ) : (
        <>
          , other code: <Code git={git} url={url} />
        </>
      )}
    </>
  );
}

/** As `facet run` names the patch that it keeps. */
function isPatchName(name: string): boolean {
  return /^code-[0-9a-f]{8}\.patch$/.test(name);
}

export type Fact = [name: string, value: Child];

/** A list of the facts that have a value. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value === null || value === undefined || value === '' ? (
          ''
        ) : (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function formatTime(iso: string): string {
  return String(iso)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

function describeHardware({ cpu, cores, memoryBytes, gpus }: RunRecord['provenance']['hardware']): string {
  const parts = [cpu, plural(cores, 'core'), `${formatBytes(memoryBytes)} memory`, ...(gpus?.length ? gpus : ['no GPU'])];
  return parts.join(' · ');
}

/** adamBeta1 -> Adam beta 1 */
function formatField(field: string): string {
  const words = field.replace(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function formatValue(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(formatValue).join(', ');
  if (typeof value === 'number') return value >= 10_000 ? value.toLocaleString('en-US') : String(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
