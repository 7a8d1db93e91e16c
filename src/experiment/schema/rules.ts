// (pure) What no field's own schema can say: combinations of fields that are each valid, but cannot be meant together.

import { listNeeds, needsOracle } from '../metrics.ts';
import type { Fault } from '../user-error.ts';
import { nearestName, suggest } from '../yaml/nearest.ts';
import { joinWithOr, quote } from '../yaml/quote.ts';
import { findNode, type YamlMap } from '../yaml/yaml-node.ts';
import { APPLIES_TO, countTrained, resolveDataset } from './dataset.ts';
import type { DatasetConfig, RunConfig, SweepPoint } from './schema.ts';
import type { HalvingConfig } from './sweep-schema.ts';

export interface Conflict {
  path: readonly PropertyKey[];
  message: string;
  /** The other fields that it depends on. */
  reads: string[];
}

/** The attributes that a dataset has labels for. */
export interface KnownAttributes {
  /** Undefined where they cannot be told. */
  names: ReadonlySet<string> | undefined;
  owner: string;
  /** Columns that are no labels -> why. */
  unusable?: ReadonlyMap<string, string>;
  /** Why the dataset cannot be used, and the field of `dataset` that this is about, if not `root`. */
  fault?: { reason: string; field?: string };
  /** As in SeenLabels. */
  refused?: string | undefined;
  pictures?: number;
  ownCut?: 'whole' | 'around the face' | undefined;
}

/** Everything in one resolved configuration that contradicts the rest. */
export function findConflicts(config: RunConfig, attributesOf: (dataset: DatasetConfig) => KnownAttributes): Conflict[] {
  return [
    ...checkTrainer(config),
    ...checkDataset(config.dataset),
    ...checkAttributes(config, attributesOf),
    ...checkPhrases(config, attributesOf),
    ...checkRotations(config),
    ...checkBatch(config, attributesOf),
    ...checkWidth(config),
    ...checkOptions(config),
    ...checkEvaluation(config),
  ];
}

/** The condition names of an angle: `rotate_90`. */
export const rotationName = (degrees: number): string => `rotate_${degrees}`;

/** An axis sets parameters of a trainer; only the file itself names the program. */
function checkTrainer({ trainer }: RunConfig): Conflict[] {
  if (trainer === undefined || trainer.command !== undefined) return [];
  const message = 'expected the command of the trainer whose parameters the sweep sets, got nothing';
  return [{ path: ['trainer', 'command'], message, reads: Object.keys(trainer.parameters).map((name) => `trainer.parameters.${name}`) }];
}

function checkDataset(dataset: DatasetConfig): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const field of Object.keys(APPLIES_TO) as (keyof typeof APPLIES_TO)[]) {
    const sources: readonly string[] = APPLIES_TO[field];
    if (dataset[field] === undefined || sources.includes(dataset.source)) continue;
    const message = `expected it only with dataset.source ${joinWithOr(sources)}, got it with ${dataset.source}`;
    conflicts.push({ path: ['dataset', field], message, reads: ['dataset.source'] });
  }
  if (dataset.images !== undefined && (typeof dataset.images === 'number') !== (dataset.source === 'synthetic')) {
    const [expected, found] =
      typeof dataset.images === 'number' ? ['the path of the pictures', 'a number'] : ['a number of faces', 'a path'];
    const message = `expected ${expected} with dataset.source ${dataset.source}, got ${found}`;
    conflicts.push({ path: ['dataset', 'images'], message, reads: ['dataset.source'] });
  }
  if (dataset.source !== 'synthetic' && dataset.root === undefined)
    conflicts.push({
      path: ['dataset', 'root'],
      message: `expected the folder of the pictures for dataset.source ${dataset.source}, got nothing`,
      reads: ['dataset.source'],
    });
  return conflicts;
}

