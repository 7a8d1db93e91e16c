// Faces from the run's checkpoint: a text and switches that say the same, and the pictures that come of them.

import type { Bits, FacesReply } from '../../faces.ts';
import { find } from '../elements.ts';
import type { UrlState } from '../url-state.ts';
import { ask } from './ask.ts';
import { showFaces } from './face-pictures.ts';
import { createSwitches } from './switches.ts';
import { createTextBox } from './text-box.ts';
import { differing, readBits, writeBits } from './words.ts';

/** More switches than this are folded away on a narrow page. */
const MANY = 12;

/** `api`: the run's address among the data routes. The form is there only where the page may make faces. */
export function createFaceForm(api: string, urlState: UrlState): void {
  if (document.getElementById('generate') === null) return;
  const [input, count, seed] = ['face-text', 'face-count', 'face-seed'].map((id) => find<HTMLInputElement>(id)) as [
    HTMLInputElement,
    HTMLInputElement,
    HTMLInputElement,
  ];
  const same = find<HTMLInputElement>('face-same');
  const [button, others] = [find<HTMLButtonElement>('face-make'), find<HTMLButtonElement>('face-others')];
  const [status, pictures] = [find('face-status'), find('faces')];
  /** What the faces were drawn with that the switches change since then; null: none are. */
  let base: { fixed: Bits; seed: string } | null = null;
  let asking = new AbortController();

  const switches = createSwitches(find('face-switches'), () => {
    keep();
    if (same.checked && !pictures.hidden) void makeFaces();
  });
  const box = createTextBox({
    input,
    list: find('face-read'),
    url: `${api}/description`,
    onRead(bits, before) {
      for (const name of switches.names) if (bits[name] !== before[name]) switches.set(name, bits[name]);
      keep();
    },
  });
  if (switches.names.length > MANY && matchMedia('(max-width: 600px)').matches) find<HTMLDetailsElement>('face-attributes').open = false;
  restore();
  urlState.onRestore(restore);
  for (const field of [count, seed]) field.addEventListener('change', keep);
  input.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') void makeFaces();
  });
  button.addEventListener('click', () => void makeFaces());
  others.addEventListener('click', () => {
    seed.value = String(Math.floor(Math.random() * (Number(seed.max) + 1)));
    void makeFaces();
  });

  async function makeFaces(): Promise<void> {
    asking.abort(); // of what came before, nobody waits for the answer
    asking = new AbortController();
    const { signal } = asking;
    await box.settle();
    if (signal.aborted) return;
    const wanted = switches.read();
    if (!same.checked || base === null || base.seed !== seed.value) base = { fixed: wanted, seed: seed.value };
    const { fixed } = base;
    const change = differing(wanted, fixed);
    const numbers = { count: count.valueAsNumber, seed: seed.valueAsNumber };
    keep();
    status.textContent = 'Making faces …';
    try {
      const { faces, error } = await ask<FacesReply>(`${api}/faces`, { text: input.value, fixed, change, ...numbers }, signal);
      if (faces) {
        document.getElementById('face-problem')?.remove(); // its first checkpoint has come meanwhile
        const name = `${api.split('/').at(-1)}-seed${numbers.seed}`;
        await showFaces(pictures, { faces, asked: { ...fixed, ...change }, name, seed: numbers.seed });
      }
      if (!signal.aborted) status.textContent = error === undefined ? '' : `No faces were made: ${error}`;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** In the address, no step of its own: the pictures are not there after a reload. */
  function keep(): void {
    urlState.set('face', input.value.trim(), false);
    urlState.set('switches', writeBits(switches.read()), false);
    urlState.set('drawn', base && writeBits(differing(base.fixed, switches.read())) !== '' ? writeBits(base.fixed) : '', false);
    urlState.set('faces', count.value === count.defaultValue ? '' : count.value, false);
    urlState.set('seed', seed.value === seed.defaultValue ? '' : seed.value, false);
  }

  function restore(): void {
    const bits = readBits(urlState.get('switches'), switches.names);
    for (const name of switches.names) switches.set(name, bits[name]);
    count.value = urlState.get('faces') ?? count.defaultValue;
    seed.value = urlState.get('seed') ?? seed.defaultValue;
    const drawn = urlState.get('drawn');
    if (drawn !== null) base = { fixed: readBits(drawn, switches.names), seed: seed.value };
    box.restore(urlState.get('face') ?? '');
  }
}
