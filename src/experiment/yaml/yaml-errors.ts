// (pure) Syntax errors of the YAML parser, said in our words.

import type { ErrorCode, YAMLError } from 'yaml';
import { quote, shorten } from './quote.ts';

const WORDS: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'expected spaces as indentation, got a tab',
  BAD_INDENT: 'expected the same indentation as the rest of this block',
  BLOCK_AS_IMPLICIT_KEY: 'expected one "key: value" on a line, got two; put a text that holds ": " in quotes',
  MULTILINE_IMPLICIT_KEY: 'expected "key: value", got a text without a colon',
  TAG_RESOLVE_FAILED: 'expected a plain value, got one with a tag that experiment files do not have',
  BAD_COLLECTION_TYPE: 'expected a plain value, got one with a tag that experiment files do not have',
  BLOCK_IN_FLOW: 'expected the inside of [ ] or { } without indented blocks',
  MULTIPLE_ANCHORS: 'expected one anchor, got several',
  MULTIPLE_TAGS: 'expected no tag, got several',
};

/** `expected …, got …` for one error of the parser. */
export function describeYamlError(error: YAMLError): string {
  const open = /^Flow (map|sequence) .*end with a (.)$/.exec(error.message);
  if (open !== null) return `expected ${quote(open[2]!)} at the end of this ${open[1] === 'map' ? 'map' : 'list'}, got other text`;
  if (error.message.startsWith('Missing closing')) return 'expected a closing quote, got the end of the text';
  if (error.message.startsWith('Implicit map keys need')) return WORDS.MULTILINE_IMPLICIT_KEY!;
  if (error.message.startsWith('Tabs')) return WORDS.TAB_AS_INDENT!;
  return WORDS[error.code] ?? `expected valid YAML, got an error: ${shorten(error.message, 200)}`;
}

/** For an alias that stands for nothing. */
export function describeUnknownAlias(name: string, open: boolean): string {
  return open
    ? `expected a finished value, got *${shorten(name)} inside its own anchor`
    : `expected an anchor &${shorten(name)} before its use, got only ${quote(`*${name}`)}`;
}
