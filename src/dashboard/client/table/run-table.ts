// The table of runs. A click on a heading sorts it. Pinned runs come first, those that a filter leaves out are absent, and of many runs
// one page is there: a row is made when its page is opened, and again when its run has changed.

import { renderRow, sortKeyOf } from '../../pages/run-parts/row.tsx';
import type { RowFacts, RunChange, RunView } from '../../wire.ts';
import { createPager } from './pager.ts';

export interface RunTable {
  /** Takes in what has changed; `order`: of the experiment. */
  apply(reply: { axes: string[]; order?: string[]; runs: RunChange[] }): void;
  /** Sets the colours, the ticks, and which rows there are. */
  update(look: TableLook): void;
  highlight(id: string | null): void;
}

interface TableLook {
  colors: ReadonlyMap<string, string>;
  hidden: ReadonlySet<string>;
  /** Kept at the top, in this order. */
  pinned: readonly string[];
  /** To be compared. */
  chosen: readonly string[];
  /** The key of a column, with - in front from the most to the least; '': the experiment's order. */
  sort: string;
  /** null: every run. */
  matches: ((id: string) => boolean) | null;
}

export interface RunTableOptions {
  table: HTMLTableElement;
  pager: HTMLElement;
  onToggle: (ids: string[], isShown: boolean) => void;
  onChoose: (id: string, isChosen: boolean) => void;
  onPin: (id: string, isPinned: boolean) => void;
  onSort: (sort: string) => void;
  onHover: (id: string | null) => void;
}

interface KnownRun {
  view: RunView;
  facts: RowFacts;
}

