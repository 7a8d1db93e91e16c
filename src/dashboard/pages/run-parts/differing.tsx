// Of a run's configuration what is not as usual: the first thing that a reader wants to know of it.

import type { RunRecord } from '../../../results/records.ts';
import { listDiffering } from '../../data/differing.ts';

export function Differing({ record, url }: { record: RunRecord; url: string }) {
  const fields = listDiffering(record);
  return (
    <>
      {fields.length === 0 ? (
        <p class="quiet">Every field has its default.</p>
      ) : (
        <section class="table-scroll fitting" tabindex={0} aria-label="Fields that differ from their defaults">
          <table class="plain" id="differing">
            <thead>
              <tr>
                <th scope="col">Differs from the default</th>
                <th scope="col">Here</th>
                <th scope="col">Default</th>
              </tr>
            </thead>
            <tbody>
              {fields.map(({ field, value, usual }) => (
                <tr>
                  <th scope="row">{field}</th>
                  <td>{String(value ?? '–')}</td>
                  <td class="quiet">{String(usual ?? '–')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p class="take-away">
        <a href={`${url}/config.yaml`} download={`${record.id}.yaml`}>
          As an experiment file (YAML)
        </a>
      </p>
    </>
  );
}
