// Serves the app on a port of this machine.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { UserError } from '../../experiment/user-error.ts';
import { codeOf, describeSystemError } from '../../results/errors.ts';
import { createApp } from '../app.ts';
import type { FaceService } from '../faces.ts';
import type { RunStarter } from '../run-starter.ts';
import { createStore } from '../store.ts';
import { readAssets } from './assets.ts';
import { answerBelow } from './base-path.ts';
import { LOOPBACK_NAMES } from './guard.ts';

export interface ServeOptions {
  /** May not exist yet. */
  resultsRoot: string;
  /** Folder of the bundled client: client.js and style.css. */
  assets: string;
  /** Address to bind. Default 127.0.0.1, so that only this machine can ask. */
  host?: string;
  /** Default: the first free one of 7860 and the 20 after it. 0: any free one. One that is asked for is taken, or refused. */
  port?: number;
  /** Names besides those of this machine that a browser may use, as behind a proxy. Under them nobody may act. */
  allowedHosts?: readonly string[];
  /** The path below which a proxy shows it, where the proxy does not take that off. */
  basePath?: string;
  /** Where curves are kept that have been read; null: nowhere. */
  cacheFolder?: string | null;
  /** Default: DEFAULT_PATIENCE. */
  patience?: SocketPatience;
  /** Makes faces for the page of a run. null: nobody does. */
  faces?: FaceService | null;
  /** Starts commands that go on with a run. null: nobody does. */
  starter?: RunStarter | null;
  onError?: (error: unknown) => void;
}

/** How long those who ask and say no more may stay, in milliseconds. */
interface SocketPatience {
  /** For a request's head, and for the whole request. */
  headMs: number;
  requestMs: number;
  /** For a connection on which nothing comes or goes. */
  silenceMs: number;
  /** How often heads and requests are looked at. */
  lookMs: number;
}

export interface ServedDashboard {
  /** One that works on this machine. */
  url: string;
  /** Where other machines reach it; there is no password. */
  otherUrls: string[];
  /** Closes open connections too. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 7860;
const PORTS_TO_TRY = 20;

/** Serves until it is closed. Throws a UserError where no port can be bound, or an option makes no sense. */
export async function serveDashboard(options: ServeOptions): Promise<ServedDashboard> {
  const { resultsRoot, assets, host = '127.0.0.1', port } = options;
  const { allowedHosts = [], cacheFolder = null, faces = null, starter = null, onError } = options;
  const { headMs, requestMs, silenceMs, lookMs } = options.patience ?? DEFAULT_PATIENCE;
  if (host.trim() === '') throw new UserError('--host: expected an address of this machine, got nothing'); // Node would listen on all addresses
  const ownNames = namesOf(host);
  const canStop = ownNames === LOOPBACK_NAMES; // other machines may look, and not stop
  const hostNames = [...ownNames, ...allowedHosts.map(checkHostName)];
  const store = createStore(resolve(resultsRoot), { cacheFolder, threadScript: join(FACET_WORKERS, 'metrics.mjs') });
  const app = createApp(store, { assets: readAssets(assets), hostNames, canStop, faces, starter, onError });
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const timeouts = { headersTimeout: headMs, requestTimeout: requestMs, connectionsCheckingInterval: lookMs };
  const server = createServer(timeouts, answerBelow(options.basePath ?? '', answer));
  server.setTimeout(silenceMs);
  await listen(server, host, port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address ? address.port : (port ?? DEFAULT_PORT);
  const urlOf = (name: string): string => `http://${name.includes(':') ? `[${name}]` : name}:${boundPort}/`;
  return {
    url: urlOf(isEveryAddress(host) ? '127.0.0.1' : host),
    otherUrls: canStop ? [] : isEveryAddress(host) ? externalAddresses(host).map(urlOf) : [urlOf(host)],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const DEFAULT_PATIENCE: SocketPatience = { headMs: 20_000, requestMs: 30_000, silenceMs: 60_000, lookMs: 5_000 };

async function listen(server: Server, host: string, wanted: number | undefined): Promise<void> {
  const port = wanted ?? DEFAULT_PORT;
  for (let candidate = port; ; candidate++) {
    try {
      server.listen(candidate, host);
      await once(server, 'listening');
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EADDRINUSE' && wanted === undefined && candidate < port + PORTS_TO_TRY) continue;
      const why = code === 'EACCES' ? 'this user may not use that port (EACCES)' : describeSystemError(error);
      const tried = candidate > port ? `${port} to ${candidate}` : String(port);
      const option = ADDRESS_FAULTS.includes(code) ? 'address with --host' : 'port with --port';
      throw new UserError(`The dashboard could not listen on ${host}, port ${tried}: ${why}; choose another ${option}`, {
        cause: error,
      });
    }
  }
}

/** The system's codes for an address that is not one of this machine. */
const ADDRESS_FAULTS = ['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EAI_FAIL', 'EINVAL', 'EAFNOSUPPORT'];

/** Host names that a browser may use: those of this machine, and the address that the user chose. */
function namesOf(host: string): string[] {
  if (host === '127.0.0.1' || host === 'localhost' || host === '::1') return LOOPBACK_NAMES;
  const addresses = isEveryAddress(host) ? externalAddresses(host) : [host];
  return [...LOOPBACK_NAMES, hostname(), ...addresses.map((address) => (address.includes(':') ? `[${address}]` : address))];
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Addresses of this machine that others can reach; those of a link alone (fe80::) need a zone, which no address of a page may name. */
function externalAddresses(host: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const isHeard = (address: string): boolean => (address.includes(':') ? host === '::' && !address.startsWith('fe80:') : true);
  return all.filter(({ internal, address }) => !internal && isHeard(address)).map(({ address }) => address);
}

function checkHostName(name: string): string {
  if (/^([a-z0-9-]+\.)*[a-z0-9-]+$/i.test(name) || /^\[[0-9a-f:]+\]$/i.test(name)) return name;
  throw new UserError(`--allow-host: expected a name as a browser shows it, without port or path, such as hub.example.org; got "${name}"`);
}
