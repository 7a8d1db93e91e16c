// (pure) The JSON Schema of experiment files, for editors. Generated, so that it cannot disagree with the parser.

import * as z from 'zod';
import { CELEBA_ATTRIBUTES } from '../celeba-attributes.ts';
import { SWEEPABLE_FIELDS } from './fields.ts';
import { listPresetFields, PRESET_NAMES } from './presets.ts';
import { experimentSchema } from './schema.ts';
import { rangeSchema } from './sweep-schema.ts';

interface Json {
  [key: string]: unknown;
  properties?: Record<string, Json>;
  required?: string[];
  anyOf?: Json[];
  items?: Json;
}

/**
 * Draft 7, which editors know best. More lenient than the parser where an editor cannot know more: a file to extend
 * needs no name, a folder has attributes of its own, a trainer metrics of its own, the text of a point may be a label.
 */
export function createJsonSchema(): Json {
  const { $schema, properties = {}, ...rest } = convert(experimentSchema);
  const definitions: Record<string, Json> = {};
  for (const field of SWEEPABLE_FIELDS.keys()) {
    const [section, key] = field.split('.') as [string, string?];
    const owner = key === undefined ? properties : properties[section]!.properties!;
    definitions[field] = owner[key ?? section]!;
    owner[key ?? section] = refer(field);
  }
  for (const preset of PRESET_NAMES)
    for (const [field, value] of listPresetFields(preset)) {
      const definition = definitions[field]!;
      definition.description = `${definition.description} With model.preset ${preset}: ${Array.isArray(value) ? `[${value.join(', ')}]` : value}.`;
    }
  definitions.attributes!.items = { anyOf: [{ enum: [...CELEBA_ATTRIBUTES] }, { type: 'string' }] };
  const sweep = describeSweep(properties.sweep!, definitions);
  return { $schema, title: 'Facet experiment', ...rest, required: [], properties: { ...properties, sweep }, definitions };
}

/** The text of experiments/schema.json. */
export function formatJsonSchema(): string {
  return `${JSON.stringify(createJsonSchema(), null, 2)}\n`;
}

function convert(schema: z.ZodType): Json {
  return tidy(z.toJSONSchema(schema, { io: 'input', target: 'draft-07' }) as Json);
}

/** Without what only our parser reads, and with null for every field that can be left out: it drops what an extended file gives. */
function tidy(json: Json): Json {
  const { default: byDefault, maximum } = json;
  const tidied = without(json, 'expected', 'before', 'propertyNames', 'default', 'maximum');
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) tidied.maximum = maximum;
  if (byDefault !== undefined && json.properties === undefined) tidied.default = byDefault;
  if (json.items !== undefined) tidied.items = tidy(json.items);
  if (typeof json.additionalProperties === 'object') tidied.additionalProperties = tidy(json.additionalProperties as Json);
  if (json.anyOf !== undefined) Object.assign(tidied, tidyOptions(json.anyOf));
  if (json.properties !== undefined) {
    const entries = Object.entries(json.properties).map(([key, property]): [string, Json] => {
      const inner = tidy(property);
      return [key, json.required?.includes(key) ? inner : allowNull(inner)];
    });
    tidied.properties = Object.fromEntries(entries);
  }
  return tidied;
}

function without(json: Json, ...keys: string[]): Json {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)));
}

/** A choice between fixed values is an enum, which editors can offer. */
function tidyOptions(options: Json[]): Json {
  const values = options.map((option) => option.const);
  if (!values.includes(undefined)) return { anyOf: undefined, enum: values };
  return { anyOf: options.map(tidy) };
}

function allowNull(json: Json): Json {
  if (json.anyOf !== undefined) return { ...json, anyOf: [...json.anyOf, { type: 'null' }] };
  if (Array.isArray(json.enum)) return { ...json, type: undefined, enum: [...json.enum, null] };
  return { ...json, type: [json.type, 'null'] };
}

function describeSweep(sweep: Json, definitions: Record<string, Json>): Json {
  const fields = [...SWEEPABLE_FIELDS.keys()];
  for (const field of fields) {
    const named = { type: 'object', additionalProperties: refer(field) };
    definitions[`axis.${field}`] = {
      description: definitions[field]!.description,
      anyOf: [{ type: 'array', minItems: 1, items: refer(field) }, named, { type: 'null' }],
    };
  }
  definitions.range = { ...convert(rangeSchema), $schema: undefined };
  definitions.axes = listFields(fields, (field) => refer(`axis.${field}`));
  definitions.point = listFields(fields, (field) => ({ anyOf: [refer(field), { type: ['string', 'number', 'boolean'] }] }));
  const { grid, zip, random, halving, exclude, include } = sweep.properties!;
  const drawn = listFields(fields, (field) => ({ anyOf: [refer('range'), refer(`axis.${field}`)] }));
  return {
    ...sweep,
    properties: {
      grid: { description: grid!.description, ...definitions.axes, type: ['object', 'null'] },
      zip: { ...zip, items: refer('axes') },
      random: { ...random, ...drawn, type: ['object', 'null'], properties: { ...random!.properties, ...drawn.properties } },
      halving: {
        ...halving,
        type: ['object', 'null'],
        properties: { ...halving!.properties, metric: openMetric(halving!.properties!.metric!) },
      },
      exclude: { ...exclude, items: refer('point') },
      include: { ...include, items: refer('point') },
    },
  };
}

/** The metrics that the table lists, or any other text: an editor does not know what a trainer of somebody else records. */
function openMetric({ description, ...listed }: Json): Json {
  return { description, anyOf: [listed, { type: 'string' }] };
}

function listFields(fields: readonly string[], describe: (field: string) => Json): Json {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field, describe(field)])),
    patternProperties: { '^trainer\\.parameters\\.': {} },
    additionalProperties: false,
  };
}

function refer(definition: string): Json {
  return { $ref: `#/definitions/${definition}` };
}
