// writer <folder>: carries out each kind of write into results/, failing its first call of the system, its second, … until
// none is left to fail, and prints what was not as promised, as JSON. Runs with the shim loaded.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginLargeFile } from '../../../src/model/training/checkpoints/large-file.ts';
import { isLackOfSpace, WriteFailure } from '../../../src/results/errors.ts';
import { writeJsonAtomic } from '../../../src/results/files/write.ts';
import { acquireLease, createLease, readLease, readLiveLease, releaseLease } from '../../../src/results/leases/lease.ts';
import { MetricsWriter, readMetrics } from '../../../src/results/lines/metrics.ts';
import { metricsFile } from '../../../src/results/paths.ts';

const root = process.argv[2]!;
const folder = join(root, 'run');
const log = join(root, 'calls');
const KINDS = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'short', 'EINTR'];

interface Scenario {
  name: string;
  /** What is there before. */
  prepare(): void;
  act(): void | Promise<void>;
  /** What is wrong afterwards, the fault gone. `failed`: the write said so. */
  faults(failed: boolean): string[];
}

const record = (step: number) => ({ step, epoch: 1, seconds: 1, imagesPerSecond: 1, lossD: 1, lossG: 1, dReal: 1, dFake: 1 });
const [run, checkpoint, lease] = [join(folder, 'run.json'), join(folder, 'checkpoints', '6.safetensors'), join(folder, 'lease.json')];
const parts = Array.from({ length: 3 }, (_, part) => new Uint8Array(5000).fill(part + 1));
const head = Buffer.from(`head ${'0'.repeat(64)}`);
const hashes = createHash('sha256');
for (const part of parts) hashes.update(createHash('sha256').update(part).digest());
const whole = Buffer.concat([Buffer.from(`head ${hashes.digest('hex')}`), ...parts]);
let writer: MetricsWriter | undefined;
let acknowledged = 0;

const scenarios: Scenario[] = [
  {
    name: 'a record',
    prepare: () => writeFileSync(run, JSON.stringify({ version: 'old' })),
    act: () => writeJsonAtomic(run, { version: 'new' }),
    faults(failed) {
      const { version } = JSON.parse(readFileSync(run, 'utf8'));
      return version === 'new' || (failed && version === 'old') ? [] : [`run.json holds ${version}`];
    },
  },
  {
    name: 'a checkpoint',
    prepare: () => {},
    act() {
      const file = beginLargeFile(checkpoint, { head, hashAt: 5, parts: parts.length });
      for (const part of parts) file.append(part.slice());
      return file.written;
    },
    faults: (failed) =>
      existsSync(checkpoint) ? (readFileSync(checkpoint).equals(whole) ? [] : ['it is not whole']) : failed ? [] : ['it is missing'],
  },
  {
    name: 'metrics',
    prepare() {
      writeFileSync(metricsFile(folder), `${[1, 2, 3].map((step) => JSON.stringify(record(step))).join('\n')}\n{"torn`);
      acknowledged = 2;
    },
    act() {
      writer = new MetricsWriter(metricsFile(folder), 2);
      for (const steps of [[3, 4], [5]]) {
        writer.append(steps.map(record));
        writer.sync();
        acknowledged = steps.at(-1)!;
      }
    },
    faults(failed) {
      writer?.close();
      writer = undefined;
      const { records, problems } = readMetrics(metricsFile(folder));
      const steps = records.map(({ step }) => step);
      const isBeginning = steps.every((step, index) => step === index + 1);
      const wrong = [...problems, ...(isBeginning && steps.length >= acknowledged ? [] : [`it holds ${steps}, of ${acknowledged}`])];
      if (!failed && steps.length !== 5) wrong.push(`it holds ${steps}, and nothing failed`);
      const again = new MetricsWriter(metricsFile(folder), Math.min(steps.length, acknowledged));
      again.append([record(Math.min(steps.length, acknowledged) + 1)]);
      again.close();
      const after = readMetrics(metricsFile(folder));
      if (after.problems.length > 0 || after.records.some(({ step }, index) => step !== index + 1)) wrong.push('it could not be continued');
      return wrong;
    },
  },
  ...[null, { ...createLease(), startTime: 1, token: 'dead' }].map(
    (holder): Scenario => ({
      name: holder ? 'the lease of a dead process' : 'a lease',
      prepare: () => holder && writeFileSync(lease, JSON.stringify(holder)),
      act: () => void acquireLease(lease),
      faults(failed) {
        const held = readLease(lease);
        const isMine = readLiveLease(lease)?.pid === process.pid;
        if (!failed && !isMine) return ['nobody holds it'];
        if (held && !isMine && held.token !== 'dead') return [`it reads as ${JSON.stringify(held)}`];
        if (held && isMine) releaseLease(lease, held);
        return acquireLease(lease).acquired ? [] : ['nobody can take it any more'];
      },
    }),
  ),
];

const broken: string[] = [];
const reached: Record<string, number> = {};
let round = 0;
for (const scenario of scenarios) {
  for (const kind of KINDS) {
    for (const ever of kind === 'EINTR' ? [false] : [false, true]) {
      for (let at = 1; ; at++) {
        const where = `${scenario.name}, ${kind} ${ever ? 'from' : 'at'} call ${at}`;
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(join(folder, 'checkpoints'), { recursive: true });
        scenario.prepare();
        const { failure, calls } = await withFault({ kind, at, ever }, scenario.act);
        const fails = calls.some((call) => call.endsWith(' fails'));
        if (!fails) break;
        reached[scenario.name] = (reached[scenario.name] ?? 0) + 1;
        broken.push(...scenario.faults(failure !== null).map((fault) => `${where}: ${fault}`));
        if (failure !== null && !isClear(failure)) broken.push(`${where}: ${failure}`);
        if (kind === 'EDQUOT' && failure !== null && !isLackOfSpace(failure))
          broken.push(`${where}: not taken for a lack of space: ${failure}`);
        if (kind === 'short' && failure !== null) broken.push(`${where}: a short write was taken for a failure: ${failure}`);
        const litter = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));
        const canClean = !ever && !calls.some((call) => / unlink .* fails$/.test(call));
        if (canClean && litter.length > 0) broken.push(`${where}: left ${litter}`);
        if (at > 200) throw new Error(`${where}: no end`);
      }
    }
  }
}
process.stdout.write(JSON.stringify({ broken, reached }));

async function withFault({ kind, at, ever }: { kind: string; at: number; ever: boolean }, act: Scenario['act']) {
  rmSync(log, { force: true });
  Object.assign(process.env, { FAULT_UNDER: folder, FAULT_KIND: kind, FAULT_LOG: log, FAULT_ROUND: String(++round), FAULT_AT: String(at) });
  if (ever) process.env.FAULT_EVER = '1';
  let failure: unknown = null;
  try {
    await act();
  } catch (error) {
    failure = error;
  }
  delete process.env.FAULT_UNDER;
  delete process.env.FAULT_EVER;
  return { failure, calls: existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [] };
}

function isClear(failure: unknown): boolean {
  return failure instanceof WriteFailure && failure.message.startsWith(folder) && !failure.message.includes('\n');
}
