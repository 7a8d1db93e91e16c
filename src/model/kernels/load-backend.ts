// Loads a backend of tfjs into this process. Which one is decided in src/machine/backend.ts.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs-core';
import { UserError } from '../../experiment/user-error.ts';
import type { BackendChoice } from '../../machine/backend.ts';
import { findPackage, findTfjs, setUpCommand } from '../../machine/installation.ts';
import { firstLineOf } from '../../results/errors.ts';

const WASM_PACKAGE = '@tensorflow/tfjs-backend-wasm';

/** Those that tfjs computes on: WebGPU is used without it. */
type TfjsBackend = Exclude<BackendChoice['name'], 'webgpu'>;

export interface LoadedBackend {
  name: TfjsBackend;
  /** tfjs on this backend. Under Node its core knows no gradients (`tf.grad`) and no chained methods (`x.add(y)`). */
  tf: typeof tfjs;
}

/**
 * Loads a backend into this process and makes it tfjs's current one. What TensorFlow reads from the environment (threads,
 * visible GPUs, LD_LIBRARY_PATH) must have been there when the process started; its log level is warnings where unset.
 */
export async function loadBackend({ name }: { name: TfjsBackend }): Promise<LoadedBackend> {
  if (name === 'tensorflow') return { name, tf: await loadTensorflow() };
  return { name, tf: await loadWasm() };
}

/** tfjs on the backend that is loaded in this process; on WebAssembly where none is, as in a run on WebGPU. */
export async function useTfjs(): Promise<typeof tfjs> {
  const tf = (await import('@tensorflow/tfjs-core')).default as unknown as typeof tfjs;
  return tf.getBackend() ? tf : loadWasm();
}

async function loadTensorflow(): Promise<typeof tfjs> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreRemovedUtilities();
  try {
    const tf: typeof tfjs = createRequire(import.meta.url)(findTfjs() ?? '@tensorflow/tfjs-node-gpu');
    await tf.setBackend('tensorflow');
    return tf;
  } catch (error) {
    throw new UserError(`Native TensorFlow does not load: ${firstLineOf(error)}. Run \`${setUpCommand()}\`, or set FACET_BACKEND=wasm.`, {
      cause: error,
    });
  }
}

/** Gone from Node 23 on, used by tfjs-node 4.22. */
function restoreRemovedUtilities(): void {
  const util = createRequire(import.meta.url)('node:util');
  util.isArray ??= Array.isArray;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

async function loadWasm(): Promise<typeof tfjs> {
  // The union package would add layers, converters and WebGL: three times as long to load.
  const tf = (await import('@tensorflow/tfjs-core')).default as unknown as typeof tfjs;
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(findPackage(WASM_PACKAGE)!, 'dist/'));
  const removeHooks = rememberErrorHooks();
  const loaded = await tf.setBackend('wasm');
  removeHooks();
  if (!loaded) throw new UserError(`WebAssembly does not load: is ${WASM_PACKAGE} whole? Delete node_modules and run \`npm ci\`.`);
  return tf;
}

/** The WebAssembly module hooks itself into the process's handling of errors: uncaught ones would show its source. */
function rememberErrorHooks(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  return () => {
    for (const [i, event] of events.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]!.has(listener)) process.off(event, listener);
      }
    }
  };
}
