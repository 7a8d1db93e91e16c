import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRunNamer } from '../../src/experiment/run-id.ts';
import { getField, SWEEPABLE_FIELDS } from '../../src/experiment/schema/fields.ts';
import { createJsonSchema } from '../../src/experiment/schema/json-schema.ts';
import { listPresetFields, PRESET_NAMES } from '../../src/experiment/schema/presets.ts';
import type { RunConfig } from '../../src/experiment/schema/schema.ts';
import { configIn, faultsIn, HEAD, labelsIn, pointsIn } from './parse-text.ts';

const { hashWork } = createRunNamer((text) => createHash('sha256').update(text).digest('hex'));
const hash = (config: RunConfig) => hashWork(config, 'data');
const MODERN = 'model: {preset: modern}\n';

describe('a preset', () => {
  it('sets only fields that a sweep can set, to values that they take', () => {
    for (const preset of PRESET_NAMES)
      for (const [field, value] of listPresetFields(preset)) {
        expect(SWEEPABLE_FIELDS.get(field)?.safeParse(value).success, `${preset} ${field}`).toBe(true);
      }
    expect(listPresetFields('article').size).toBe(0);
    expect(listPresetFields('modern').size).toBeGreaterThan(4);
  });

  it('gives fields their defaults, of the model and of training', () => {
    const config = configIn(`${HEAD}${MODERN}`);
    for (const [field, value] of listPresetFields('modern')) expect(getField(config, field), field).toEqual(value);
    expect(config).toMatchObject({ model: { preset: 'modern', width: 512 }, training: { epochs: 8 } });
  });

  it('leaves every field to the file', () => {
    const { model, training } = configIn(
      `${HEAD}model: {preset: modern, spectralNorm: false}\ntraining: {loss: crossEntropy, epochs: 3}\n`,
    );
    expect(model).toMatchObject({ spectralNorm: false, conditionalNorm: true });
    expect(training).toMatchObject({ loss: 'crossEntropy', emaDecay: 0.999, epochs: 3 });
  });

  it.each([
    ['an empty section', `${HEAD}${MODERN}training:\n`],
    ['a section that is null', `${HEAD}${MODERN}training: ~\n`],
    ['a field that is null', `${HEAD}${MODERN}training: {loss: null}\n`],
  ])('stands behind %s', (_what, text) => {
    expect(configIn(text)).toEqual(configIn(`${HEAD}${MODERN}`));
  });

  it('may come from an extended file, or lie under one', () => {
    const files = { 'modern.yaml': `${MODERN}training: {emaDecay: 0.99}\n`, 'plain.yaml': 'model: {spectralNorm: false, width: 64}\n' };
    expect(configIn(`${HEAD}extends: modern.yaml\nmodel: {conditionalNorm: false}\n`, { files })).toMatchObject({
      model: { preset: 'modern', spectralNorm: true, conditionalNorm: false },
      training: { emaDecay: 0.99, loss: 'hinge' },
    });
    expect(configIn(`${HEAD}extends: plain.yaml\n${MODERN}`, { files }).model).toMatchObject({
      preset: 'modern',
      width: 64,
      spectralNorm: false,
      conditionalNorm: true,
    });
    expect(configIn(`${HEAD}extends: plain.yaml\nmodel: {preset: modern, spectralNorm: null}\n`, { files }).model.spectralNorm).toBe(true);
  });

  it('may come from the command line, and so may its fields', () => {
    const config = configIn(HEAD, { overrides: ['model.preset=modern', 'training.loss=crossEntropy'] });
    expect(config).toMatchObject({ model: { spectralNorm: true }, training: { loss: 'crossEntropy', emaDecay: 0.999 } });
    expect(configIn(`${HEAD}${MODERN}`, { overrides: ['model.preset=article'] })).toEqual(configIn(HEAD));
    expect(configIn(`${HEAD}${MODERN}`, { overrides: ['training.emaDecay=null'] }).training.emaDecay).toBe(0.999);
  });

  it('may be an axis, alone and beside axes over its fields', () => {
    const text = `${HEAD}training: {emaDecay: 0.9}\nsweep: {grid: {model.preset: [article, modern], model.spectralNorm: [false, null]}}\n`;
    const seen = pointsIn(text).map(({ config, axes }) => [
      Object.values(axes).join(' '),
      config.model.spectralNorm,
      config.model.conditionalNorm,
      config.training.loss,
      config.training.emaDecay,
    ]);
    expect(seen).toEqual([
      ['article false', false, false, 'crossEntropy', 0.9],
      ['modern false', false, true, 'hinge', 0.9],
      ['modern default', true, true, 'hinge', 0.9],
    ]);
  });

  it('may be named by a point, whose other values are then those of the preset', () => {
    const axes = 'grid: {model.preset: [article], model.spectralNorm: {with: true, without: false}}';
    expect(labelsIn(`${HEAD}sweep: {${axes}, include: [{model.preset: modern}, {model.preset: modern, training.seed: 2}]}\n`)).toEqual([
      'article with',
      'article without',
      'modern with',
      'modern with 2',
    ]);
    const excluded = `${HEAD}${MODERN}sweep: {grid: {model.spectralNorm: [null, false]}, exclude: [{model.spectralNorm: null}]}\n`;
    expect(pointsIn(excluded).map(({ config }) => config.model.spectralNorm)).toEqual([false]);
  });

  it('may be drawn, and drawn fields lie over it', () => {
    const random =
      'random: {samples: 12, model.preset: [article, modern], training.emaDecay: {min: 0.5, max: 0.9}, model.auxiliaryWeight: [null, 2]}';
    const points = pointsIn(`${HEAD}sweep: {${random}}\n`);
    const kinds = new Set(points.map(({ config: { model } }) => `${model.preset} ${model.spectralNorm} ${model.auxiliaryWeight}`));
    expect([...kinds].sort()).toEqual(['article false 0', 'article false 2', 'modern true 1', 'modern true 2']);
    for (const { config } of points) expect(config.training.emaDecay).toBeGreaterThanOrEqual(0.5);
  });

  it('is not part of an id: what it stands for is', () => {
    const modern = configIn(`${HEAD}${MODERN}`);
    const fields = [...listPresetFields('modern')].map(([field, value]) => `${field}=${JSON.stringify(value)}`);
    expect(hash(configIn(HEAD, { overrides: fields }))).toBe(hash(modern));
    expect(hash(modern)).not.toBe(hash(configIn(HEAD)));
    const article = configIn(HEAD);
    const articleValue = (field: string) => getField(article, field) ?? article.training.learningRate; // both networks have one rate in the article's
    const undone = [...listPresetFields('modern').keys()].map((field) => `${field}=${JSON.stringify(articleValue(field))}`);
    expect(hash(configIn(`${HEAD}${MODERN}`, { overrides: undone }))).toBe(hash(configIn(HEAD)));
  });

  it('that does not exist is one fault, and the rest of the file is checked all the same', () => {
    expect(faultsIn(`${HEAD}model: {preset: moden}\ntraining: {epochs: 0}\n`)).toEqual([
      'x.yaml:3:17  model.preset: expected article or modern, got "moden"; did you mean "modern"?',
      'x.yaml:4:20  training.epochs: expected a whole number from 1 to 100000, got 0',
    ]);
    expect(faultsIn(`${HEAD}${MODERN}training: 5\n`)).toEqual([expect.stringContaining('training: expected a map, got 5')]);
    expect(faultsIn(`${HEAD}sweep: {grid: {model.preset: [article, 3]}}\n`)).toEqual([
      expect.stringContaining('sweep.grid.model.preset[1]: expected article or modern, got 3'),
    ]);
  });

  it('is offered by editors, and its values stand with the fields', () => {
    const { definitions } = createJsonSchema() as unknown as { definitions: Record<string, { enum?: unknown[]; description: string }> };
    expect(definitions['model.preset']!.enum).toEqual(['article', 'modern', null]);
    expect(definitions['training.loss']!.description).toContain('With model.preset modern: hinge.');
  });
});
