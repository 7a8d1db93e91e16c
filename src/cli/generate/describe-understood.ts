// (pure) What was understood of a description, and what was not, as lines for a person.

import { quote } from '../../experiment/yaml/quote.ts';
import type { Description } from '../../words/parse-description.ts';
import type { Paint } from '../text/paint.ts';
import { type Cell, formatTable } from '../text/table.ts';
import type { Understood } from './understand.ts';

/** A line for each attribute, with the words that said so; '' where there is none. */
export function describeAsked({ description, set, untrained }: Understood, paint: Paint): string {
  const said = (description?.because ?? []).filter(({ name }) => set[name] === undefined);
  const rows: Cell[][] = [
    ...said.map(({ name, value, words }) => row(name, value, words.map(quote).join(', '), untrained.includes(name))),
    ...Object.entries(set).map(([name, value]) => row(name, value, '--set', false)),
  ];
  return rows.length === 0 ? '' : formatTable(null, rows, { paint });
}

const row = (name: string, value: 0 | 1, why: string, isUntrained: boolean): Cell[] => [
  { text: `  ${name}`, ...(isUntrained && { colour: 'dim' as const }) },
  { text: value === 1 ? 'yes' : 'no' },
  { text: isUntrained ? `${why}, not trained on` : why, colour: 'dim' },
];

/** What the user should know of the text, a line each. */
export function warnOfText({ description, untrained }: Pick<Understood, 'description' | 'untrained'>): string[] {
  if (description === null) return [];
  const list = (words: readonly string[]) => words.map(quote).join(', ');
  return [
    ...(untrained.length > 0 ? [`This run was never trained on ${untrained.join(', ')}: it cannot show that.`] : []),
    ...description.corrections.map(({ found, read }) => `${quote(found)} was read as ${quote(read)}.`),
    ...description.contradictions.map(describeContradiction),
    ...description.ambiguous.map(({ words, names, reason }) => `${quote(words)} leaves ${names.join(', ')} open: ${reason}.`),
    ...(description.notUnderstood.length > 0 ? [`Not understood: ${list(description.notUnderstood)}.`] : []),
  ];
}

function describeContradiction({ name, words, taken }: Description['contradictions'][number]): string {
  return `${name} is said both ways (${words.map(quote).join(', ')}); taken: ${taken === 1 ? 'yes' : 'no'}.`;
}
