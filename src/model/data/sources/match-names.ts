// Which file a name in a list means: the exact one, else the one that differs from it in what people and programs change: the ending, capital
// letters, how accents are stored, the folders in front.

import { formatCount, plural } from '../../../experiment/units.ts';
import { nearestName } from '../../../experiment/yaml/nearest.ts';
import { PICTURE_NAME } from './files.ts';
import type { Place } from './places/place.ts';
import type { Fault } from './source.ts';

/** The file, or why there is none. */
type Match = { file: string } | { reason: string };

export interface NameMatcher {
  find(name: string): Match;
  /** Like `find`, but a reason is not looked for, and nothing is counted. */
  peek(name: string): string | undefined;
  /** A line for each kind of difference among the names found so far; `list` is what they stand in. */
  describe(list: string): Fault[];
}

/** The files of a place as names are looked up in them; made once, as it is needed. */
export interface FileIndex {
  place: Place;
  has(file: string): boolean;
  /** The files whose names are alike but for endings, capital letters and accents. */
  withStem(stem: string): readonly Path[];
  /** The files that are called a number, by its value. */
  withNumber(value: string): readonly Path[];
}

export function indexFiles(place: Place): FileIndex {
  const present = new Set(place.files);
  const byStem = once(() => groupFiles(place.files, ({ stem }) => stem));
  const byNumber = once(() => groupFiles(place.files, ({ stem }) => numberOf(stem)));
  return {
    place,
    has: (file) => present.has(file),
    withStem: (stem) => byStem().get(stem) ?? [],
    withNumber: (value) => byNumber().get(value) ?? [],
  };
}

/** Comparisons of names that are made in all to find the nearest ones. */
const MOST_COMPARISONS = 2_000_000;
const SHOWN_FILES = 3;

/** `names`: all names of the list; what stands in front of every one of them may be another machine's folder. */
export function createNameMatcher(index: FileIndex, names: readonly string[]): NameMatcher {
  const { place } = index;
  const differences = new Map<string, { count: number; text: Describe }>();
  let comparisons = MOST_COMPARISONS;
  const unnamed = once(() => {
    const named = new Set(names.map(cleanName));
    return new Map(place.files.filter((file) => !named.has(file) && PICTURE_NAME.test(file)).map((file) => [fileName(file), file]));
  });

  const namedStems = once(() => new Set(names.map((name) => parsePath(cleanName(name)).stem)));
  /** Files that other rows name as they are called are theirs. */
  const withSameNumber = ({ stem }: Path): Path[] => {
    const value = numberOf(stem);
    return value === undefined ? [] : index.withNumber(value).filter((file) => !namedStems().has(file.stem));
  };
  const fitting = (path: Path): Candidate[] => {
    const alike = index.withStem(path.stem);
    const candidates = (alike.length > 0 ? alike : withSameNumber(path))
      .map((file) => compare(path, file))
      .filter((candidate) => candidate !== undefined);
    const most = candidates.reduce((best, { folders }) => Math.max(best, folders), 0);
    const nearest = candidates.filter(({ folders }) => folders === most);
    const least = nearest.reduce((best, { distance }) => Math.min(best, distance), Number.POSITIVE_INFINITY);
    const best = nearest.filter(({ distance }) => distance === least);
    if (least === 0) return best;
    const pictures = best.filter(({ file }) => PICTURE_NAME.test(file.path));
    return pictures.length > 0 ? pictures : best.filter(({ file }) => place.isPicture(file.path));
  };
  const foreign = once(() => countForeignFolders(names.map(cleanName), { index, fitting }));
  const lookUp = (name: string): Candidate[] => {
    const path = parsePath(cleanName(name));
    const found = fitting({ ...path, folders: path.folders.slice(foreign()) });
    const plain = plainName(name);
    return found.length > 0 || plain === name ? found : lookUp(plain);
  };

  const peek = (name: string): string | undefined => {
    const clean = cleanName(name);
    if (index.has(clean)) return clean;
    const found = lookUp(name);
    return found.length === 1 ? found[0]!.file.path : undefined;
  };
  const noneFits = once(() => names.slice(0, TRIED_NAMES).every((name) => peek(name) === undefined));

  return {
    find(name) {
      const clean = cleanName(name);
      if (clean === '') return { reason: 'the row names no picture' };
      if (index.has(clean)) return { file: clean };
      const found = lookUp(name);
      if (found.length === 1) {
        const { file } = found[0]!;
        for (const [kind, text] of describeDifferences(clean.trim(), found[0]!, foreign())) {
          const known = differences.get(kind) ?? { count: 0, text };
          differences.set(kind, { ...known, count: known.count + 1 });
        }
        return { file: file.path };
      }
      if (found.length > 1) {
        const shown = found.slice(0, SHOWN_FILES).map(({ file }) => file.path);
        return {
          reason: `fits ${formatCount(found.length)} files: ${shown.join(', ')}${found.length > SHOWN_FILES ? ', …' : ''}; name the folder as well`,
        };
      }
      const there = place.explain?.(clean);
      if (there !== undefined) return { reason: there };
      comparisons -= unnamed().size;
      const nearest = comparisons < 0 ? undefined : unnamed().get(nearestName(fileName(clean), unnamed().keys()) ?? '');
      const [other] = noneFits() ? unnamed().values() : [];
      const hint =
        nearest !== undefined ? `; did you mean ${nearest}?` : other !== undefined ? `; the pictures are called like ${other}` : '';
      return { reason: `listed, but there is no such picture${hint}` };
    },
    peek,
    describe: (list) =>
      [...differences.values()].map(({ count, text }) => ({ name: list, reason: text((one, many) => plural(count, one, many)) })),
  };
}

