// The first page: every experiment under the results folder.

import { plural } from '../../experiment/units.ts';
import { isPackage } from '../../machine/installation.ts';
import { commandFor } from '../../results/commands.ts';
import { ROOT_FROM } from '../http/addresses.ts';
import type { Assets } from '../http/assets.ts';
import type { ExperimentCard, ExperimentList } from '../views/overview.ts';
import { renderPage } from './layout.tsx';
import { Command, Notices, StateMark } from './parts.tsx';

interface ListOptions {
  nowMs: number;
  resultsRoot: string;
}

export function renderOverview(list: ExperimentList, { assets, ...options }: ListOptions & { assets: Assets }): string {
  return renderPage({
    title: 'Facet',
    page: 'overview',
    root: ROOT_FROM.overview,
    data: { changes: `${ROOT_FROM.overview}api/experiments` },
    assets,
    children: (
      <>
        <h1>Experiments</h1>
        <div id="experiments" dangerouslySetInnerHTML={{ __html: renderList(list, options) }} />
      </>
    ),
  });
}

/** The part that is sent again when it changed. */
export function renderList({ cards, problems }: ExperimentList, options: ListOptions): string {
  return (
    <>
      <Cards cards={cards} {...options} />
      <Notices problems={problems} />
    </>
  ).toString() as string;
}

function Cards({ cards, nowMs, resultsRoot }: ListOptions & { cards: ExperimentCard[] }) {
  if (cards.length === 0) {
    return (
      <div class="empty">
        <p>No experiment has been run here yet. Start the one that ships with Facet; it takes about five minutes:</p>
        <p>
          <Command>{commandFor(resultsRoot, 'run', `${isPackage ? 'node_modules/facet/' : ''}experiments/attr-sweep.yaml`)}</Command>
        </p>
        <p>This page shows it as soon as it begins.</p>
      </div>
    );
  }
  return (
    <ul class="cards">
      {cards.map((card) => (
        <li class="card">
          <Thumbnail card={card} />
          <div>
            <h2>
              <a href={card.url}>{card.name}</a>
            </h2>
            {card.description ? <p>{card.description}</p> : ''}
            <p class="states">
              <b>{plural(card.runs, 'run')}</b>
              {card.states.map(([state, count]) => (
                <StateMark state={state} count={count} />
              ))}
            </p>
            <p class="quiet">
              {card.attributeCounts.length > 0
                ? `${listNumbers(card.attributeCounts)} ${card.attributeCounts.at(-1) === 1 ? 'attribute' : 'attributes'} · `
                : ''}
              {card.activeAtMs === null ? 'nothing written yet' : `last written ${formatAgo(card.activeAtMs, nowMs)}`}
            </p>
            <Notices problems={card.problems} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Thumbnail({ card: { name, thumbnail } }: { card: ExperimentCard }) {
  if (!thumbnail) return <div class="thumbnail" aria-hidden="true" />;
  return <img class={`thumbnail thumbnail-${thumbnail.imageSize}`} src={thumbnail.url} alt={`Newest sample grid of ${name}`} />;
}

/** 2, 5 and 10 */
function listNumbers(numbers: number[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(numbers.map(String)).replace(', and', ' and');
}

/** A moment as '3 min ago'. */
function formatAgo(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - thenMs) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}
