// (pure) YAML text -> nodes with places, or faults. Bounded: refuses what is too large before parsing it.

import { Composer, type Document, Lexer, LineCounter, Parser, type YAMLError } from 'yaml';
import type { Fault, Place } from '../user-error.ts';
import { convertDocument, MAX_DEPTH } from './convert-yaml.ts';
import { formatPath } from './quote.ts';
import { describeYamlError } from './yaml-errors.ts';
import type { YamlNode } from './yaml-node.ts';

/** UTF-8 bytes of an experiment file; a longer one is refused unread. */
export const MAX_FILE_LENGTH = 1024 * 1024;
const MAX_TOKENS = 100_000;

export interface YamlText {
  file: string;
  text: string;
  /** Set for a value from the command line: its faults have no line and column. */
  withoutLines?: boolean;
  /** Where the value belongs, for one from the command line. */
  path?: readonly string[];
}

/** The one document of the text. `node` is undefined where the text could not be read at all; then `faults` say why. */
export function readYaml(source: YamlText): { node: YamlNode | undefined; faults: Fault[] } {
  const start: Place = { file: source.file, line: source.withoutLines ? 0 : 1, column: source.withoutLines ? 0 : 1 };
  const path = formatPath(source.path ?? []);
  const refuse = (message: string, place = start) => ({ node: undefined, faults: [{ ...place, path, message }] });

  if (isTooLong(source.text)) return refuse(`expected an experiment file of at most ${MAX_FILE_LENGTH} bytes, got a longer one`);
  const text = source.text.startsWith('\uFEFF') ? source.text.slice(1) : source.text;
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    if (source.withoutLines) return start;
    const { line, col } = lines.linePos(offset);
    return { file: source.file, line, column: col };
  };

  const parsed = parseTokens(text, lines);
  const control = findControlCharacter(text);
  if (control !== undefined)
    return refuse(`expected readable text in UTF-8, got the control character ${control.name}`, placeAt(control.offset));
  const replaced = text.indexOf('\uFFFD'); // in place of bytes that are no UTF-8
  if (replaced !== -1) return refuse('expected text in UTF-8, got bytes of another encoding; save the file as UTF-8', placeAt(replaced));
  if (parsed.refusal !== undefined) return refuse(parsed.refusal.message, placeAt(parsed.refusal.offset));

  const documents = composeTwo(parsed.tokens, text.length);
  const [document, second] = documents;
  if (second !== undefined) return refuse('expected one document in the file, got several', placeAt(second.range[0]));
  const errors = keepFirstAtEachPlace([...document!.errors, ...document!.warnings]);
  if (errors.length > 0)
    return { node: undefined, faults: errors.map((error) => ({ ...placeAt(error.pos[0]), path, message: describeYamlError(error) })) };
  return convertDocument({ contents: document!.contents, placeAt, path: source.path ?? [] });
}

function isTooLong(text: string): boolean {
  if (text.length > MAX_FILE_LENGTH) return true;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isSurrogate = code >= 0xd800 && code <= 0xdfff; // half of four bytes
    bytes += code < 0x80 ? 1 : code < 0x800 || isSurrogate ? 2 : 3;
  }
  return bytes > MAX_FILE_LENGTH;
}

type Token = Parser['stack'][number];

function parseTokens(text: string, lines: LineCounter): { tokens: Token[]; refusal?: { message: string; offset: number } } {
  const parser = new Parser(lines.addNewLine);
  const tokens: Token[] = [];
  let count = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH)
      return { tokens, refusal: { message: `expected at most ${MAX_DEPTH} levels of nesting, got more`, offset } };
    if (++count > MAX_TOKENS)
      return {
        tokens,
        refusal: { message: `expected at most ${MAX_TOKENS} words, marks and line ends in an experiment file, got more`, offset },
      };
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** The first two documents: the second is only wanted for its place. Keys are checked for repetition in convert-yaml.ts, in linear time. */
function composeTwo(tokens: Token[], length: number): Document.Parsed[] {
  const composer = new Composer({ schema: 'core', uniqueKeys: false, logLevel: 'silent' });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens, true, length)) {
    documents.push(document);
    if (documents.length === 2) break;
  }
  return documents;
}

/** The parser often says the same thing in several ways. */
function keepFirstAtEachPlace(errors: readonly YAMLError[]): YAMLError[] {
  return [...new Map([...errors].reverse().map((error) => [error.pos[0], error])).values()].reverse();
}

function findControlCharacter(text: string): { name: string; offset: number } | undefined {
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    const allowed = code >= 0x20 ? code !== 0x7f : code === 0x09 || code === 0x0a || code === 0x0d;
    if (!allowed) return { name: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`, offset };
  }
  return undefined;
}
