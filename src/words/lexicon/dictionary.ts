// (pure) The lexicon and a data set's own words -> what each word or phrase may be.

import type { Phrases, Vocabulary } from '../description.ts';
import { ATTRIBUTES, type AttributeSayings, GROUPS, OF_PEOPLE_ONLY, SAYS_NOTHING, type Sayings, UNCERTAIN } from './attributes.ts';
import { DENY_BEFORE, GRAMMAR, HEDGES, NEGATIONS, NEUTRAL } from './grammar-words.ts';
import { OTHER_HAIR, PARTS, type Part } from './parts.ts';
import * as people from './people.ts';

export interface Claim {
  name: string;
  value: 0 | 1;
  /** Whether "not" turns it over: who is not old is young, but what is not square need not be oval. */
  turns: boolean;
  /** Gives way to any other word on the same attribute: "no facial hair but a goatee". */
  isWeak?: boolean;
}

type Negation = keyof typeof NEGATIONS;

/** What a word or phrase may be; several at once: "straight" is a quality of hair and of eyebrows. */
export interface Entry {
  /** A noun that says something by being there: beard, smile. */
  claims?: Claim[];
  /** The noun itself: hair, nose, a person. */
  part?: Part;
  isPerson?: boolean;
  isPronoun?: boolean;
  isPossessive?: boolean;
  /** An adjective: what it says of which part. */
  qualities?: Map<Part, Claim[]>;
  isOfPeople?: boolean;
  /** "dark hair": one of these. */
  uncertain?: { part: Part; names: readonly string[] };
  /** "facial hair": all of these. */
  group?: Readonly<Record<string, 0 | 1>>;
  isOtherHair?: boolean;
  grammar?: keyof typeof GRAMMAR | 'hedge' | 'neutral' | 'nothing';
  negation?: Negation;
  deniesBefore?: boolean;
}

/** Phrases by their first word, the longest first. */
export type Dictionary = ReadonlyMap<string, readonly { words: readonly string[]; entry: Entry }[]>;

let own: Map<string, Entry> | undefined;
let ownIndex: Dictionary | undefined;

/** The dictionary of the lexicon together with a data set's own words. */
export function createDictionary({ attributes = [], phrases = {} }: Vocabulary = {}): Dictionary {
  own ??= readLexicon();
  if (attributes.length === 0 && Object.keys(phrases).length === 0) {
    ownIndex ??= indexEntries(own);
    return ownIndex;
  }
  const entries = new Map([...own].map(([phrase, entry]) => [phrase, { ...entry, qualities: copyQualities(entry.qualities) }]));
  for (const name of attributes) if (!(name in ATTRIBUTES)) addOwnName(entries, name);
  for (const [name, words] of Object.entries(phrases)) addPhrases(entries, name, words);
  return indexEntries(entries);
}

function copyQualities(qualities: Entry['qualities']): Entry['qualities'] {
  return qualities && new Map([...qualities].map(([part, claims]) => [part, [...claims]]));
}

function readLexicon(): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [kind, words] of Object.entries(GRAMMAR))
    for (const phrase of list(words)) at(entries, phrase).grammar = kind as keyof typeof GRAMMAR;
  for (const phrase of list(NEUTRAL)) at(entries, phrase).grammar = 'neutral';
  for (const phrase of list(HEDGES)) at(entries, phrase).grammar = 'hedge';
  for (const phrase of list(SAYS_NOTHING)) at(entries, phrase).grammar = 'nothing';
  for (const phrase of list(DENY_BEFORE)) at(entries, phrase).deniesBefore = true;
  for (const [kind, words] of Object.entries(NEGATIONS)) for (const phrase of list(words)) at(entries, phrase).negation = kind as Negation;
  for (const [part, words] of Object.entries(PARTS)) for (const phrase of list(words)) at(entries, phrase).part = part as Part;
  for (const phrase of list(OTHER_HAIR)) at(entries, phrase).isOtherHair = true;
  addPeople(entries);
  for (const [name, sayings] of Object.entries(ATTRIBUTES)) addSayings(entries, name, sayings);
  // "light makeup" is not heavy, whereas makeup alone is taken for it
  for (const entry of entries.values())
    if (entry.part === 'makeup') entry.claims = entry.claims?.map((claim) => ({ ...claim, isWeak: true }));
  for (const phrase of list(OF_PEOPLE_ONLY)) at(entries, phrase).isOfPeople = true;
  for (const { part, words, names } of UNCERTAIN) for (const phrase of list(words)) addUncertain(at(entries, phrase), part, names);
  for (const { words, is } of GROUPS) for (const phrase of list(words)) at(entries, phrase).group = is;
  for (const name of Object.keys(ATTRIBUTES))
    if (name.includes('_')) at(entries, `=${name.toLowerCase()}`).claims = [{ name, value: 1, turns: true }];
  return entries;
}

