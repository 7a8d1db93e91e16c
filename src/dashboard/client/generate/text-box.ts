// The text box: what is read in it is listed below it while a person types.

import type { Bits, TextReply } from '../../faces.ts';
import { make } from '../elements.ts';
import { ask } from './ask.ts';

const REST_MS = 250;

interface Options {
  input: HTMLInputElement;
  list: HTMLElement;
  /** Of the route that reads a text. */
  url: string;
  /** What the text says now, and what it said before. */
  onRead(bits: Bits, before: Bits): void;
}

export interface TextBox {
  /** Resolves when what is written has been read. */
  settle(): Promise<void>;
  /** Takes a text whose words the switches show already. */
  restore(text: string): void;
}

export function createTextBox({ input, list, url, onRead }: Options): TextBox {
  let timer = 0;
  let read = '';
  let told: Bits = {};
  let asking = new AbortController();
  let work: Promise<void> = Promise.resolve();

  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void settle(), REST_MS);
  });

  function settle(isShown = false): Promise<void> {
    window.clearTimeout(timer);
    const text = input.value.trim();
    if (text !== read) {
      read = text;
      asking.abort();
      asking = new AbortController();
      work = look(text, asking.signal, isShown).catch(() => {}); // another text is wanted by now
    }
    return work;
  }

  async function look(text: string, signal: AbortSignal, isShown: boolean): Promise<void> {
    const reply: TextReply = text === '' ? {} : await ask<TextReply>(url, { text }, signal);
    if (signal.aborted) return;
    if (reply.error !== undefined) read = ''; // the next look asks again
    const { bits = {}, said = [], warnings = [], error } = reply;
    list.replaceChildren(
      ...said.map(({ name, value, words, isTrained }) =>
        make(
          'li',
          isTrained ? {} : { class: 'is-unknown' },
          make('strong', {}, name),
          ` ${value === 1 ? 'yes' : 'no'} ${words.join(', ')}${isTrained ? '' : ', not trained on'}`,
        ),
      ),
      ...[...warnings, ...(error === undefined ? [] : [`Not read: ${error}.`])].map((line) => make('li', { class: 'is-warning' }, line)),
    );
    if (error !== undefined) return;
    if (!isShown) onRead(bits, told);
    told = bits;
  }

  return {
    settle: () => settle(),
    restore(text) {
      input.value = text;
      void settle(true);
    },
  };
}
