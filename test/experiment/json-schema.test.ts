import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SWEEPABLE_FIELDS } from '../../src/experiment/schema/fields.ts';
import { createJsonSchema, formatJsonSchema } from '../../src/experiment/schema/json-schema.ts';
import { sweepSchema } from '../../src/experiment/schema/sweep-schema.ts';

describe('experiments/schema.json', () => {
  it('is what the schema says today (if not: npm run schema)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../experiments/schema.json'), 'utf8')).toBe(formatJsonSchema());
  });

  it('explains every field, and offers its default and its choices', () => {
    const { definitions, properties } = createJsonSchema() as unknown as Record<string, Record<string, Record<string, unknown>>>;
    for (const field of SWEEPABLE_FIELDS.keys()) expect(definitions![field], field).toHaveProperty('description');
    expect(definitions!['training.epochs']).toMatchObject({ default: 8, type: ['integer', 'null'] });
    expect(definitions!['dataset.imageSize']).toMatchObject({ default: 64, enum: [32, 64, 128, null] });
    expect(JSON.stringify(definitions!.attributes)).toContain('Blond_Hair');
    expect(Object.keys(properties!.sweep!.properties as object)).toEqual(Object.keys(sweepSchema.shape));
    expect(properties!.sweep!.properties).toMatchObject({
      halving: {
        properties: {
          metric: { anyOf: [{ enum: expect.arrayContaining(['slicedWasserstein']) }, { type: 'string' }] },
          factor: { default: 3 },
        },
      },
      grid: { properties: { 'training.seed': { $ref: '#/definitions/axis.training.seed' } } },
    });
  });

  it('refers only to definitions that it has, and carries nothing that is ours alone', () => {
    const text = formatJsonSchema();
    const { definitions } = createJsonSchema() as { definitions: object };
    for (const [, name] of text.matchAll(/"\$ref": "#\/definitions\/([^"]*)"/g)) expect(Object.keys(definitions)).toContain(name);
    expect(text).not.toContain('"expected"');
  });
});
