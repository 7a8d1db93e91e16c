// One switch for each attribute of a run: any, on or off.

import type { Bits } from '../../faces.ts';

export interface Switches {
  names: readonly string[];
  /** Those that are on or off. */
  read(): Bits;
  /** Calls nobody. */
  set(name: string, bit: 0 | 1 | undefined): void;
}

/** `onMove`: called when a person has moved one. */
export function createSwitches(container: HTMLElement, onMove: () => void): Switches {
  const fields = [...container.querySelectorAll<HTMLElement>('[data-name]')];
  const names = fields.map((field) => field.dataset.name!);
  const inputsOf = new Map(fields.map((field) => [field.dataset.name!, [...field.querySelectorAll('input')]]));

  const set: Switches['set'] = (name, bit) => {
    for (const input of inputsOf.get(name) ?? []) input.checked = input.value === String(bit ?? '');
  };

  for (const field of fields) {
    field.addEventListener('change', () => {
      const name = field.dataset.name!;
      if (isRotation(name) && readOne(name) === 1) {
        for (const other of names) if (other !== name && isRotation(other) && readOne(other) === 1) set(other, undefined);
      }
      onMove();
    });
  }

  function readOne(name: string): 0 | 1 | undefined {
    const value = inputsOf.get(name)!.find(({ checked }) => checked)?.value;
    return value === '1' ? 1 : value === '0' ? 0 : undefined;
  }

  return {
    names,
    read() {
      const bits: Bits = {};
      for (const name of names) {
        const bit = readOne(name);
        if (bit !== undefined) bits[name] = bit;
      }
      return bits;
    },
    set,
  };
}

/** A face is turned one way at most. */
const isRotation = (name: string): boolean => /^rotate_(90|180|270)$/.test(name);
