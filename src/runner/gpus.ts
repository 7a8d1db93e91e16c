// Room: runner. The NVIDIA GPUs that runs may use, as nvidia-smi tells them.

import { execa } from 'execa';

export interface Gpu {
  uuid: string;
  name: string;
  memoryBytes: number;
  freeMemoryBytes: number;
}

/** The GPUs in the order of nvidia-smi, cut down to CUDA_VISIBLE_DEVICES where that is set. None where the program is missing or fails. */
export async function listGpus(env: NodeJS.ProcessEnv = process.env): Promise<Gpu[]> {
  const query = ['--query-gpu=uuid,memory.total,memory.free,name', '--format=csv,noheader,nounits'];
  const { stdout, failed } = await execa('nvidia-smi', query, { reject: false, timeout: NVIDIA_SMI_TIMEOUT_MS, stdin: 'ignore', env });
  const gpus = failed ? [] : stdout.split('\n').flatMap(parseGpu);
  return selectVisible(gpus, env.CUDA_VISIBLE_DEVICES);
}

const NVIDIA_SMI_TIMEOUT_MS = 10_000;
const MEBIBYTE = 1024 * 1024;

/** "GPU-5b6c…, 143771, 143160, NVIDIA H200"; the name comes last because it may hold a comma. */
function parseGpu(line: string): Gpu[] {
  const [uuid = '', total, free, ...name] = line.split(',').map((part) => part.trim());
  if (!uuid.startsWith('GPU-')) return [];
  return [{ uuid, name: name.join(', '), memoryBytes: Number(total) * MEBIBYTE || 0, freeMemoryBytes: Number(free) * MEBIBYTE || 0 }];
}

/** What CUDA would make of the variable: indices or uuids (also their beginnings), up to the first that does not exist. */
function selectVisible(gpus: Gpu[], visible: string | undefined): Gpu[] {
  if (visible === undefined) return gpus;
  const selected: Gpu[] = [];
  for (const wanted of visible.split(',').map((part) => part.trim())) {
    const gpu = /^\d+$/.test(wanted) ? gpus[Number(wanted)] : findByUuid(gpus, wanted);
    if (!gpu) break;
    selected.push(gpu);
  }
  return selected;
}

/** A slice of a card (MIG) is not in nvidia-smi's table of cards; it is taken at its word. */
function findByUuid(gpus: Gpu[], uuid: string): Gpu | undefined {
  if (uuid.startsWith('MIG-')) return { uuid, name: 'MIG slice', memoryBytes: 0, freeMemoryBytes: 0 };
  return uuid === '' ? undefined : gpus.find((gpu) => gpu.uuid.startsWith(uuid));
}
