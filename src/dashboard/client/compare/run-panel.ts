// The runs as a table with a filter, and what is opened from it: chosen runs side by side, parallel coordinates. The address keeps it all.

import { plural } from '../../../experiment/units.ts';
import type { ExperimentChanges, RunView } from '../../wire.ts';
import { find, setText } from '../elements.ts';
import { readRuns, writeRuns } from '../groups/run-keys.ts';
import { createRunTable } from '../table/run-table.ts';
import { makeSaveButtons, pageName, saveFile } from '../take-away/save-file.ts';
import { writeCsv, writeJson } from '../take-away/tables.ts';
import type { UrlState } from '../url-state.ts';
import { allFields } from './fields.ts';
import { parseFilter, replaceCondition } from './filter.ts';
import { createParallel } from './parallel.ts';
import { createFactsSource } from './run-facts.ts';
import { createSideBySide } from './side-by-side.ts';

export interface RunPanel {
  apply(reply: ExperimentChanges): void;
  update(look: PanelLook): void;
  highlight(id: string | null): void;
}

interface PanelLook {
  views: readonly RunView[];
  colors: ReadonlyMap<string, string>;
  hidden: ReadonlySet<string>;
}

export interface RunPanelOptions {
  urlState: UrlState;
  api: string;
  samplesUrl: string;
  onToggle: (ids: string[], isShown: boolean) => void;
  /** Shows these alone in charts and grids. */
  onOnly: (ids: string[]) => void;
  onHover: (id: string | null) => void;
}

