// One picture at its real pixels, or a whole grid; alone, beside another epoch or run, in turn with it, or their difference.

import type { RunView } from '../../wire.ts';
import { find, setText } from '../elements.ts';
import { sampleAt } from '../grids/grid-card.ts';
import { readRuns, writeRuns } from '../groups/run-keys.ts';
import type { UrlState } from '../url-state.ts';
import { describeCondition } from './condition.ts';
import { createPictureSource } from './picture-source.ts';
import { type Mode, type PictureRequest, type Place, readPlace, writePlace } from './place.ts';
import { drawStage } from './stage.ts';

export interface LightboxOptions {
  urlState: UrlState;
  api: string;
  samplesUrl: string;
  views: () => readonly RunView[];
}

const FLICKER_MS = 600;

export function createLightbox({ urlState, api, samplesUrl, views }: LightboxOptions): { update(): void } {
  const dialog = find<HTMLDialogElement>('lightbox');
  const stage = find('lightbox-stage');
  const epoch = find<HTMLSelectElement>('lightbox-epoch');
  const other = find<HTMLSelectElement>('lightbox-other');
  const otherEpoch = find<HTMLSelectElement>('lightbox-other-epoch');
  const mode = find<HTMLSelectElement>('lightbox-mode');
  const whole = find<HTMLInputElement>('lightbox-whole');
  const zoom = find<HTMLSelectElement>('lightbox-zoom');
  const source = createPictureSource(api, samplesUrl);
  let place: Place | null = null;
  let isSecond = false;
  let timer = 0;
  let drawing = 0;
  const viewOf = (id: string): RunView | undefined => views().find((view) => view.id === id);
  const ids = (): string[] => views().map(({ id }) => id);

  document.addEventListener('open-picture', (event) => {
    const { run, epoch, column, row } = (event as CustomEvent<PictureRequest>).detail;
    go({ run, epoch, column, row, isWhole: false, against: null }, true);
  });
  find('lightbox-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    if (place !== null) go(null, true);
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation(); // arrows move the page's own epoch
    if (event.altKey || event.ctrlKey || event.metaKey || place === null || event.target instanceof HTMLSelectElement) return;
    if (event.key === ' ' && event.target instanceof HTMLElement && event.target.matches('button, input')) return;
    const moved = moveBy(event.key, place);
    if (moved === null) return;
    event.preventDefault();
    if (moved === 'turn') {
      window.clearInterval(timer);
      isSecond = !isSecond;
      void draw();
    } else go(moved);
  });
  epoch.addEventListener('change', () => place && go({ ...place, epoch: Number(epoch.value) }));
  whole.addEventListener('change', () => place && go({ ...place, isWhole: whole.checked }));
  zoom.addEventListener('change', () => void draw());
  for (const select of [other, otherEpoch, mode])
    select.addEventListener('change', () => place && go({ ...place, against: readAgainst(place) }));
  urlState.onRestore(update);

  function readAgainst(now: Place): Place['against'] {
    const view = viewOf(other.value);
    if (!view) return null;
    const isNew = now.against?.run !== view.id;
    const usual = view.id === now.run ? view.samples[0]?.[0] : sampleAt(view, now.epoch)?.[0];
    const wanted = isNew ? usual : Number(otherEpoch.value);
    return { run: view.id, epoch: wanted ?? view.samples[0]?.[0] ?? now.epoch, mode: mode.value as Mode };
  }

  function moveBy(key: string, now: Place): Place | 'turn' | null {
    const view = viewOf(now.run);
    if (!view?.grid) return null;
    if (key === ' ') return now.against === null ? null : 'turn';
    const epochs = view.samples.map(([each]) => each);
    const turnEpoch = (by: number): Place => ({ ...now, epoch: epochs[epochs.indexOf(now.epoch) + by] ?? now.epoch });
    if (key === 'PageUp') return turnEpoch(-1);
    if (key === 'PageDown') return turnEpoch(1);
    const step = STEPS[key];
    if (!step || now.isWhole) return null;
    const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
    return { ...now, column: within(now.column + step[0], view.grid.columns.length), row: within(now.row + step[1], view.grid.rows) };
  }

  /** `isStep`: whether back goes to before it. */
  function go(next: Place | null, isStep = false): void {
    const { pic, vs } = writePlace(next, (id) => writeRuns([id], ids()));
    urlState.set('pic', pic, isStep);
    urlState.set('vs', vs, isStep);
    show(next);
  }

  function show(next: Place | null): void {
    const isOther = JSON.stringify(next?.against) !== JSON.stringify(place?.against);
    place = next;
    if (place === null) {
      window.clearInterval(timer);
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open) {
      dialog.showModal();
      stage.focus();
    }
    if (isOther) startFlicker();
    fillControls(place);
    void draw();
  }

  /** By itself only where nobody has asked for little motion: the space bar turns them then. */
  function startFlicker(): void {
    window.clearInterval(timer);
    isSecond = false;
    if (place?.against?.mode !== 'flicker' || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    timer = window.setInterval(() => {
      isSecond = !isSecond;
      void draw();
    }, FLICKER_MS);
  }

  function fillControls({ run, epoch: at, isWhole, against }: Place): void {
    const view = viewOf(run);
    fill(epoch, view?.samples.map(([each]): Choice => [String(each), String(each)]) ?? [], String(at));
    const others = views().filter(({ samples }) => samples.length > 0);
    fill(
      other,
      [['', 'nothing'], [run, 'the same run'], ...others.flatMap(({ id, label }): Choice[] => (id === run ? [] : [[id, label]]))],
      against?.run ?? '',
    );
    const second = against === null ? undefined : viewOf(against.run);
    fill(otherEpoch, second?.samples.map(([each]): Choice => [String(each), String(each)]) ?? [], String(against?.epoch ?? ''));
    otherEpoch.disabled = mode.disabled = against === null;
    mode.value = against?.mode ?? mode.value;
    whole.checked = isWhole;
  }

  async function draw(): Promise<void> {
    const now = place;
    const turn = ++drawing;
    const view = now && viewOf(now.run);
    if (!now || !view) return;
    const { column, row, isWhole, against } = now;
    const second = against === null ? undefined : viewOf(against.run);
    const heading = view.grid?.columns[column] ?? '';
    // Another run may have other columns: the picture of the same condition is the one to hold against.
    const otherColumn = second?.grid?.columns.indexOf(heading) ?? -1;
    const [first, opposite, asks] = await Promise.all([
      source.read(view, now.epoch, isWhole ? null : { column, row }),
      second && against ? source.read(second, against.epoch, isWhole ? null : { column: otherColumn, row }).catch(() => null) : null,
      source.asks(view.id),
    ]);
    if (turn !== drawing) return; // a later one is on its way
    setText(find('lightbox-title'), view.label);
    const number = `column ${column + 1} of ${view.grid?.columns.length ?? 0}, row ${row + 1} of ${view.grid?.rows ?? 0}`;
    const condition = asks[column] ? `, ${describeCondition(asks[column])}` : '';
    setText(
      find('lightbox-condition'),
      isWhole ? 'The whole grid; a row is one noise.' : `“${heading.replaceAll('_', ' ')}”${condition} (${number})`,
    );
    const lacks = second && !isWhole && otherColumn === -1;
    const label = second && against ? `${second.label}, epoch ${against.epoch}${lacks ? ` (has no column “${heading}”)` : ''}` : '';
    const figures = drawStage(stage, {
      first: { picture: first, label: `${view.label}, epoch ${now.epoch}` },
      second: second ? { picture: lacks ? null : opposite, label } : null,
      mode: against?.mode ?? 'side',
      isSecond,
      zoom: Number(zoom.value),
    });
    setText(find('lightbox-figures'), figures);
  }

  /** Opens what the address names, once it is there. */
  function update(): void {
    const wanted = readPlace({ pic: urlState.get('pic'), vs: urlState.get('vs') }, (key) => readRuns(key, ids())[0]);
    if (JSON.stringify(wanted) !== JSON.stringify(place) && (wanted !== null || urlState.get('pic') === null)) show(wanted);
  }

  return { update };
}

const STEPS: Record<string, [column: number, row: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type Choice = [value: string, label: string];

function fill(select: HTMLSelectElement, choices: Choice[], value: string): void {
  const wanted = JSON.stringify(choices);
  if (select.dataset.choices !== wanted) {
    select.dataset.choices = wanted;
    select.replaceChildren(...choices.map(([each, label]) => new Option(label, each)));
  }
  select.value = value;
}
