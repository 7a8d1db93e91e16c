// The GPUs that WebGPU can use, and how a process comes by one of them. Dawn, from the npm package `webgpu`,
// takes the first whose name contains what its option `adapter` says; it lists them all where that fits none.

import { readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { UserError } from '../experiment/user-error.ts';
import { findPackage } from './installation.ts';

/** Names the GPU of this process, or a part of its name. */
const ADAPTER_VARIABLE = 'FACET_WEBGPU_ADAPTER';

/** A GPU that WebGPU can use. */
export interface WebgpuAdapter {
  name: string;
  /** The variables by which a process that is started with them gets this one and no other. */
  environment: Readonly<Record<string, string>>;
}

export interface FoundAdapter {
  name: string;
  /** A processor that plays a GPU, for tests: far slower than WebAssembly. */
  isSoftware: boolean;
}

/** The GPU that WebGPU would use, or null. Throws a UserError where the environment names one that is not there. */
export async function findAdapter(environment: NodeJS.ProcessEnv): Promise<FoundAdapter | null> {
  const names = await listAdapterNames();
  const asked = environment[ADAPTER_VARIABLE];
  const name = asked ? names.find((each) => each.includes(asked)) : names[0];
  if (name !== undefined) return { name, isSoftware: isSoftware(name) };
  if (names.length === 0) return null;
  throw new UserError(`${ADAPTER_VARIABLE}: expected a GPU among ${names.join(', ')}, got "${asked}"`);
}

/**
 * The GPUs among which the runs of a sweep can be divided, the fastest first: no processors that play one, unless there is
 * nothing else. Of equal cards, which Dawn cannot tell apart, there is only the first, but where Mesa's device selection
 * separates them.
 */
export async function listAdapters(environment: NodeJS.ProcessEnv = process.env): Promise<WebgpuAdapter[]> {
  const asked = environment[ADAPTER_VARIABLE];
  if (asked) {
    const found = await findAdapter(environment);
    return found ? [{ name: found.name, environment: { [ADAPTER_VARIABLE]: asked } }] : [];
  }
  const names = await listAdapterNames();
  const real = names.filter((name) => !isSoftware(name));
  const wanted = real.length > 0 ? real : names;
  return separateAdapters(wanted, { addresses: listPciAddresses, namesWith: listNamesInProcess });
}

export interface Separation {
  /** PCI addresses of the graphics cards, such as 0000:03:00.0. */
  addresses(): string[];
  /** The names that a process with these variables lists. */
  namesWith(environment: Record<string, string>): Promise<string[]>;
}

/**
 * By name where that suffices. A card that another's name covers is tried by its PCI address, and left out where that does not single it
 * out.
 */
export async function separateAdapters(names: readonly string[], { addresses, namesWith }: Separation): Promise<WebgpuAdapter[]> {
  const isAlone = (name: string) => names.filter((other) => other.includes(name)).length === 1;
  if (names.every(isAlone)) return names.map(named);
  const byAddress: WebgpuAdapter[] = [];
  for (const address of addresses()) {
    // Read by Mesa's Vulkan layer, where there is one; the mark leaves no other card.
    const environment = { DRI_PRIME: `pci-${address.replace(/[:.]/g, '_')}!` };
    const left = (await namesWith(environment)).filter((name) => !isSoftware(name));
    const only = left.length === 1 ? left[0]! : null;
    if (only !== null && names.includes(only)) byAddress.push({ name: only, environment: { ...environment, [ADAPTER_VARIABLE]: only } });
  }
  if (byAddress.length === names.length) return byAddress;
  return names.filter((name, index) => names.findIndex((other) => other.includes(name)) === index).map(named);
}

const isSoftware = (name: string): boolean => /swiftshader|llvmpipe|lavapipe/i.test(name);

const named = (name: string): WebgpuAdapter => ({ name, environment: { [ADAPTER_VARIABLE]: name } });

/** Gives Node the globals that tfjs expects of a browser with WebGPU, on the GPU that the environment names. */
export async function provideWebgpu(): Promise<void> {
  if (globalThis.navigator?.gpu) return;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const asked = process.env[ADAPTER_VARIABLE];
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create(asked ? [`adapter=${asked}`] : []) }, configurable: true });
}

/** No GPU has this name, so that Dawn answers with those there are. */
const NO_NAME = '\u0001';

/** All of them, the fastest first; none where there is none for this platform. In a process of its own: Dawn takes 60 MB, and complains on stderr. */
const listAdapterNames = (): Promise<string[]> => listNamesInProcess({});

/** From lines such as ` * backend: 'vulkan', name: 'Radeon'`. */
function readNames(message: string): string[] {
  return [...message.matchAll(/^ \* backend: '[^']*', name: '(.*)'$/gm)].map((match) => match[1]!);
}

/** The Vulkan loader reads its variables when it is loaded: hence another process, which ends with the error that lists them. */
async function listNamesInProcess(environment: Record<string, string>): Promise<string[]> {
  const program = `const { create } = await import(process.argv[1]);
    await create(['adapter=${NO_NAME}']).requestAdapter({ powerPreference: 'high-performance' });`;
  const args = ['--input-type=module', '-e', program, `${findPackage('webgpu')}/index.js`];
  const { stderr } = await execa(process.execPath, args, { env: environment, reject: false, stdin: 'ignore', timeout: 30_000 });
  return readNames(String(stderr ?? ''));
}

/** Display controllers are class 03; none where the system does not tell. */
function listPciAddresses(): string[] {
  const folder = '/sys/bus/pci/devices';
  try {
    return readdirSync(folder).filter((address) => readFileSync(`${folder}/${address}/class`, 'utf8').startsWith('0x03'));
  } catch {
    return [];
  }
}
