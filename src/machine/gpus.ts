// The NVIDIA GPUs of this machine, as nvidia-smi lists them, and those among them that runs may use.

import { execa } from 'execa';
import { UserError } from '../experiment/user-error.ts';

export interface Gpu {
  /** As CUDA counts here: nvidia-smi's number, unless CUDA_VISIBLE_DEVICES leaves only some, which then count from 0. */
  index: number;
  uuid: string;
  name: string;
  /** null where nvidia-smi does not tell, as of a slice of a card (MIG). */
  memoryBytes: number | null;
  freeMemoryBytes: number | null;
  /** Version of the driver; null for a slice of a card. */
  driver: string | null;
}

/** The GPUs that runs may use: all of listCards, cut down to CUDA_VISIBLE_DEVICES where that is set. */
export async function listGpus(env: NodeJS.ProcessEnv = process.env): Promise<Gpu[]> {
  return selectVisible(await listCards(env), env.CUDA_VISIBLE_DEVICES);
}

/** All GPUs of the machine in the order of nvidia-smi; none where the program is missing or fails. */
export async function listCards(env: NodeJS.ProcessEnv = process.env): Promise<Gpu[]> {
  const query = ['--query-gpu=index,uuid,memory.total,memory.free,driver_version,name', '--format=csv,noheader,nounits'];
  const { stdout, failed } = await execa('nvidia-smi', query, { reject: false, timeout: NVIDIA_SMI_TIMEOUT_MS, stdin: 'ignore', env });
  return failed ? [] : stdout.split('\n').flatMap(parseGpu);
}

/**
 * Those that `--gpus` names by number, uuid or the beginning of one, in the order given. Throws a UserError
 * that lists what there is where one does not exist or could be several.
 */
export function chooseGpus<Card extends NamedGpu>(gpus: readonly Card[], asked: string): Card[] {
  const chosen = asked.split(',').map((part) => {
    const word = part.trim();
    const found = findGpus(gpus, word);
    if (found.length === 1) return found[0]!;
    const what = found.length === 0 ? 'which is none of them' : `which ${found.length} of them begin with`;
    throw new UserError(`--gpus: expected GPUs among ${describeGpus(gpus)}, got "${word}", ${what}`);
  });
  return [...new Set(chosen)];
}

type NamedGpu = Pick<Gpu, 'index' | 'uuid' | 'name'>;

/** "0 NVIDIA H100 (GPU-5b6c01ab), 1 …" */
function describeGpus(gpus: readonly NamedGpu[]): string {
  return gpus.map(({ index, name, uuid }) => (uuid === name ? `${index} ${name}` : `${index} ${name} (${uuid.slice(0, 12)})`)).join(', ');
}

const NVIDIA_SMI_TIMEOUT_MS = 10_000;
const MEBIBYTE = 1024 * 1024;

/** "0, GPU-5b6c…, 143771, 143160, 570.86.15, NVIDIA H200"; the name comes last because it may hold a comma. */
function parseGpu(line: string): Gpu[] {
  const [index, uuid = '', total, free, driver = null, ...name] = line.split(',').map((part) => part.trim());
  if (!uuid.startsWith('GPU-')) return [];
  return [
    {
      index: Number(index),
      uuid,
      name: name.join(', '),
      memoryBytes: parseMebibytes(total),
      freeMemoryBytes: parseMebibytes(free),
      driver,
    },
  ];
}

/** null for "[N/A]", which a GPU that shares the processor's memory answers. */
function parseMebibytes(text: string | undefined): number | null {
  return text && /^\d+$/.test(text) ? Number(text) * MEBIBYTE : null;
}

/**
 * What CUDA would make of the variable: numbers, uuids or their beginnings, up to the first that does not exist or could
 * be several; counted anew from 0. One named twice counts once: two runs must not both take it for their own.
 */
function selectVisible(gpus: readonly Gpu[], visible: string | undefined): Gpu[] {
  if (visible === undefined) return [...gpus];
  const selected = new Map<string, Gpu>();
  for (const wanted of visible.split(',').map((part) => part.trim())) {
    const found = wanted.startsWith('MIG-') ? [createSlice(wanted)] : findGpus(gpus, wanted);
    if (found.length !== 1) break;
    selected.set(found[0]!.uuid, found[0]!);
  }
  return [...selected.values()].map((gpu, index) => ({ ...gpu, index }));
}

function findGpus<Card extends NamedGpu>(gpus: readonly Card[], word: string): Card[] {
  if (/^\d+$/.test(word)) return gpus.filter((gpu) => gpu.index === Number(word));
  return word === '' ? [] : gpus.filter((gpu) => gpu.uuid.startsWith(word));
}

/** A slice of a card (MIG). nvidia-smi's table of cards does not list it, so nothing but its uuid is known. */
function createSlice(uuid: string): Gpu {
  return { index: 0, uuid, name: 'MIG slice', memoryBytes: null, freeMemoryBytes: null, driver: null };
}