function checkAttributes(config: RunConfig, attributesOf: (dataset: DatasetConfig) => KnownAttributes): Conflict[] {
  const { attributes, dataset } = config;
  if (dataset.source !== 'synthetic' && dataset.root === undefined) return [];
  const conflicts: Conflict[] = [];
  const seen = new Set<string>();
  const { names, owner, unusable, fault, refused } = attributesOf(dataset);
  const reads = ['dataset.source', 'dataset.root', 'dataset.labels', ...(dataset.source === 'synthetic' ? [] : ['dataset.images'])];
  if (fault !== undefined) conflicts.push({ path: ['dataset', fault.field ?? 'root'], message: fault.reason, reads });
  if (refused !== undefined && isPacked(config)) conflicts.push({ path: ['dataset', 'root'], message: refused, reads });
  for (const [index, name] of attributes.entries()) {
    const path = ['attributes', index];
    if (seen.has(name)) conflicts.push({ path, message: `expected each attribute once, got ${quote(name)} again`, reads: [] });
    else if (unusable?.has(name))
      conflicts.push({ path, message: `expected a column of labels, got ${quote(name)}: ${unusable.get(name)}`, reads });
    else if (names !== undefined && !names.has(name)) {
      const nearest = nearestName(name, names);
      const isSame = nearest?.normalize('NFC') === name.normalize('NFC');
      const meant = isSame ? '; the list stores its accents otherwise: copy the name from there' : `; did you mean "${nearest}"?`;
      const hint = nearest === undefined ? listNames(names) : meant;
      conflicts.push({ path, message: `expected an attribute of ${owner}, got ${quote(name)}${hint}`, reads });
    }
    seen.add(name);
  }
  return conflicts;
}

/** A trainer of one's own may read its pictures by itself. */
const isPacked = ({ trainer }: RunConfig): boolean => trainer === undefined || trainer.data === 'packed';

/** Pictures that are not cut as `dataset.crop` says. `written`: the dataset as the file has it, without defaults. */
export function checkCrop(written: DatasetConfig, { ownCut }: KnownAttributes): Conflict[] {
  const { crop } = written;
  const usual = resolveDataset({ source: 'celeba', imageSize: written.imageSize }).crop;
  if (crop === undefined || ownCut === undefined || (ownCut === 'whole' && crop !== usual)) return [];
  const message =
    ownCut === 'whole'
      ? `expected another number than ${usual}, which is for the aligned pictures of CelebA: these are used whole; leave it out, or cut to another square`
      : `expected nothing with pictures in the wild, which are cut around the box of each face, got ${crop}; leave it out`;
  return [{ path: ['dataset', 'crop'], message, reads: ['dataset.root', 'dataset.images'] }];
}

/** Few enough to be read at a glance, which those of CelebA are not. */
function listNames(names: ReadonlySet<string>): string {
  return names.size <= 12 ? `; there are ${[...names].join(', ')}` : '';
}

function checkPhrases({ dataset }: RunConfig, attributesOf: (dataset: DatasetConfig) => KnownAttributes): Conflict[] {
  const names = Object.keys(dataset.phrases ?? {});
  if (names.length === 0 || (dataset.source !== 'synthetic' && dataset.root === undefined)) return [];
  const known = attributesOf(dataset);
  if (known.names === undefined) return [];
  const attributes = known.names;
  return names
    .filter((name) => !attributes.has(name))
    .map((name) => ({
      path: ['dataset', 'phrases', name],
      message: `expected an attribute of ${known.owner}, got ${quote(name)}${suggest(name, attributes)}`,
      reads: ['dataset.source', 'dataset.root', 'dataset.labels'],
    }));
}

function checkRotations({ augmentation, attributes }: RunConfig): Conflict[] {
  const { rotations } = augmentation;
  const conflicts: Conflict[] = [];
  for (const [index, degrees] of rotations.entries()) {
    const path = ['augmentation', 'rotations', index];
    if (rotations.indexOf(degrees) < index) conflicts.push({ path, message: `expected each angle once, got ${degrees} again`, reads: [] });
    if (attributes.includes(rotationName(degrees)))
      conflicts.push({
        path,
        message: `expected no angle whose bit is named like an attribute, got ${rotationName(degrees)}`,
        reads: ['attributes'],
      });
  }
  return conflicts;
}

/** The discriminator's first map is the generator's width divided by 16 at 128 pixels, in each of its two branches. */
function checkWidth({ dataset, model }: RunConfig): Conflict[] {
  if (dataset.imageSize !== 128 || model.width % 16 === 0) return [];
  const message = `expected a multiple of 16 with dataset.imageSize 128, got ${model.width}`;
  return [{ path: ['model', 'width'], message, reads: ['dataset.imageSize'] }];
}

