// facet parse "…": what Facet understands of a description, attribute by attribute, without a run or with one.

import { vocabularyOf } from '../../experiment/sample-condition.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { listConditions } from '../../model/data/batches.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { LONGEST_TEXT } from '../../results/generation.ts';
import { requireRunRecord } from '../../results/read.ts';
import { findRun } from '../../results/runs/find.ts';
import { type Description, parseDescription } from '../../words/parse-description.ts';
import { EXIT } from '../exit-codes.ts';
import { createPaint } from '../text/paint.ts';
import { describeAsked, warnOfText } from './describe-understood.ts';

export interface ParseCommandOptions {
  /** The words of the command line: one, unless the quotes were forgotten. */
  texts: string[];
  /** A run, whose data set's own names and phrases are found, too. */
  run?: string;
  results: string;
  json: boolean;
}

/** Ends with 2 where nothing is understood. */
export function parseCommand({ texts, run, results, json }: ParseCommandOptions): number {
  const [text = '', ...more] = texts;
  if (more.length > 0)
    throw new UserError(`Expected one description, in quotes, got ${texts.length} arguments: facet parse ${quote(texts.join(' '))}`);
  if (text.length > LONGEST_TEXT) throw new UserError(`Expected a description of at most ${LONGEST_TEXT} characters, got ${text.length}`);
  const config = run === undefined ? null : readConfig(results, run);
  const description = parseDescription(text, config ? vocabularyOf(config.attributes, config.dataset.phrases) : {});
  const untrained = config ? listUntrained(description, config) : [];
  if (json) process.stdout.write(`${JSON.stringify({ ...description, ...(config && { untrained }) }, null, 2)}\n`);
  else print(description, untrained);
  if (listSaid(description).length > 0) return EXIT.ok;
  process.stderr.write(`Expected a description of a face, such as "a smiling young woman", got ${quote(text)}, which decides nothing\n`);
  return EXIT.userError;
}

function readConfig(results: string, run: string): RunConfig {
  requireNoFile(results);
  return requireRunRecord(findRun(results, run).folder).config;
}

function listUntrained(description: Description, config: RunConfig): string[] {
  const conditions = listConditions(config);
  return listSaid(description).filter((name) => !conditions.includes(name));
}

const listSaid = ({ attributes, rotation }: Description): string[] => [...Object.keys(attributes), ...(rotation ? [rotation] : [])];

function print(description: Description, untrained: string[]): void {
  const asked = describeAsked({ description, set: {}, fixed: {}, untrained }, createPaint(process.stdout));
  const lines = [...(asked === '' ? [] : [asked]), ...warnOfText({ description, untrained })];
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
