// (pure) The name of a run: readable in front, a hash of its work behind. The rule for new fields stands at the top of schema/schema.ts.

import type { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { compareFields, getField } from './schema/fields.ts';
import { type RunConfig, runConfigSchema, type SweepPoint } from './schema/schema.ts';
import { listValuesBefore, type ValuesBefore, WHOLE } from './schema/values-before.ts';

const HASH_DIGITS = 12;
const MAX_SLUG = 48;

export interface RunNamer {
  /** `five-seed2-4f1c…`: a slug for people, at most 48 characters of [a-z0-9.-], and the hash of the run's work. */
  nameRun(point: SweepPoint, dataIdentity: string): string;
  /**
   * 12 hex digits over everything that decides the weights of a run. Equal work has an equal hash, whatever file it is
   * written in and whatever version of Facet wrote it: `config` may be one of a run.json that lacks newer fields.
   */
  hashWork(config: Partial<RunConfig>, dataIdentity: string): string;
}

/** `sha256Hex` gives the SHA-256 of a text's UTF-8 bytes in hex. */
export function createRunNamer(sha256Hex: (text: string) => string, schema: z.ZodType = runConfigSchema): RunNamer {
  const write = createSectionWriter(writeValues(listValuesBefore(schema)));
  const hashWork = (config: Partial<RunConfig>, dataIdentity: string) => {
    const sections: Record<string, unknown> = { ...config, samples: FORMAT_1_SAMPLES };
    const texts = Object.keys(sections)
      .sort()
      .map((name) => write(name, sections[name]))
      .filter((text) => text !== undefined);
    return sha256Hex(`{"config":{${texts.join(',')}},"data":${JSON.stringify(dataIdentity)}}`).slice(0, HASH_DIGITS);
  };
  return { hashWork, nameRun: (point, dataIdentity) => `${createSlug(point)}-${hashWork(point.config, dataIdentity)}` };
}

/** The hash at the end of a run's name. */
export function hashOfName(id: string): string {
  return id.slice(id.lastIndexOf('-') + 1);
}

/**
 * The first ids covered these, although they change no weights. The values of format 1 stand in their places for ever, so
 * that the ids of runs that left them alone stay what they were. (checkpoint was never covered.)
 */
const FORMAT_1_SAMPLES = { conditions: 'auto', every: 1, rows: 8 };
const FORMAT_1_ROTATION_PROBABILITY = 0.2;

/** Sections that change no weights. */
const NOT_HASHED = ['checkpoint', 'evaluation'];

/** A section as far as it decides the weights. */
function reduceSection(name: string, section: Record<string, unknown>): Record<string, unknown> {
  if (name === 'dataset') {
    const images = typeof section.images === 'string' ? undefined : section.images;
    return { ...section, root: undefined, labels: undefined, images, maxLeftOut: undefined, phrases: undefined }; // the data's identity stands for places
  }
  if (name === 'model') return { ...section, preset: undefined }; // what it stands for is in the fields
  if (name === 'trainer') return { ...section, metrics: undefined, data: undefined };
  if (name === 'augmentation' && isEmptyList(section.rotations)) return { ...section, rotationProbability: FORMAT_1_ROTATION_PROBABILITY };
  if (name === 'training') {
    const { discriminatorLearningRate, learningRate } = section;
    const other = discriminatorLearningRate === learningRate ? undefined : discriminatorLearningRate;
    return { ...section, discriminatorLearningRate: other, stopDiverged: undefined };
  }
  return section;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/**
 * `"training":{…}` in canonical JSON; undefined where nothing of the section is hashed. A field that came after format 1 is
 * left out where it has the value of before. Neighbours in a sweep share most of their sections: the last text of each is kept.
 */
function createSectionWriter(before: TextsBefore): (name: string, section: unknown) => string | undefined {
  const last = new Map<string, { section: unknown; text: string | undefined }>();
  return (name, section) => {
    const cached = last.get(name);
    if (cached !== undefined && cached.section === section) return cached.text;
    const text = writeSection(name, section, before);
    last.set(name, { section, text });
    return text;
  };
}

/** Values of before in canonical JSON. */
type TextsBefore = ReadonlyMap<string, ReadonlyMap<string, string>>;

function writeValues(values: ValuesBefore): TextsBefore {
  const write = (fields: ReadonlyMap<string, unknown>) => new Map([...fields].map(([field, value]) => [field, canonicalJson(value)!]));
  return new Map([...values].map(([section, fields]) => [section, write(fields)]));
}

function writeSection(name: string, section: unknown, before: TextsBefore): string | undefined {
  if (NOT_HASHED.includes(name) || section === undefined) return undefined;
  const valuesBefore = before.get(name);
  if (typeof section !== 'object' || section === null || Array.isArray(section)) {
    const text = canonicalJson(section)!;
    return valuesBefore?.get(WHOLE) === text ? undefined : `"${name}":${text}`;
  }
  const reduced = reduceSection(name, section as Record<string, unknown>);
  if (valuesBefore === undefined) return `"${name}":${canonicalJson(reduced)}`;
  const hashed = Object.entries(reduced).filter(([field, value]) => {
    const text = valuesBefore.get(field);
    return text === undefined || canonicalJson(value) !== text;
  });
  return hashed.length === 0 ? undefined : `"${name}":${canonicalJson(Object.fromEntries(hashed))}`;
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