function addUncertain(entry: Entry, part: Part, names: readonly string[]): void {
  entry.uncertain = { part, names };
  entry.qualities ??= new Map();
}

function addPeople(entries: Map<string, Entry>): void {
  const add = (words: string, name: string | null, value: 0 | 1, more: Partial<Entry> = {}) => {
    for (const phrase of list(words)) {
      const entry = at(entries, phrase);
      Object.assign(entry, { isPerson: true, part: 'person', ...more });
      delete entry.grammar;
      if (name) entry.claims = [...(entry.claims ?? []), { name, value, turns: true }];
    }
  };
  add(people.MEN, 'Male', 1);
  add(people.WOMEN, 'Male', 0);
  add(people.MEN_PRONOUNS, 'Male', 1, { isPronoun: true });
  add(people.WOMEN_PRONOUNS, 'Male', 0, { isPronoun: true });
  add(people.HIS, 'Male', 1, { isPronoun: true, isPossessive: true });
  add(people.HER, 'Male', 0, { isPronoun: true, isPossessive: true });
  add(people.ANYBODY, null, 1);
  add(people.YOUNG_PEOPLE, 'Young', 1);
  add(people.OLD_PEOPLE, 'Young', 0);
}

function addSayings(entries: Map<string, Entry>, name: string, { yes, no, opposite }: AttributeSayings): void {
  // No_Beard is inverted: its opposite is what a text names. Without a beard it is 1, and who is not clean-shaven has it at 0.
  add(entries, yes, { name, value: 1, turns: true });
  add(entries, no ?? {}, { name, value: 0, turns: false });
  add(entries, opposite ?? {}, { name, value: 0, turns: true });
}

function add(entries: Map<string, Entry>, sayings: Sayings, claim: Claim): void {
  for (const [head, words] of Object.entries(sayings)) {
    for (const phrase of list(words)) {
      const entry = at(entries, phrase);
      if (head === 'thing') entry.claims = [...(entry.claims ?? []), claim];
      else addQuality(entry, head as Part, claim);
    }
  }
}

function addQuality(entry: Entry, part: Part, claim: Claim): void {
  entry.qualities ??= new Map();
  entry.qualities.set(part, [...(entry.qualities.get(part) ?? []), claim]);
}

const PREFIXES = /^(has|have|is|are|with|wearing|wears)-(?=.)/;

/** Has_Scar -> "has scar", "scar"; Red_Hair -> also "hair that is red"; No_Hat -> "no hat", and 0 for "hat". */
function addOwnName(entries: Map<string, Entry>, name: string): void {
  const words = splitName(name).join('-');
  at(entries, `=${name.toLowerCase()}`).claims = [{ name, value: 1, turns: true }];
  const bare = words.replace(PREFIXES, '');
  if (/^(no|without|not)-./.test(bare)) addWords(entries, bare.replace(/^(no|without|not)-/, ''), { name, value: 0, turns: true });
  else addWords(entries, bare, { name, value: 1, turns: true });
}

function addPhrases(entries: Map<string, Entry>, name: string, phrases: Phrases): void {
  const { yes = [], no = [] } = 'length' in phrases ? { yes: phrases } : (phrases as { yes?: readonly string[]; no?: readonly string[] });
  for (const phrase of yes) addWords(entries, splitName(phrase).join('-'), { name, value: 1, turns: true });
  for (const phrase of no) addWords(entries, splitName(phrase).join('-'), { name, value: 0, turns: true });
}

function addWords(entries: Map<string, Entry>, phrase: string, claim: Claim): void {
  if (phrase === '') return;
  const words = phrase.split('-');
  const part = entries.get(words.at(-1)!)?.part ?? entries.get(words.at(-1)!.replace(/s$/, ''))?.part;
  if (words.length > 1 && part && part !== 'person') addQuality(at(entries, words.slice(0, -1).join('-')), part, claim);
  const entry = at(entries, phrase);
  entry.claims = [...(entry.claims ?? []), claim];
  if (words.length === 1) addQuality(entry, 'person', claim);
}

/** Has_Scar, hasScar and "has scar" are the same words. */
function splitName(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function at(entries: Map<string, Entry>, phrase: string): Entry {
  const entry = entries.get(phrase) ?? {};
  entries.set(phrase, entry);
  return entry;
}

function list(words: string): string[] {
  return words.split(' ').filter((word) => word !== '');
}

/** A phrase that begins with = is one name as a label file writes it: its parts are words of the text. */
function indexEntries(entries: ReadonlyMap<string, Entry>): Dictionary {
  const index = new Map<string, { words: string[]; entry: Entry }[]>();
  for (const [phrase, entry] of entries) {
    const words = phrase === 'n-t' || phrase.startsWith('=') ? [phrase] : phrase.split('-');
    const first = words[0]!;
    if (!index.has(first)) index.set(first, []);
    index.get(first)!.push({ words, entry });
  }
  for (const phrases of index.values()) phrases.sort((a, b) => b.words.length - a.words.length);
  return index;
}