export function createRunTable(options: RunTableOptions): RunTable {
  const { table, onToggle, onChoose, onPin, onSort, onHover } = options;
  const body = table.tBodies[0]!;
  const headings = [...table.tHead!.rows[0]!.cells];
  const metrics = headings.slice(headings.findIndex(({ dataset }) => dataset.key === 'epoch') + 1).map(({ dataset }) => dataset.key!);
  const known = new Map<string, KnownRun>();
  /** By run, its row and what that says; null: as the server rendered it. */
  const rows = new Map([...body.rows].map((row) => [row.dataset.run!, { row, says: null as KnownRun | null }]));
  let axes: readonly string[] = [];
  const pager = createPager(options.pager, () => arrange());
  let order: string[] = [...rows.keys()];
  let look: TableLook = { colors: new Map(), hidden: new Set(), pinned: [], chosen: [], sort: '', matches: null };
  let highlighted: string | null = null;

  body.addEventListener('change', (event) => {
    const input = event.target as HTMLInputElement;
    const id = input.closest('tr')?.dataset.run;
    if (id === undefined) return;
    if (input.classList.contains('choose')) onChoose(id, input.checked);
    else onToggle([id], input.checked);
  });
  body.addEventListener('click', (event) => {
    const button = (event.target as Element).closest('.pin');
    const id = button?.closest('tr')?.dataset.run;
    if (id !== undefined) onPin(id, button!.getAttribute('aria-pressed') !== 'true');
  });
  body.addEventListener('pointerover', (event) => onHover((event.target as Element).closest('tr')?.dataset.run ?? null));
  body.addEventListener('pointerleave', () => onHover(null));
  for (const heading of headings) {
    const { key } = heading.dataset;
    heading.querySelector('button')?.addEventListener('click', () => {
      onSort(look.sort === key ? `-${key}` : look.sort === `-${key}` ? '' : key!);
    });
  }

  function arrange(): void {
    const isDescending = look.sort.startsWith('-');
    const key = isDescending ? look.sort.slice(1) : look.sort;
    const column = headings.findIndex((heading) => key !== '' && heading.dataset.key === key);
    for (const [at, heading] of headings.entries()) {
      if (at === column) heading.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
      else heading.removeAttribute('aria-sort');
    }
    const { matches, pinned } = look;
    const pins = pinned.filter(isKnown);
    const others = order.filter((id) => isKnown(id) && !pins.includes(id) && (matches === null || matches(id)));
    if (column !== -1) {
      const keys = new Map(others.map((id) => [id, sortKey(id, key)]));
      others.sort((a, b) => compareKeys(keys.get(a)!, keys.get(b)!, isDescending));
    }
    place([...pins, ...pager.cut(others)].map(rowOf));
    decorate();
  }

  function isKnown(id: string): boolean {
    return known.has(id) || rows.has(id);
  }

  /** As text; empty where the run has nothing there. */
  function sortKey(id: string, key: string): string {
    const run = known.get(id);
    return String((run && sortKeyOf(key, run.view, run.facts, metrics)) ?? '');
  }

  function rowOf(id: string): HTMLTableRowElement {
    const run = known.get(id);
    const old = rows.get(id);
    if (run === undefined || old?.says === run) return old!.row;
    const template = document.createElement('template');
    template.innerHTML = renderRow(run.view, run.facts, { axes, root: document.body.dataset.root! });
    const fresh = template.content.firstElementChild as HTMLTableRowElement;
    const keeps = old?.row.contains(document.activeElement);
    if (keeps) refill(old!.row, fresh);
    else if (old?.row.isConnected) old.row.replaceWith(fresh);
    const row = keeps ? old!.row : fresh;
    rows.set(id, { row, says: run });
    return row;
  }

  function place(wanted: readonly HTMLTableRowElement[]): void {
    const kept = new Set(wanted);
    for (const row of [...body.rows]) if (!kept.has(row)) row.remove();
    for (const [position, row] of wanted.entries()) {
      const there = body.rows[position] ?? null;
      if (there !== row) body.insertBefore(row, there);
    }
  }

  function decorate(): void {
    const { colors, hidden, pinned, chosen } = look;
    for (const row of body.rows) {
      const id = row.dataset.run!;
      row.style.setProperty('--run-color', colors.get(id) ?? 'transparent');
      row.classList.toggle('is-hidden', hidden.has(id));
      row.classList.toggle('is-pinned', pinned.includes(id));
      row.classList.toggle('is-highlighted', id === highlighted);
      const shown = row.querySelector<HTMLInputElement>('.toggle input');
      if (shown) shown.checked = !hidden.has(id);
      const choice = row.querySelector<HTMLInputElement>('.choose');
      if (choice) choice.checked = chosen.includes(id);
      row.querySelector('.pin')?.setAttribute('aria-pressed', String(pinned.includes(id)));
    }
  }

  return {
    apply({ axes: newAxes, order: newOrder, runs }) {
      axes = newAxes;
      for (const { id, view, row } of runs) if (view && row) known.set(id, { view, facts: row });
      if (newOrder) {
        order = newOrder;
        const left = new Set(order);
        for (const id of [...known.keys(), ...rows.keys()]) {
          if (left.has(id)) continue;
          known.delete(id);
          rows.delete(id);
        }
      } else {
        const listed = new Set(order);
        order = [...order, ...runs.map(({ id }) => id).filter((id) => !listed.has(id) && known.has(id))];
      }
      if (newOrder || runs.length > 0) arrange();
    },
    update(now) {
      const isOther = now.sort !== look.sort || now.matches !== look.matches || now.pinned.join() !== look.pinned.join();
      look = now;
      if (isOther) arrange();
      else decorate();
    },
    highlight(id) {
      highlighted = id;
      for (const row of body.rows) row.classList.toggle('is-highlighted', row.dataset.run === id);
    },
  };
}

/** Keeps the cell that has the focus. */
function refill(old: HTMLTableRowElement, fresh: Element): void {
  for (const [i, cell] of [...fresh.children].entries())
    if (!old.cells[i]?.contains(document.activeElement)) old.cells[i]?.replaceWith(cell);
}

/** Compares numbers by size, and text with the numbers in it by size. What is missing always comes last. */
function compareKeys(x: string, y: string, isDescending: boolean): number {
  if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
  const isNumeric = Number.isFinite(Number(x)) && Number.isFinite(Number(y));
  const result = isNumeric ? Number(x) - Number(y) : x.localeCompare(y, 'en', { numeric: true });
  return isDescending ? -result : result;
}
