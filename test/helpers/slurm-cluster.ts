// A real SLURM for tests: Debian's munged, slurmctld and slurmd on the loopback, everything below a temporary folder, no accounting.

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Debian keeps daemons where only root's PATH looks. */
const PATH = [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter);

/** Where one of SLURM's programs lies; undefined: nowhere. */
export const findProgram = (name: string): string | undefined =>
  PATH.split(delimiter)
    .map((path) => join(path, name))
    .find((path) => existsSync(path));

/** Why there can be no cluster here; null: there can. */
export function findLackOfSlurm(): string | null {
  const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return `${missing.join(', ')} not installed (apt-get install slurm-wlm munge)`;
  return process.getuid?.() === 0 ? null : 'slurmd must be started as root';
}

export interface Cluster {
  nodes: string[];
  env: Record<string, string>;
  /** Asks one of SLURM's commands; returns what it prints. */
  ask(...words: string[]): string;
  /** Lines of squeue: "1_0 RUNNING n1". */
  jobs(): string[];
  stop(): Promise<void>;
}

/** Starts it, with as many nodes of so many cores. Resolves once they are idle. */
export async function startCluster({ nodes: count = 2, cpus = 2, more = '' } = {}): Promise<Cluster> {
  for (let attempt = 1; ; attempt++) {
    const cluster = await tryToStart(count, cpus, more);
    if (cluster !== null) return cluster;
    if (attempt === 3) throw new Error('SLURM does not start: see its logs');
  }
}

async function tryToStart(count: number, cpus: number, more: string): Promise<Cluster | null> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-slurm-'));
  for (const name of ['state', 'spool', 'log', 'run', 'key']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'key/munge.key'), randomBytes(1024), { mode: 0o400 });
  const port = randomInt(20_000, 40_000);
  const nodes = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const conf = join(folder, 'slurm.conf');
  writeFileSync(conf, describeCluster({ folder, port, nodes, cpus, more }));
  const env = { SLURM_CONF: conf, PATH };
  const start = (program: string, ...args: string[]) =>
    spawnSync(program, args, { env: { ...process.env, ...env }, stdio: 'ignore', cwd: folder });
  start(
    'munged',
    '--force',
    `--key-file=${folder}/key/munge.key`,
    `--socket=${folder}/run/munge.socket`,
    `--pid-file=${folder}/run/munged.pid`,
    `--log-file=${folder}/log/munged.log`,
    `--seed-file=${folder}/run/munge.seed`,
  );
  start('slurmctld', '-f', conf);
  for (const node of nodes) start('slurmd', '-f', conf, '-N', node);
  const ask = (...words: string[]) =>
    execFileSync(words[0]!, words.slice(1), { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 60_000 });
  const cluster: Cluster = {
    nodes,
    env,
    ask,
    jobs: () => ask('squeue', '-r', '-h', '-t', 'all', '-o', '%F_%K %T %N').split('\n').filter(Boolean),
    stop: () => stop(folder),
  };
  for (let look = 0; look < 200; look++) {
    const states = spawnSync('sinfo', ['-h', '-N', '-o', '%T'], { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout ?? '';
    if (states.split('\n').filter((state) => state === 'idle').length === count) return cluster;
    await sleep(100);
  }
  await stop(folder);
  return null;
}

/** By the ids that the daemons wrote themselves. */
async function stop(folder: string): Promise<void> {
  const run = join(folder, 'run');
  const pids = readdirSync(run)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(readFileSync(join(run, name), 'utf8')));
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, name);
  };
  signal('SIGTERM');
  for (let look = 0; look < 50 && pids.some(isAlive); look++) await sleep(100);
  signal('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function describeCluster({
  folder,
  port,
  nodes,
  cpus,
  more,
}: {
  folder: string;
  port: number;
  nodes: string[];
  cpus: number;
  more: string;
}): string {
  const host = hostname().split('.')[0];
  const user = userInfo().username;
  return `ClusterName=facet
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/run/munge.socket,cred_expire=5
CryptoType=crypto/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
JobRequeue=1
KillWait=5
MinJobAge=300
SlurmdTimeout=30
SlurmdParameters=config_overrides
${more}
${nodes.map((name, index) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port + 1 + index} CPUs=${cpus} RealMemory=1000 State=UNKNOWN`).join('\n')}
PartitionName=all Nodes=${nodes.join(',')} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
`;
}
