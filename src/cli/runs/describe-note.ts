// (pure) What a person has written on a run, on a terminal.

import { shorten } from '../../experiment/yaml/quote.ts';
import { makeHarmless } from '../harmless.ts';

interface Note {
  text: string;
  tags: readonly string[];
}

/** Lines: the tags, then the text; none where there are neither. */
export function describeNote({ text, tags }: Note): string[] {
  return [...(tags.length === 0 ? [] : [describeTags(tags)]), ...(text === '' ? [] : text.split('\n').map(makeHarmless))];
}

/** `#keep #paper  the best hair so far`, for a cell of a table; '' where there is neither. */
export function describeNoteBriefly({ text, tags }: Note): string {
  return [describeTags(tags), shorten(text.replace(/\s+/g, ' '), MOST_TEXT)].filter((part) => part !== '').join('  ');
}

const MOST_TEXT = 60;

function describeTags(tags: readonly string[]): string {
  return tags.map((tag) => `#${tag}`).join(' ');
}
