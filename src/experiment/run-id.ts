// Room: experiment (pure). The name of a run: readable in front, content-hashed behind.

import { canonicalJson } from './canonical.ts';
import { compareFields, getField } from './schema/fields.ts';
import type { DatasetConfig, RunConfig, SweepPoint } from './schema/schema.ts';

const HASH_DIGITS = 12;
const MAX_SLUG = 48;

/**
 * Names runs: `five-seed2-4f1c…`, a slug for people, at most 48 characters of [a-z0-9.-], and 12 hex digits over what
 * changes the result: the resolved configuration and `dataIdentity`. Paths, checkpoints, execution, the experiment's name
 * and the labels of its axes are not hashed, so equal work has an equal hash whatever file it is written in.
 * `sha256Hex` gives the SHA-256 of a text's UTF-8 bytes in hex.
 */
export function createRunNamer(sha256Hex: (text: string) => string): (point: SweepPoint, dataIdentity: string) => string {
  const write = createSectionWriter();
  return (point, dataIdentity) => {
    const { checkpoint: _checkpoint, ...sections } = point.config;
    const text = Object.keys(sections)
      .sort()
      .flatMap((key) => write(key as keyof typeof sections, sections) ?? []);
    const hash = sha256Hex(`{"config":{${text.join(',')}},"data":${JSON.stringify(dataIdentity)}}`);
    return `${createSlug(point)}-${hash.slice(0, HASH_DIGITS)}`;
  };
}

type Sections = Omit<RunConfig, 'checkpoint'>;

/** `"training":{…}`, in canonical JSON; undefined where there is no such section. Neighbours in a sweep share most of theirs, so the text of the last one is kept. */
function createSectionWriter(): (key: keyof Sections, sections: Sections) => string | undefined {
  const last = new Map<string, { section: unknown; text: string | undefined }>();
  return (key, sections) => {
    const section = sections[key];
    const known = last.get(key);
    if (known?.section === section) return known.text;
    const value = canonicalJson(key === 'dataset' ? withoutPlaces(sections.dataset) : section);
    const text = value === undefined ? undefined : `"${key}":${value}`;
    last.set(key, { section, text });
    return text;
  };
}

function withoutPlaces({ root: _root, labels: _labels, ...data }: DatasetConfig): unknown {
  return data;
}

/** The axes in the schema's order, so that moving lines in a file renames nothing. */
function createSlug(point: SweepPoint): string {
  const words = Object.keys(point.axes)
    .sort(compareFields)
    .map((field) => describeAxis(point, field));
  const { attributes, model, training } = point.config;
  const slug = words.length > 0 ? words.join('-') : `a${attributes.length}-w${model.width}-s${training.seed}`;
  return (
    clean(slug)
      .slice(0, MAX_SLUG)
      .replace(/[.-]+$/, '') || 'run'
  );
}

/** A name stands for itself; a bare number or truth value needs its field: seed2. A number is as configured, not as written. */
function describeAxis(point: SweepPoint, field: string): string {
  const label = point.axes[field]!;
  const value = getField(point.config, field);
  const key = field.slice(field.lastIndexOf('.') + 1);
  if (typeof value === 'number' && Number(label) === value) return /\d$/.test(key) ? `${key}-${value}` : `${key}${value}`;
  return /^(\d|true$|false$|none$|default$)/.test(label) ? `${key}-${label}` : label;
}

function clean(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[.-]+/, '');
}