/** `rows('row is', 'rows are')` is "3 rows are". */
type Describe = (rows: (one: string, many: string) => string) => string;

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface Path {
  path: string;
  base: string;
  /** Without its ending, composed, in small letters. */
  stem: string;
  /** In front of the file name, composed, in small letters. */
  folders: string[];
}

interface Candidate {
  file: Path;
  /** How many folders agree. */
  folders: number;
  /** Of the file name: 0 where it is the same, more where it differs in what matters more. */
  distance: number;
}

/** Without blanks around it, without what follows the path of an address, and with what addresses write as %20. */
function plainName(name: string): string {
  const trimmed = name.trim().replace(/^(https?:\/\/[^?#]*)[?#].*$/i, '$1');
  if (!/%[0-9a-f]{2}/i.test(trimmed)) return trimmed;
  try {
    return decodeURIComponent(trimmed);
  } catch {
    return trimmed;
  }
}

/** Of a name that is a number, as programs write it that take names for numbers: 000012 as 12 or 12.0. Undefined of others. */
function numberOf(stem: string): string | undefined {
  return /^0*(\d+?)(\.0)?$/.exec(stem)?.[1];
}

/** Backslashes are slashes, and `./` in front means nothing. */
const cleanName = (name: string): string => name.replaceAll('\\', '/').replace(/^(\.\/+)+/, '');
const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const fold = (text: string): string => text.normalize('NFC').toLowerCase();
const endingOf = (base: string): string => PICTURE_NAME.exec(base)?.[0] ?? '';

function parsePath(path: string): Path {
  const base = fileName(path);
  const stem = fold(base.slice(0, base.length - endingOf(base).length));
  const folders = fold(path.slice(0, path.length - base.length))
    .split('/')
    .filter((folder) => folder !== '');
  return { path, base, stem, folders };
}

function groupFiles(files: readonly string[], keyOf: (path: Path) => string | undefined): Map<string, Path[]> {
  const groups = new Map<string, Path[]>();
  for (const file of files) {
    const path = parsePath(file);
    const key = keyOf(path);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return groups;
}

/** Undefined where the folders contradict each other: the shorter path has to agree with the end of the longer one. */
function compare(name: Path, file: Path): Candidate | undefined {
  const shorter = Math.min(name.folders.length, file.folders.length);
  for (let i = 1; i <= shorter; i++) if (name.folders.at(-i) !== file.folders.at(-i)) return undefined;
  return { file, folders: shorter, distance: nameDistance(name.base, file.base) };
}

function nameDistance(name: string, file: string): number {
  if (name === file) return 0;
  if (name.normalize('NFC') === file.normalize('NFC')) return 1;
  return fold(name) === fold(file) ? 2 : 3;
}

/** Names from all over the list that are tried to tell what stands in front of them. */
const TRIED_NAMES = 1000;

/**
 * How many of the folders that stand in front of all names are no folders of the files: the fewest with which half of the names fit one file
 * each, else those with which the most do.
 */
function countForeignFolders(
  names: readonly string[],
  { index, fitting }: { index: FileIndex; fitting: (path: Path) => Candidate[] },
): number {
  const step = Math.ceil(names.length / TRIED_NAMES) || 1;
  const tried = names.filter((_, i) => i % step === 0);
  if (tried.filter((name) => index.has(name)).length * 2 >= tried.length) return 0;
  const paths = tried.map(parsePath);
  const shared = countShared(paths.map(({ folders }) => folders));
  let best = { left: 0, fits: 0 };
  for (let left = 0; left <= shared; left++) {
    const fits = paths.filter((path) => fitting({ ...path, folders: path.folders.slice(left) }).length === 1).length;
    if (fits * 2 >= paths.length) return left;
    if (fits > best.fits) best = { left, fits };
  }
  return best.left;
}

function countShared(paths: readonly string[][]): number {
  if (paths.length === 0) return 0;
  let shared = paths[0]!.length;
  for (const folders of paths) {
    let same = 0;
    while (same < shared && folders[same] === paths[0]![same]) same++;
    shared = same;
  }
  return shared;
}

/** Kinds of differences, each with a line that tells of all names that have it. */
function* describeDifferences(name: string, { file }: Candidate, foreign: number): Generator<[kind: string, text: Describe]> {
  const plain = plainName(name);
  const base = fileName(plain);
  const [ending, fileEnding] = [endingOf(base), endingOf(file.base)];
  const [stem, fileStem] = [base.slice(0, base.length - ending.length), file.base.slice(0, file.base.length - fileEnding.length)];
  const as = `as ${name} and ${file.path}`;
  if (ending !== fileEnding)
    yield [
      `ending ${ending} ${fileEnding}`,
      (rows) => `${rows('row names', 'rows name')} ${ending || 'no ending'}, the files are ${fileEnding || 'without'}`,
    ];
  if (plain !== name || fold(stem) !== fold(fileStem))
    yield ['spelling', (rows) => `${rows('row writes', 'rows write')} the names of files otherwise, ${as}`];
  else if (stem.normalize('NFC') !== fileStem.normalize('NFC'))
    yield ['case', (rows) => `${rows('row differs', 'rows differ')} from the files in capital letters, ${as}`];
  else if (stem !== fileStem)
    yield ['accents', (rows) => `${rows('row stores', 'rows store')} accents otherwise than the names of the files, ${as}`];
  const front = name.split('/').slice(0, foreign + (name.startsWith('/') ? 1 : 0));
  if (foreign > 0)
    yield ['front', (rows) => `${rows('row begins', 'rows begin')} with ${front.join('/')}/, which is no folder of the files`];
  else if (name.split('/').length > file.path.split('/').length)
    yield ['folders', (rows) => `${rows('row names', 'rows name')} folders that the files do not lie in, ${as}`];
}
