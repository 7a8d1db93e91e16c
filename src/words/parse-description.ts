// (pure) An English description of a face -> the attributes that it decides, with the words that said so.

import type { Description, Phrases, Vocabulary } from './description.ts';
import { findAlternatives } from './grammar/alternatives.ts';
import { type Assertion, attach, isGoverned } from './grammar/attach.ts';
import { conclude, type Say } from './grammar/conclude.ts';
import { coverByNegations } from './grammar/negation.ts';
import { assignRoles } from './grammar/roles.ts';
import type { Sentence } from './grammar/sentence.ts';
import { createDictionary } from './lexicon/dictionary.ts';
import { SILENT_PARTS } from './lexicon/parts.ts';
import { readAge } from './text/ages.ts';
import { findRotation } from './text/rotation.ts';
import { type Token, tokenize } from './text/tokens.ts';
import { readUnits } from './text/units.ts';

export type { Description, Phrases, Vocabulary };

/** Reads a description. Never throws: what it cannot read is in `notUnderstood`. */
export function parseDescription(text: string, vocabulary: Vocabulary = {}): Description {
  const dictionary = createDictionary(vocabulary);
  const all = tokenize(text, (word) => dictionary.has(`=${word}`));
  const rotation = findRotation(all);
  const tokens = all.filter((_, index) => !rotation?.tokens.has(index));
  const { units, corrections } = readUnits(tokens, dictionary, { text, readers: [readAge] });
  const sentence: Sentence = { units, roles: assignRoles(units) };
  const reading = read(sentence, { text, tokens });
  const { attributes, because, contradictions } = conclude(reading.says);
  const turned = rotation && rotation.degrees !== 0 ? describeRotation(rotation, all, text) : null;
  return {
    text,
    attributes,
    rotation: turned?.name ?? null,
    because: turned ? [...because, turned] : because,
    contradictions,
    ambiguous: reading.ambiguous,
    corrections,
    notUnderstood: reading.notUnderstood,
  };
}

function describeRotation({ degrees, tokens }: { degrees: number; tokens: ReadonlySet<number> }, all: readonly Token[], text: string) {
  const places = [...tokens].map((index) => all[index]!);
  const words = text.slice(Math.min(...places.map(({ start }) => start)), Math.max(...places.map(({ end }) => end)));
  return { name: `rotate_${degrees}`, value: 1 as const, words: [words] };
}

function read(sentence: Sentence, source: { text: string; tokens: readonly Token[] }) {
  const { units } = sentence;
  const covers = coverByNegations(sentence);
  const attachments = attach(sentence);
  const { adjectives } = attachments;
  const alternatives = findAlternatives(sentence, attachments, covers);
  const undecided = new Set(alternatives.flatMap(({ assertions }) => assertions));
  const used = new Set<number>();
  const says: Say[] = [];
  const use = ({ claim, by, of }: Assertion, value: 0 | 1): Say => {
    const nouns = of === null ? [] : [of];
    for (const unit of [by, ...nouns]) used.add(unit);
    const told = [...covers[by]!, by, ...nouns.filter((unit) => !units[unit]!.entry.isPerson)]; // "young", not "young … woman"
    return { name: claim.name, value, isWeak: claim.isWeak, words: quoteUnits(sentence, told, source), at: by };
  };
  for (const assertion of attachments.assertions) {
    if (undecided.has(assertion)) {
      used.add(assertion.by);
      if (assertion.of !== null) used.add(assertion.of);
      continue;
    }
    const value = decide(assertion, sentence, { covers, adjectives });
    if (value !== null) says.push(use(assertion, value));
  }
  for (let i = 0; i < units.length; i++) {
    for (const claim of listAbsent(sentence, i, { covers, adjectives })) says.push(use({ claim, by: i, of: null }, claim.value));
  }
  const decided = new Set(says.map(({ name }) => name));
  const ambiguous: Description['ambiguous'] = alternatives.map(({ from, to, assertions }) => ({
    words: quote(sentence, from, to, source),
    names: [...new Set(assertions.map(({ claim }) => claim.name))],
    reason: '"or" leaves open which',
  }));
  for (const { units: pair, names } of attachments.uncertain) {
    for (const unit of pair) used.add(unit);
    if (covers[pair[0]!]!.length % 2 === 0 && !names.some((name) => decided.has(name)))
      ambiguous.push({ words: quoteUnits(sentence, pair, source).join(' … '), names: [...names], reason: 'it may be either' });
  }
  units.forEach(({ entry }, i) => {
    const names = Object.keys(entry.group ?? {});
    if (!entry.group || covers[i]!.length % 2 === 1) return;
    used.add(i);
    if (!names.some((name) => decided.has(name)))
      ambiguous.push({ words: quote(sentence, i, i, source), names, reason: 'it leaves open which' });
  });
  return {
    says: says.filter(({ name }) => !ambiguous.some(({ names }) => names.includes(name)) || decided.has(name)),
    ambiguous,
    notUnderstood: listUnused(sentence, used, source),
  };
}

