// The dashboard below a path of a proxy, as behind jupyter-server-proxy or nginx: a real small proxy, and every address of every page.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedDashboard, serveDashboard } from '../../src/dashboard/http/serve.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

const PREFIX = '/user/ann/proxy/7860';

let folder: string;
let run: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-proxy-'));
  writeFileSync(join(folder, 'client.js'), 'export {};');
  writeFileSync(join(folder, 'style.css'), 'body {}');
  run = (await writeExampleResults(join(folder, 'results'), { epochs: 1, stepsPerEpoch: 5, rows: 1, imageSize: 32 }))['two 1']!;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers below PREFIX alone. `strips`: takes it off, and names it in a header where `says`. */
function startProxy(target: string, { strips, says }: { strips: boolean; says: boolean }): Promise<{ origin: string; server: Server }> {
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url!.startsWith(PREFIX)) return void outgoing.writeHead(502).end('not below the proxy');
    const path = strips ? incoming.url!.slice(PREFIX.length) || '/' : incoming.url!;
    const headers = { ...incoming.headers, ...(says ? { 'x-forwarded-prefix': PREFIX } : {}) };
    const asked = request(new URL(path, target), { method: incoming.method, headers }, (response) => {
      outgoing.writeHead(response.statusCode!, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(asked);
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }));
  });
}

/** What a page leads to: links, assets, and what its script asks for. */
function addressesIn(html: string): string[] {
  const found = [...html.matchAll(/ (?:href|src|data-changes|data-stop|data-samples|data-root)="([^"]+)"/g)].map(([, address]) => address!);
  return found
    .map((address) => address.replaceAll('&amp;', '&'))
    .filter((address) => !address.startsWith('data:') && !address.startsWith('#'));
}

describe.each([
  ['takes the path off and says nothing', { strips: true, says: false }, {}],
  ['takes the path off and names it', { strips: true, says: true }, {}],
  ['leaves the path and names it', { strips: false, says: true }, {}],
  ['leaves the path, as --base-path says', { strips: false, says: false }, { basePath: `${PREFIX}/` }],
])('behind a proxy that %s', (_case, kind, options) => {
  let served: ServedDashboard;
  let proxy: Awaited<ReturnType<typeof startProxy>>;

  beforeAll(async () => {
    served = await serveDashboard({ resultsRoot: join(folder, 'results'), assets: folder, port: 0, ...options });
    proxy = await startProxy(served.url, kind);
    return async () => {
      proxy.server.close();
      await served.close();
    };
  });

  it('every link, asset and question of every page stays below it', async () => {
    for (const path of ['/', '/experiments/attr-sweep', `/experiments/attr-sweep/runs/${run}`, '/nothing', '/experiments/no/such/page']) {
      const page = `${proxy.origin}${PREFIX}${path}`;
      const addresses = addressesIn(await (await fetch(page)).text());
      expect(addresses.length).toBeGreaterThan(4);
      for (const address of addresses) {
        const url = new URL(address, page);
        expect([address, url.href.startsWith(`${proxy.origin}${PREFIX}/`)]).toEqual([address, true]);
        if (!/samples$|stop$|experiments\/attr-sweep$/.test(address)) expect([address, (await fetch(url)).status]).toEqual([address, 200]);
      }
    }
  });

  it('the path alone leads to the page', async () => {
    if (kind.strips) return; // the proxy has made a slash of it
    const response = await fetch(`${proxy.origin}${PREFIX}`);
    expect([response.url, response.status]).toEqual([`${proxy.origin}${PREFIX}/`, 200]);
  });
});

it('a path that is none is refused in one line', async () => {
  for (const basePath of ['proxy', '/a b', 'http://x/y', '/a//b', '/"><script>']) {
    const refused = serveDashboard({ resultsRoot: folder, assets: folder, port: 0, basePath });
    await expect(refused).rejects.toThrow(/^--base-path: expected a path such as \/proxy\/7860, got/);
  }
});
