// Both networks with their state on the device, and one training step of each.

import { createTape, differentiate, type Tape } from '../autodiff/tape.ts';
import type { AdamStep, Kernels, StoredPictures, Tensor, Work } from '../kernels/kernels.ts';
import { batchStatisticsNorm } from '../networks/batch-norm.ts';
import {
  biasNorm,
  discriminate,
  discriminatorNorms,
  discriminatorSpecs,
  type Judgement,
  spectralSpecs,
} from '../networks/discriminator.ts';
import { generate, generatorNorms, generatorSpecs } from '../networks/generator.ts';
import { createLabelPlanes } from '../networks/label-planes.ts';
import { averageState, createNetwork, type Network, replaceState } from '../networks/network.ts';
import type { NetworkShape } from '../networks/shape.ts';
import { iteratePower, type SingularVectors, spectralWeights } from '../networks/spectral-norm.ts';
import type { ReadonlyState, State } from '../networks/state.ts';
import type { AdversarialLoss } from './adversarial-loss.ts';
import { decayAt } from './averaging.ts';
import { createDiffAugment, type DiffAugmentKind } from './diff-augment.ts';
import { discriminatorObjective, generatorObjective } from './objectives.ts';

/** One step's inputs, on the host. */
export interface StepInput {
  /** [B, S, S, 3] in [-1, 1] */
  pixels: Float32Array;
  /** [B, conditions], 0 or 1 */
  labels: Float32Array;
  /** [B, latentSize], standard normal */
  noise: Float32Array;
  adam: AdamStep;
  /** Where it differs from adam.learningRate. */
  discriminatorLearningRate?: number;
}

/** The same with stored pictures: which of them, and how each is walked over, [B] each. */
export interface ChosenInput extends Omit<StepInput, 'pixels'> {
  pictures: Float32Array;
  walks: Float32Array;
}

/** Logits of a step, [B] each, still on the device: reading them is the caller's to time. */
export interface StepLogits {
  /** D on real pictures, before the step. */
  real: Tensor;
  /** D on generated pictures, before D's step. */
  fake: Tensor;
  /** D on the same generated pictures, after D's step: what G learns from. In a step of D alone, what `fake` is. */
  fooled: Tensor;
}

/** What departs from the article in how the networks learn; each as its field of `training` says. */
export interface TrainerOptions extends AdversarialLoss {
  /** Default: 0, no average. */
  emaDecay?: number;
  /** Default: 1. */
  discriminatorSteps?: number;
  /** Default: none. */
  diffAugment?: readonly DiffAugmentKind[];
  /** Of the pictures that have each label: needed where shape.auxiliaryWeight is more than 0. */
  labelShares?: readonly number[];
  /** The pictures that steps learn from, where they lie on the device. */
  stored?: StoredPictures | null;
}

export interface Trainer {
  readonly k: Kernels;
  readonly shape: NetworkShape;
  readonly generator: Network;
  readonly discriminator: Network;
  /** All that a checkpoint holds, by name. */
  readonly networks: readonly Network[];
  /** Whether steps take numbers of stored pictures in place of pixels. */
  readonly hasStored: boolean;
  /** Both networks learn where adam.step is a multiple of discriminatorSteps, else D alone. */
  step(input: StepInput | ChosenInput): StepLogits;
}