type Context = { covers: readonly number[][]; adjectives: ReadonlyMap<number, readonly number[]> };

/** The value that an assertion has under its negations; null where a denial leaves it open. */
function decide({ claim, by, of }: Assertion, { units, roles }: Sentence, { covers, adjectives }: Context): 0 | 1 | null {
  const { entry } = units[by]!;
  if (roles[by] === 'possessive' && isBeforePerson({ units, roles }, by)) return null;
  const isPerson = entry.isPerson && of === null && !covers[by]!.some((unit) => units[unit]!.entry.negation === 'instead');
  if (isPerson && (entry.isPronoun || (adjectives.get(by) ?? []).length > 0 || isGoverned({ units, roles }, by))) return claim.value;
  if (covers[by]!.length % 2 === 0) return claim.value;
  return claim.turns ? ((1 - claim.value) as 0 | 1) : claim.value === 1 ? 0 : null;
}

/** "his wife": the wife is described. */
function isBeforePerson({ units, roles }: Sentence, possessive: number): boolean {
  let j = possessive + 1;
  while (roles[j] === 'quality' || roles[j] === 'hedge') j++;
  return units[j]?.entry.isPerson === true && roles[j] === 'head';
}

/** What is said by the absence of a noun: "no hair" is bald, "no facial hair" denies each kind. */
function listAbsent({ units, roles }: Sentence, i: number, { covers, adjectives }: Context) {
  const { entry, words } = units[i]!;
  if (covers[i]!.length % 2 === 0) return [];
  if (entry.group)
    return Object.entries(entry.group).map(([name, value]) => ({ name, value: (1 - value) as 0 | 1, turns: true, isWeak: true }));
  const isElsewhere =
    roles[i + 1] === 'preposition' &&
    !/^(head|scalp)$/.test(units[i + 2]?.words ?? '') &&
    !/^(head|scalp)$/.test(units[i + 3]?.words ?? '');
  const isHair = (words === 'hair' || words === 'hairs') && !adjectives.has(i) && roles[i - 1] !== 'other' && !isElsewhere;
  return isHair && roles[i] === 'head' ? [{ name: 'Bald', value: 1 as const, turns: true }] : [];
}

function quote({ units }: Sentence, from: number, to: number, { text, tokens }: { text: string; tokens: readonly Token[] }): string {
  return text.slice(tokens[units[from]!.from]!.start, tokens[units[to]!.to - 1]!.end);
}

/** The units as they stand in the text: neighbours together. */
function quoteUnits(sentence: Sentence, units: readonly number[], source: { text: string; tokens: readonly Token[] }): string[] {
  const sorted = [...new Set(units)].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const unit of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === unit - 1) run[1] = unit;
    else runs.push([unit, unit]);
  }
  return runs.map(([from, to]) => quote(sentence, from, to, source));
}

/** Content words that decided nothing, each once. */
function listUnused(
  { units, roles }: Sentence,
  used: ReadonlySet<number>,
  { text, tokens }: { text: string; tokens: readonly Token[] },
): string[] {
  const found = new Map<string, string>();
  const known = new Set([...used].flatMap((i) => (roles[i] === 'head' ? [units[i]!.words] : [])));
  units.forEach((unit, i) => {
    const { entry } = unit;
    const isContent = ['other', 'quality', 'head', 'nothing'].includes(roles[i]!) || !unit.isKnown;
    const isSilent =
      entry.grammar === 'hedge' ||
      entry.grammar === 'neutral' ||
      (entry.part && SILENT_PARTS.includes(entry.part)) ||
      known.has(unit.words);
    if (used.has(i) || !isContent || isSilent) return;
    const words = text.slice(tokens[unit.from]!.start, tokens[unit.to - 1]!.end);
    if (!found.has(words.toLowerCase())) found.set(words.toLowerCase(), words);
  });
  return [...found.values()];
}