function checkBatch(config: RunConfig, attributesOf: (dataset: DatasetConfig) => KnownAttributes): Conflict[] {
  const { dataset, training } = config;
  const field = dataset.source === 'synthetic' ? 'dataset.images' : 'dataset.limit';
  const counts = [{ pictures: dataset.source === 'synthetic' ? dataset.images : dataset.limit, field, of: field }];
  if (dataset.source !== 'synthetic' && dataset.root !== undefined && isPacked(config)) {
    const { pictures, refused } = attributesOf(dataset);
    if (refused !== undefined) return []; // told of the data
    counts.push({ pictures, field: 'dataset.root', of: quote(dataset.root) });
  }
  for (const { pictures, field, of } of counts) {
    if (typeof pictures !== 'number') continue;
    const trained = countTrained(pictures, dataset);
    if (training.batchSize <= trained) continue;
    const left =
      trained === pictures ? `the ${pictures} pictures of ${of}` : `the ${trained} pictures that dataset.heldOut leaves of ${of}`;
    const message = `expected at most ${left}, got ${training.batchSize}`;
    return [{ path: ['training', 'batchSize'], message, reads: ['dataset.source', field, 'dataset.heldOut'] }];
  }
  return [];
}

function checkOptions({ training }: RunConfig): Conflict[] {
  const { loss, labelSmoothing, diffAugment } = training;
  const conflicts: Conflict[] = [];
  if (loss === 'hinge' && labelSmoothing > 0)
    conflicts.push({
      path: ['training', 'labelSmoothing'],
      message: `expected 0 with training.loss hinge, which has no target to smooth, got ${labelSmoothing}`,
      reads: ['training.loss', 'model.preset'],
    });
  for (const [index, kind] of diffAugment.entries())
    if (diffAugment.indexOf(kind) < index)
      conflicts.push({ path: ['training', 'diffAugment', index], message: `expected each kind once, got ${kind} again`, reads: [] });
  return conflicts;
}

function checkEvaluation(config: RunConfig): Conflict[] {
  const { bestBy } = config.evaluation;
  const lack = findLack(bestBy, config);
  if (lack === undefined) return [];
  const message = `expected a metric that can be measured, got ${bestBy}, ${lack.why}`;
  return [{ path: ['evaluation', 'bestBy'], message, reads: [lack.field] }];
}

/** Why a run has no values of a metric; undefined where it has. */
function findLack(metric: string, { evaluation, augmentation }: RunConfig): { field: string; why: string } | undefined {
  const needs = listNeeds(metric);
  if (needsOracle(metric) && evaluation.oracle === false)
    return { field: 'evaluation.oracle', why: 'which evaluation.oracle false leaves out' };
  if (needs === 'features' && evaluation.features === undefined)
    return { field: 'evaluation.features', why: 'which needs the network of evaluation.features' };
  if (needs === 'rotations' && augmentation.rotations.length === 0)
    return { field: 'augmentation.rotations', why: 'which needs augmentation.rotations' };
  return undefined;
}

/**
 * Checks sweep.halving against its runs: each needs epochs left after the first comparison, or halving would save nothing, and the metric
 * must be computed.
 */
export function checkHalving(halving: HalvingConfig | undefined, points: readonly SweepPoint[], root: YamlMap): Fault[] {
  if (halving === undefined) return [];
  const complain = (field: string, message: string): Fault => {
    const path = ['sweep', 'halving', field];
    return { ...findNode(root, path).place, path: path.join('.'), message };
  };
  const faults: Fault[] = [];
  const fewest = points.reduce((least, { config }) => Math.min(least, config.training.epochs), Number.POSITIVE_INFINITY);
  if (halving.minEpochs >= fewest)
    faults.push(complain('minEpochs', `expected fewer epochs than a run trains (${fewest}), got ${halving.minEpochs}`));
  for (const { config } of points) {
    const lack = findLack(halving.metric, config);
    if (lack === undefined) continue;
    faults.push(complain('metric', `expected a metric that every run can measure, got ${halving.metric}, ${lack.why}`));
    break;
  }
  return faults;
}

/** Points whose runs are compared by what only the classifier tells have it, also where they are short. */
export function askForOracle(halving: HalvingConfig | undefined, points: readonly SweepPoint[]): SweepPoint[] {
  if (halving === undefined || !needsOracle(halving.metric)) return [...points];
  return points.map((point) => ({ ...point, config: { ...point.config, evaluation: { ...point.config.evaluation, oracle: true } } }));
}
