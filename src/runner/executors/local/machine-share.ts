// A machine's cores and cards between all runners on it, of all users: each run that works or waits has a file in one folder.

import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { cpus, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plural } from '../../../experiment/units.ts';
import { readMemberships } from '../../../machine/control-groups.ts';
import { readText } from '../../../machine/read-text.ts';
import { describeCommand } from '../../../results/commands.ts';
import { removeIfPossible } from '../../../results/files/write.ts';
import { acquireLease, createLease, readLiveLease, releaseLease } from '../../../results/leases/lease.ts';
import type { LeaseRecord } from '../../../results/records.ts';
import type { Slot } from '../../plan/slots.ts';

/** What a run takes: cores where it computes on the processor, else its cards, which leave most of the processor idle. */
export interface Share {
  cores: number;
  cards: readonly string[];
}

/** A run at work, or one that waits for its turn. */
export interface Claim extends LeaseRecord, Share {
  state: 'waiting' | 'granted';
  user: string;
  runFolder: string;
  /** Within which limit its cores count: of a job of SLURM, a container, a control group. */
  scope: string;
}

/** $FACET_MACHINE_FOLDER, else /tmp/facet-machine; null where that is "off": then nobody minds others. */
export function findMachineFolder(asked: string | undefined = process.env.FACET_MACHINE_FOLDER): string | null {
  return asked === 'off' ? null : asked || '/tmp/facet-machine';
}

export const shareOf = ({ gpus, adapter, threads }: Slot): Share => {
  const cards = adapter ? [adapter.name] : (gpus ?? []);
  return { cores: cards.length > 0 ? 0 : threads, cards };
};

export interface ShareRequest extends Share {
  folder: string;
  runFolder: string;
  /** The cores that this process may use. */
  limit: number;
  signal: AbortSignal;
  onWait(): void;
}

/**
 * Waits until cores and cards are free, those who came first before. Resolves with a function that gives them back, or with null once the
 * signal is aborted. The runs of one runner alone never wait for each other. Where the folder cannot be used, nobody waits.
 */
export async function takeShare(request: ShareRequest): Promise<(() => void) | null> {
  const waiting = hold(request, 'waiting');
  if (waiting === null) return () => {};
  try {
    for (;;) {
      if (request.signal.aborted) return null;
      const isMine = (claim: Claim) => claim.token === waiting.token;
      if (hasRoom(request, others(request.folder, isMine).filter(isBefore(waiting.claim)))) {
        const granted = hold(request, 'granted');
        if (granted === null) return () => {};
        // Of two that take it at the same instant at least one sees the other, and steps back.
        const taken = others(request.folder, ({ token }) => token === granted.token).filter(({ state }) => state === 'granted');
        if (hasRoom(request, taken)) return granted.release;
        granted.release();
      } else request.onWait();
      await sleep(LOOK_EVERY_MS * (0.5 + Math.random()), undefined, { signal: request.signal }).catch(() => {});
    }
  } finally {
    waiting.release();
  }
}

const LOOK_EVERY_MS = 500;

function hold(request: ShareRequest, state: Claim['state']) {
  const { folder, cores, cards, runFolder } = request;
  const lease = createLease();
  const claim: Claim = { ...lease, state, cores, cards, runFolder, user: nameUser(), scope: readScope() };
  const path = join(folder, `${state}-${lease.token}.json`);
  try {
    makeSharedFolder(folder);
    const result = acquireLease(path, claim);
    if (!result.acquired) return null;
    chmodSync(path, 0o644); // others have to see it
    return { token: lease.token, claim, release: () => releaseLease(path, claim) };
  } catch {
    return null;
  }
}

function makeSharedFolder(folder: string): void {
  try {
    mkdirSync(folder);
    chmodSync(folder, 0o1777); // as /tmp: everybody writes, nobody removes what is another's
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const others = (folder: string, isMine: (claim: Claim) => boolean): Claim[] => listClaims(folder).filter((claim) => !isMine(claim));

/** Of those that wait only the ones of other runners that came first. */
const isBefore = (own: Claim) => (claim: Claim) =>
  claim.state === 'granted' || (!isSameRunner(claim, own) && `${claim.since} ${claim.token}` < `${own.since} ${own.token}`);

const isSameRunner = (a: LeaseRecord, b: LeaseRecord): boolean =>
  a.pid === b.pid && a.startTime === b.startTime && a.pidNamespace === b.pidNamespace;

function hasRoom({ cores, cards, limit }: ShareRequest, taken: readonly Claim[]): boolean {
  const own = createLease();
  const foreign = taken.filter((claim) => !isSameRunner(claim, own));
  if (foreign.some((claim) => claim.cards.some((card) => cards.includes(card)))) return false;
  if (cores === 0 || foreign.every((claim) => claim.cores === 0)) return true;
  const scope = readScope();
  const sum = (claims: readonly Claim[]) => claims.reduce((all, claim) => all + claim.cores, cores);
  return sum(taken.filter((claim) => claim.scope === scope)) <= limit && sum(taken) <= Math.max(limit, cpus().length);
}

/** A line where other runners have cores or cards of this machine; null where none has. */
export function describeOthers(cores: number): string | null {
  const folder = findMachineFolder();
  const own = createLease();
  const taken = folder === null ? [] : listClaims(folder).filter((claim) => claim.state === 'granted' && !isSameRunner(claim, own));
  if (taken.length === 0) return null;
  const sum = taken.reduce((all, claim) => all + claim.cores, 0);
  const cards = new Set(taken.flatMap((claim) => claim.cards)).size;
  const what = [...(sum > 0 ? [`${sum} of ${cores} cores`] : []), ...(cards > 0 ? [plural(cards, 'card')] : [])].join(' and ');
  return `Other sweeps have ${what} of this machine: runs wait where too little is free (${describeCommand(['status', '--machine'])} tells; FACET_MACHINE_FOLDER=off starts all the same).`;
}

/** Of runs that live, or may live. */
export function listClaims(folder: string): Claim[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^(waiting|granted)-[0-9a-f]+\.json$/.test(name))
    .flatMap((name) => {
      const claim = readLiveLease(join(folder, name)) as Partial<Claim> | null;
      if (claim === null) removeIfPossible(join(folder, name)); // its runner is gone
      const isWhole = claim && Number.isFinite(claim.cores) && Array.isArray(claim.cards) && typeof claim.runFolder === 'string';
      return isWhole ? [{ ...claim, state: name.startsWith('waiting') ? 'waiting' : 'granted' } as Claim] : [];
    });
}

/** Processes with the same allowed cores in the same control group share one limit. */
function readScope(): string {
  const allowed = /^Cpus_allowed_list:\s*(.*)$/m.exec(readText('/proc/self/status'))?.[1] ?? '';
  const groups = readMemberships().filter(({ controllers }) => controllers?.includes('cpu') ?? true);
  return `${allowed} ${groups.map(({ path }) => path).join(' ')}`;
}

function nameUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
