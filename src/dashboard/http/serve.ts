// Serves the app on a port of this machine.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { UserError } from '../../experiment/user-error.ts';
import { codeOf, describeSystemError } from '../../results/errors.ts';
import { createApp } from '../app.ts';
import { createStore } from '../store.ts';
import { readAssets } from './assets.ts';
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
  onError?: (error: unknown) => void;
}

export interface ServedDashboard {
  url: string;
  /** Closes open connections too. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 7860;
const PORTS_TO_TRY = 20;

/** Serves until it is closed. Throws a UserError where no port can be bound. */
export async function serveDashboard({ resultsRoot, assets, host = '127.0.0.1', port, onError }: ServeOptions): Promise<ServedDashboard> {
  if (host.trim() === '') throw new UserError('--host: expected an address of this machine, got nothing'); // Node would listen on all addresses
  const hostNames = namesOf(host);
  const canStop = hostNames === LOOPBACK_NAMES; // other machines may look, and not stop
  const app = createApp(createStore(resolve(resultsRoot)), { assets: readAssets(assets), hostNames, canStop, onError });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await listen(server, host, port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address ? address.port : (port ?? DEFAULT_PORT);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

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
  const isEveryAddress = host === '0.0.0.0' || host === '::';
  const addresses = isEveryAddress
    ? Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address))
    : [host];
  return [...LOOPBACK_NAMES, hostname(), ...addresses.map((address) => (address.includes(':') ? `[${address}]` : address))];
}