export function createRunPanel({ urlState, api, samplesUrl, onToggle, onOnly, onHover }: RunPanelOptions): RunPanel {
  const source = createFactsSource(api, show);
  const filter = find<HTMLInputElement>('run-filter');
  const only = find<HTMLButtonElement>('only-filtered');
  const openParallel = find<HTMLButtonElement>('open-parallel');
  const openCompare = find<HTMLButtonElement>('open-compare');
  let look: PanelLook = { views: [], colors: new Map(), hidden: new Set() };
  let found: string[] = [];
  let toSave: 'csv' | 'json' | null = null;
  let offered = '';
  let matches: { text: string; facts: unknown; of: ((id: string) => boolean) | null } = { text: '', facts: null, of: null };

  const table = createRunTable({
    table: find<HTMLTableElement>('runs'),
    pager: find('pager'),
    onToggle,
    onHover,
    onChoose: (id, isChosen) => setList('cmp', id, isChosen),
    onPin: (id, isPinned) => setList('pin', id, isPinned),
    onSort(sort) {
      urlState.set('sort', sort);
      show();
    },
  });
  const sideBySide = createSideBySide({
    container: find('side-by-side'),
    urlState,
    samplesUrl,
    onRemove: (id) => setList('cmp', id, false),
    onClose() {
      urlState.set('cmp', '');
      urlState.set('at', '', false);
      show();
      filter.focus();
    },
  });
  const parallel = createParallel({
    container: find('parallel'),
    onHover,
    onBrush: (field, range, isStep) => setFilter(replaceCondition(filter.value, field, range), isStep),
  });

  only.parentElement!.append(
    makeSaveButtons('the runs that are shown', [
      ['CSV', () => saveRuns('csv')],
      ['JSON', () => saveRuns('json')],
    ]),
  );
  filter.value = urlState.get('q') ?? '';
  filter.addEventListener('focus', () => offerFields());
  filter.addEventListener('input', () => setFilter(filter.value, false));
  filter.addEventListener('change', () => setFilter(filter.value));
  only.addEventListener('click', () => onOnly(found));
  openParallel.addEventListener('click', () => {
    urlState.set('par', urlState.get('par') === null ? '1' : '');
    show();
  });
  openCompare.addEventListener('click', () => {
    find('side-by-side').scrollIntoView({ block: 'start' });
    find('side-by-side-title').focus({ preventScroll: true });
  });
  for (const button of document.querySelectorAll<HTMLElement>('[data-jump]')) {
    button.addEventListener('click', () => {
      const title = find(button.dataset.jump!);
      title.tabIndex = -1;
      title.scrollIntoView({ block: 'start' });
      title.focus({ preventScroll: true });
    });
  }
  urlState.onRestore(() => {
    filter.value = urlState.get('q') ?? '';
    show();
  });

  /** What the filter leaves, in the order of the experiment, with every digit. */
  function saveRuns(format: 'csv' | 'json'): void {
    const facts = source.get();
    toSave = facts === null ? format : null; // until the answer is there
    if (facts === null) return;
    const runs = facts.runs.filter(({ id }) => found.includes(id));
    const rows = runs.map((run) => Object.fromEntries([['run', run.id], ...allFields(facts).map(({ name, read }) => [name, read(run)])]));
    const isCsv = format === 'csv';
    saveFile(`${pageName()}-runs.${format}`, isCsv ? writeCsv(rows) : writeJson(rows), isCsv ? 'text/csv' : 'application/json');
  }

  function setFilter(text: string, isStep = true): void {
    filter.value = text;
    urlState.set('q', text.trim(), isStep);
    show();
  }

  function ids(): string[] {
    return look.views.map(({ id }) => id);
  }

  function setList(name: 'cmp' | 'pin', id: string, isIn: boolean): void {
    const others = readRuns(urlState.get(name), ids()).filter((each) => each !== id);
    urlState.set(name, writeRuns(isIn ? [...others, id] : others, ids()));
    show();
  }

  /** What the filter leaves; null while it is empty, or nothing is known yet. */
  function findMatches(text: string): ((id: string) => boolean) | null {
    if (text === '') {
      find('filter-problem').hidden = true;
      return null;
    }
    const facts = source.get();
    if (facts === null) return null;
    if (matches.text === text && matches.facts === facts) return matches.of;
    const { matches: test, problem } = parseFilter(text, allFields(facts));
    find('filter-problem').hidden = problem === null;
    setText(find('filter-problem'), problem ?? '');
    const left = new Set(facts.runs.filter(test).map(({ id }) => id));
    matches = { text, facts, of: (id) => left.has(id) };
    return matches.of;
  }

  function offerFields(): void {
    const facts = source.get();
    const names = facts === null ? [] : [...new Set(allFields(facts).map(({ name, kind, label }) => (kind === 'fact' ? label : name)))];
    if (names.join() === offered) return;
    offered = names.join();
    find('run-fields').replaceChildren(...names.map((name) => new Option('', `${name}=`)));
  }

  function show(): void {
    const text = filter.value.trim();
    const of = findMatches(text);
    const pinned = readRuns(urlState.get('pin'), ids());
    const chosen = readRuns(urlState.get('cmp'), ids());
    found = of === null ? ids() : ids().filter(of);
    table.update({ ...look, pinned, chosen, sort: urlState.get('sort') ?? '', matches: of });
    setText(find('runs-count'), of === null ? plural(found.length, 'run') : `${found.length} of ${plural(look.views.length, 'run')}`);
    only.hidden = of === null || found.length === 0;
    openCompare.disabled = chosen.length < 2;
    setText(openCompare, chosen.length === 0 ? 'Compare' : `Compare ${plural(chosen.length, 'run')}`);
    const isParallel = urlState.get('par') !== null;
    openParallel.setAttribute('aria-expanded', String(isParallel));
    find('parallel').hidden = !isParallel;
    if (isParallel) parallel.update({ facts: source.get(), colors: look.colors, matches: of, filter: text });
    const facts = chosen.length < 2 ? null : source.get();
    sideBySide.update({ views: chosen.flatMap((id) => look.views.find((view) => view.id === id) ?? []), facts, colors: look.colors });
    if (document.activeElement === filter) offerFields();
    if (toSave !== null) saveRuns(toSave);
  }

  return {
    apply(reply) {
      table.apply(reply);
      source.setVersion(reply.cursor);
    },
    update(now) {
      look = now;
      show();
    },
    highlight(id) {
      table.highlight(id);
      parallel.highlight(id);
    },
  };
}