export function createTrainer(k: Kernels, shape: NetworkShape, seed: number, options: TrainerOptions = {}): Trainer {
  const { emaDecay = 0, discriminatorSteps = 1, labelShares = [], stored = null } = options;
  const augment = createDiffAugment(options.diffAugment ?? [], shape);
  const generator = createNetwork(k, {
    name: 'generator',
    specs: generatorSpecs(shape),
    norms: generatorNorms(shape),
    averaged: emaDecay > 0,
    seed,
  });
  const spectral = spectralSpecs(shape);
  const discriminator = createNetwork(k, {
    name: 'discriminator',
    specs: discriminatorSpecs(shape),
    norms: discriminatorNorms(shape),
    spectral,
    seed,
  });
  const [g, d] = [generator.parameters, discriminator.parameters];
  const planes = createLabelPlanes(k, shape.imageSize / 4);
  const both = compileStep([generator, ...(spectral.length > 0 ? [discriminator] : [])]);
  const alone = compileStep(spectral.length > 0 ? [discriminator] : []);
  /** The input of the current step. */
  let input: StepInput | ChosenInput;
  return { k, shape, generator, discriminator, networks: [generator, discriminator], hasStored: stored !== null, step };

  function step(stepInput: StepInput | ChosenInput): StepLogits {
    input = stepInput;
    const { labels, noise, adam } = stepInput;
    const batch = labels.length / shape.conditions;
    const { changed, run } = adam.step % discriminatorSteps === 0 ? both : alone;
    const [real, fake, fooled, ...state] = k.scope(() =>
      run([
        ...uploadPixels(stepInput, batch),
        k.tensorFloat32(labels, [batch, shape.conditions]),
        k.tensorFloat32(noise, [batch, shape.latentSize]),
        ...purposes(changed).flatMap((purpose) =>
          augment.draw({ seed, step: adam.step, purpose }, batch).map((draw) => k.tensorFloat32(draw.values, draw.shape)),
        ),
        ...changed.flatMap((network) => [...network.state.values()]),
        ...(changed.includes(generator) && emaDecay > 0 ? [k.tensorFloat32(Float32Array.of(1 - averageDecay()), [1])] : []),
      ]),
    );
    for (const network of changed) replaceState(k, network, takeState(network, state));
    return { real: k.keep(real!), fake: k.keep(fake!), fooled: k.keep(fooled!) };
  }

  function uploadPixels(given: StepInput | ChosenInput, batch: number): Tensor[] {
    if ('pixels' in given) return [k.tensorFloat32(given.pixels, [batch, shape.imageSize, shape.imageSize, 3])];
    return [k.tensorFloat32(given.pictures, [batch]), k.tensorFloat32(given.walks, [batch])];
  }

  /** Of what uploadPixels gives: the pictures. Takes it off the front of the tensors. */
  function takePixels(tensors: Tensor[]): Tensor {
    if (stored === null) return tensors.shift()!;
    const [pictures, walks] = tensors.splice(0, 2);
    return k.reshape(stored.take(pictures!, walks!), [pictures!.shape[0]!, shape.imageSize, shape.imageSize, 3]);
  }

  /** A step in which the state of `changed` is replaced; G learns where it is among them. */
  function compileStep(changed: readonly Network[]): { changed: readonly Network[]; run: Work } {
    const doesGLearn = changed.includes(generator);
    /**
     * [...pixels, labels, noise, ...draws of the augmentation, ...state, share of the newest in averages] -> [real, fake, fooled, ...state]
     */
    const work: Work = (inputs) => {
      const tape = createTape(k);
      const rest = [...inputs];
      const pixels = takePixels(rest);
      const [labels, noise] = rest.splice(0, 2);
      const [x, y, z] = [pixels, labels!, noise!].map((tensor) => k.activation(tensor)) as [Tensor, Tensor, Tensor];
      const draws = new Map(purposes(changed).map((purpose) => [purpose, rest.splice(0, augment.inputs)]));
      /** Pictures as D sees them. */
      const see = (pictures: Tensor, purpose: Purpose) => augment.apply(tape.k, pictures, draws.get(purpose)!);
      const before = new Map(changed.map((network) => [network, takeState(network, rest)]));
      const [share] = rest;
      const ofG = { before: before.get(generator) ?? new Map(), after: new Map() as State };
      // The same generated pictures serve both steps; G's weights do not change between them.
      const images = generate({ k: tape.k, shape, weights: g, norm: batchStatisticsNorm(tape.k, g, doesGLearn ? ofG : undefined) }, z, y);
      const power = iteratePower(k, d, { weights: spectral, before: before.get(discriminator) ?? new Map() });
      const objectives = { k, recorded: tape.k, shape, judge: judgeOn(tape, power.vectors), loss: options, labelShares };

      const [real, fake] = k.scope(() => {
        const objective = discriminatorObjective(objectives, { real: see(x, 'real'), fake: see(images, 'generated'), labels: y });
        d.applyAdam(differentiate(tape, { ...objective, by: d }), discriminatorAdam);
        return [objective.real, objective.fake];
      });
      if (!doesGLearn) return [real!, fake!, k.reshape(fake!, fake!.shape), ...listState(changed, { discriminator: power.after })];

      const objective = generatorObjective(objectives, { fake: see(images, 'fooling'), labels: y });
      g.applyAdam(differentiate(tape, { ...objective, by: g }), generatorAdam);
      if (share) {
        g.applyAverage(averageDecay);
        for (const [name, average] of averageState(k, { ...ofG, share })) ofG.after.set(name, average);
      }
      return [real!, fake!, objective.fooled, ...listState(changed, { generator: ofG.after, discriminator: power.after })];
    };
    return { changed, run: k.compile(work) };
  }

  function purposes(changed: readonly Network[]): Purpose[] {
    return changed.includes(generator) ? ['real', 'generated', 'fooling'] : ['real', 'generated'];
  }

  function judgeOn(tape: Tape, vectors: ReadonlyMap<string, SingularVectors>): (pictures: Tensor, labels: Tensor) => Judgement {
    return (pictures, labels) => {
      const weights = spectralWeights(tape.k, d, vectors);
      const norm = shape.spectralNorm ? biasNorm(tape.k, weights) : batchStatisticsNorm(tape.k, weights);
      const judgement = discriminate({ k: tape.k, shape, weights, planes, norm }, pictures, labels);
      return options.loss === 'hinge' ? { ...judgement, logits: tape.k.float32(judgement.logits) } : judgement;
    };
  }

  function discriminatorAdam(): AdamStep {
    const { adam, discriminatorLearningRate = adam.learningRate } = input;
    return { ...adam, learningRate: discriminatorLearningRate };
  }

  /** Counts G's own steps. */
  function generatorAdam(): AdamStep {
    return { ...input.adam, step: input.adam.step / discriminatorSteps };
  }

  function averageDecay(): number {
    return decayAt(emaDecay, generatorAdam().step);
  }
}

/** Whose pictures D sees, each time changed anew: real ones and generated ones in its own step, generated ones in that of G. */
type Purpose = 'real' | 'generated' | 'fooling';

/** Takes the state of a network off the front of the tensors. */
function takeState({ state }: Network, tensors: Tensor[]): State {
  return new Map([...state.keys()].map((name) => [name, tensors.shift()!]));
}

/** The new state of networks, in the order of takeState. */
function listState(networks: readonly Network[], after: Readonly<Record<string, ReadonlyState>>): Tensor[] {
  return networks.flatMap(({ name, state }) => [...state.keys()].map((key) => after[name]!.get(key)!));
}
