// The table of runs. A click on a heading sorts it; rows that the server has rendered again replace the old ones.

import type { RunChange } from '../../wire.ts';

export interface RunTable {
  /** Replaces rows; `order`: of the experiment. */
  apply(reply: { order?: string[]; runs: RunChange[] }): void;
  /** Sets the colours and the ticks. */
  update(colors: ReadonlyMap<string, string>, hidden: ReadonlySet<string>): void;
  highlight(id: string | null): void;
}

export interface RunTableOptions {
  table: HTMLTableElement;
  onToggle: (ids: string[], isShown: boolean) => void;
  onHover: (id: string | null) => void;
}

export function createRunTable({ table, onToggle, onHover }: RunTableOptions): RunTable {
  const body = table.tBodies[0]!;
  const rowOf = (id: string): HTMLTableRowElement | null => document.getElementById(`row-${id}`) as HTMLTableRowElement | null;
  let order: string[] = [...body.rows].map((row) => row.dataset.run!);
  let sort: { column: number; isDescending: boolean } | null = null;

  body.addEventListener('change', (event) => {
    const input = event.target as HTMLInputElement;
    const id = input.closest('tr')?.dataset.run;
    if (id) onToggle([id], input.checked);
  });
  body.addEventListener('pointerover', (event) => onHover((event.target as Element).closest('tr')?.dataset.run ?? null));
  body.addEventListener('pointerleave', () => onHover(null));
  for (const button of table.tHead!.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      const column = button.closest('th')!.cellIndex;
      if (sort?.column !== column) sort = { column, isDescending: false };
      else sort = sort.isDescending ? null : { column, isDescending: true };
      arrange();
    });
  }

  function arrange(): void {
    for (const heading of table.tHead!.rows[0]!.cells) {
      const isSorted = heading.cellIndex === sort?.column;
      if (isSorted) heading.setAttribute('aria-sort', sort!.isDescending ? 'descending' : 'ascending');
      else heading.removeAttribute('aria-sort');
    }
    const rows = order.map(rowOf).filter((row) => row !== null);
    if (sort) rows.sort((a, b) => compareCells(a.cells[sort!.column]!, b.cells[sort!.column]!, sort!.isDescending));
    for (const [position, row] of rows.entries()) {
      const there = body.rows[position] ?? null;
      if (there !== row) body.insertBefore(row, there);
    }
  }

  return {
    apply({ order: newOrder, runs }) {
      for (const { id, row } of runs) {
        if (row === undefined) continue;
        const template = document.createElement('template');
        template.innerHTML = row;
        const fresh = template.content.firstElementChild!;
        const old = rowOf(id);
        if (old?.contains(document.activeElement)) refill(old, fresh);
        else if (old) old.replaceWith(fresh);
        else body.append(fresh);
      }
      if (newOrder) {
        order = newOrder;
        for (const row of [...body.rows]) if (!order.includes(row.dataset.run!)) row.remove();
      }
      arrange();
    },
    update(colors, hidden) {
      for (const row of body.rows) {
        const id = row.dataset.run!;
        row.style.setProperty('--run-color', colors.get(id) ?? 'transparent');
        row.classList.toggle('is-hidden', hidden.has(id));
        const input = row.querySelector('input');
        if (input) input.checked = !hidden.has(id);
      }
    },
    highlight(id) {
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
function compareCells(a: HTMLTableCellElement, b: HTMLTableCellElement, isDescending: boolean): number {
  const [x, y] = [a.dataset.sort ?? '', b.dataset.sort ?? ''];
  if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
  const isNumeric = Number.isFinite(Number(x)) && Number.isFinite(Number(y));
  const result = isNumeric ? Number(x) - Number(y) : x.localeCompare(y, 'en', { numeric: true });
  return isDescending ? -result : result;
}
