// Decides which backend computes, and in which precision it can. Loads none.

import type { RunConfig } from '../experiment/schema/schema.ts';
import { UserError } from '../experiment/user-error.ts';
import { type InstallationState, packageVersion, readInstallation, setUpCommand } from './installation.ts';
import { type FoundAdapter, findAdapter } from './webgpu-adapters.ts';

export interface BackendChoice {
  name: 'tensorflow' | 'webgpu' | 'wasm';
  /** e.g. "TensorFlow 2.21.0 (CPU)" */
  version: string;
  /** Why this one and no faster one, in a sentence. */
  reason: string;
}

/** Results of different kinds of backends differ in their last bits. */
export type BackendKind = 'tensorflow cpu' | 'tensorflow cuda' | 'webgpu' | 'wasm';

export const KIND_WORDS: Record<BackendKind, string> = {
  'tensorflow cpu': 'TensorFlow on the CPU',
  'tensorflow cuda': 'TensorFlow with CUDA',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

/** What FACET_BACKEND calls the backend of a kind. */
export function nameOf(kind: BackendKind): BackendChoice['name'] {
  return kind === 'webgpu' || kind === 'wasm' ? kind : 'tensorflow';
}

/** The kind of a choice, also of one that a former version recorded. */
export function kindOf({ name, version }: Pick<BackendChoice, 'name' | 'version'>): BackendKind {
  if (name !== 'tensorflow') return name;
  return version.includes('(CUDA)') ? 'tensorflow cuda' : 'tensorflow cpu';
}

/**
 * The backend that FACET_BACKEND names (tensorflow, webgpu, wasm), else native TensorFlow where it is set up, else WebGPU
 * where there is a GPU that it can use, else WebAssembly. Throws a UserError where the variable names none, or one that
 * cannot be used here.
 */
export async function chooseBackend(environment: NodeJS.ProcessEnv = process.env): Promise<BackendChoice> {
  const asked = environment.FACET_BACKEND?.trim().toLowerCase();
  const state = readInstallation();
  const lookForAdapter = asked === 'webgpu' || (!asked && !state.installation);
  return decideBackend(asked, state, lookForAdapter ? await findAdapter(environment) : null);
}

/** The decision alone: from what is asked for and what is installed. */
export function decideBackend(
  asked: string | undefined,
  { installation, fault }: InstallationState,
  adapter: FoundAdapter | null = null,
): BackendChoice {
  if (asked === 'webgpu' && !adapter) {
    throw new UserError(
      'FACET_BACKEND=webgpu: no adapter found. Install a Vulkan driver and its loader (libvulkan1), or unset the variable.',
    );
  }
  if (adapter && (asked === 'webgpu' || (!asked && !installation && !adapter.isSoftware))) {
    return {
      name: 'webgpu',
      version: `WebGPU on ${adapter.name}`,
      reason: asked ? 'FACET_BACKEND asks for it.' : `A GPU is there, and ${fault}.`,
    };
  }
  if (asked && asked !== 'webgpu' && asked !== 'tensorflow' && asked !== 'wasm') {
    throw new UserError(`FACET_BACKEND: expected tensorflow, wasm or webgpu, got "${asked}". Unset it to let Facet choose.`);
  }
  if (asked === 'tensorflow' && !installation) throw new UserError(`FACET_BACKEND=tensorflow: ${fault}.`);
  if (installation && asked !== 'wasm') {
    const { tensorflow, kind, gpu } = installation;
    const device = kind === 'cpu' ? 'CPU' : gpu ? 'CUDA' : 'CUDA, no GPU found';
    return {
      name: 'tensorflow',
      version: `TensorFlow ${tensorflow} (${device})`,
      reason: asked ? 'FACET_BACKEND asks for it.' : 'Native TensorFlow is set up.',
    };
  }
  const reason = asked ? 'FACET_BACKEND asks for it.' : `${fault![0]!.toUpperCase()}${fault!.slice(1)}.`;
  return { name: 'wasm', version: `WebAssembly (tfjs ${packageVersion('@tensorflow/tfjs-backend-wasm')})`, reason };
}

/** Throws a UserError where the backend cannot compute in this precision. */
export function checkPrecision(backend: BackendChoice, precision: RunConfig['training']['precision']): void {
  if (precision === 'tf32') {
    if (kindOf(backend) === 'tensorflow cuda') return;
    throw new UserError(
      `training.precision: expected float32 or bfloat16 on ${backend.version}, got tf32, which only NVIDIA's cards compute, with CUDA. Set training.precision: float32.`,
    );
  }
  if (precision === 'float32' || backend.name === 'tensorflow') return;
  throw new UserError(
    `training.precision: expected float32 on ${backend.version}, got ${precision}, which needs native TensorFlow. Run \`${setUpCommand()}\`, or set training.precision: float32.`,
  );
}
