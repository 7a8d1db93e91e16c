// What a description and --set ask of a run: which of its label bits are fixed, and what of the words cannot be used.

import { CELEBA_ATTRIBUTES } from '../../experiment/celeba-attributes.ts';
import { vocabularyOf } from '../../experiment/sample-condition.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { suggest } from '../../experiment/yaml/nearest.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { listConditions } from '../../model/data/batches.ts';
import { LONGEST_TEXT } from '../../results/generation.ts';
import { type Description, parseDescription } from '../../words/parse-description.ts';

export interface Understood {
  /** null: no text was given. */
  description: Description | null;
  /** By --set; it wins over the text. */
  set: Readonly<Record<string, 0 | 1>>;
  /** Attributes and at most one rotation of the run -> bit: what is asked of its generator. */
  fixed: Readonly<Record<string, 0 | 1>>;
  /** Names that the text decides and the run has no label bits for. */
  untrained: readonly string[];
}

/** Throws a UserError where nothing of the text can be asked of the run and --set fixes nothing either. No text asks for nothing. */
export function understand(
  text: string | undefined,
  { config, set }: { config: RunConfig; set: Readonly<Record<string, 0 | 1>> },
): Understood {
  if (text === undefined) return { description: null, set, fixed: set, untrained: [] };
  const { description, usable, untrained } = readWords(text, config);
  if (Object.keys(usable).length + Object.keys(set).length === 0)
    throw new UserError(describeUseless(description, { untrained, conditions: listConditions(config) }));
  const isTurned = Object.entries(set).some(([name, bit]) => bit === 1 && isRotation(name, config));
  const kept = isTurned ? Object.fromEntries(Object.entries(usable).filter(([name]) => !isRotation(name, config))) : usable;
  return { description, set, fixed: { ...kept, ...set }, untrained };
}

/** What a text says: of conditions of the run (`usable`), and of others. Throws a UserError where it is too long. */
export function readWords(text: string, config: RunConfig) {
  if (text.length > LONGEST_TEXT) throw new UserError(`Expected a description of at most ${LONGEST_TEXT} characters, got ${text.length}`);
  const conditions = listConditions(config);
  const description = parseDescription(text, vocabularyOf(config.attributes, config.dataset.phrases));
  const said = { ...description.attributes, ...(description.rotation !== null && { [description.rotation]: 1 as const }) };
  return {
    description,
    usable: Object.fromEntries(Object.entries(said).filter(([name]) => conditions.includes(name))),
    untrained: Object.keys(said).filter((name) => !conditions.includes(name)),
  };
}

/** NAME=0 and NAME=1, of conditions of the run. Throws a UserError for anything else. */
export function readSettings(texts: readonly string[], config: RunConfig, option = '--set'): Record<string, 0 | 1> {
  const settings = texts.map((text) => {
    const [, name, value] = /^([^=]+)=([01])$/.exec(text) ?? [];
    if (name === undefined)
      throw new UserError(`${option}: expected NAME=0 or NAME=1, such as ${config.attributes[0]}=1, got ${quote(text)}`);
    requireCondition(name, config, option);
    return [name, value === '1' ? 1 : 0] as const;
  });
  const turned = settings.filter(([name, bit]) => bit === 1 && isRotation(name, config)).map(([name]) => name);
  if (new Set(turned).size > 1) throw new UserError(`${option}: expected at most one rotation, got ${turned.join(' and ')}`);
  return Object.fromEntries(settings);
}

/** Names with commas between them, of conditions of the run. Throws a UserError for anything else. */
export function readVaried(text: string, config: RunConfig): string[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) requireCondition(name, config, '--vary');
  return [...new Set(names)];
}

function requireCondition(name: string, config: RunConfig, option: string): void {
  const conditions = listConditions(config);
  if (conditions.includes(name)) return;
  const known = `it learned ${conditions.join(', ')}`;
  const isAttribute = (CELEBA_ATTRIBUTES as readonly string[]).includes(name) || /^rotate_(90|180|270)$/.test(name);
  if (isAttribute) throw new UserError(`${option}: this run was not trained on ${name}; ${known}`);
  throw new UserError(`${option}: expected an attribute of this run, got ${quote(name)}${suggest(name, conditions) || `; ${known}`}`);
}

const isRotation = (name: string, { attributes }: RunConfig): boolean => !attributes.includes(name);

function describeUseless(description: Description, { untrained, conditions }: { untrained: string[]; conditions: string[] }): string {
  const text = quote(description.text);
  if (untrained.length > 0) {
    return `Nothing of ${text} can be asked of this run: it was not trained on ${untrained.join(', ')}; it learned ${conditions.join(', ')}`;
  }
  if (description.ambiguous.length > 0)
    return `Nothing of ${text} is decided: ${description.ambiguous.map(({ reason }) => reason).join('; ')}`;
  return `Expected a description of a face, such as "a smiling young woman", got ${text}, of which nothing is understood`;
}
