import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDashboard } from '../../src/dashboard/http/serve.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-serve-'));
  writeFileSync(join(folder, 'client.js'), 'export {};');
  writeFileSync(join(folder, 'style.css'), 'body {}');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serve = (port: number) => serveDashboard({ resultsRoot: join(folder, 'none'), assets: folder, port });

describe('the served dashboard', () => {
  it('answers on 127.0.0.1 and is gone once closed', async () => {
    const served = await serve(0);
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await fetch(served.url)).status).toBe(200);
    await served.close();
    await expect(fetch(served.url)).rejects.toThrow();
  });

  it.each([
    ['says nothing', ''],
    ['stops within the head', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['stops within the body', 'POST /api/experiments/x/stop HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{'],
  ])('closes a connection that %s, and goes on to answer others', async (_, said) => {
    const patience = { headMs: 100, requestMs: 200, silenceMs: 300, lookMs: 50 };
    const served = await serveDashboard({ resultsRoot: join(folder, 'none'), assets: folder, port: 0, patience });
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(said);
    await once(socket, 'close');
    expect((await fetch(served.url)).status).toBe(200);
    await served.close();
  });

  it('cannot be reached from another machine', async () => {
    const served = await serve(0);
    const port = Number(new URL(served.url).port);
    const addresses = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter((each) => !each.internal && each.family === 'IPv4'),
    );
    for (const { address } of addresses) await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
    await served.close();
  });

  it('lets nobody stop a sweep where other machines may ask', async () => {
    const served = await serveDashboard({ resultsRoot: join(folder, 'none'), assets: folder, port: 0, host: '0.0.0.0' });
    const origin = `http://127.0.0.1:${new URL(served.url).port}`;
    const response = await fetch(`${origin}/api/experiments/x/stop`, { method: 'POST', headers: { origin }, body: '{}' });
    expect(response.status).toBe(405);
    await served.close();
  });

  it('prints an address that works for every address of this machine, and those for other machines', async () => {
    const served = await serveDashboard({ resultsRoot: join(folder, 'none'), assets: folder, port: 0, host: '0.0.0.0' });
    for (const url of [served.url, ...served.otherUrls]) expect([url, (await fetch(url)).status]).toEqual([url, 200]);
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    await served.close();
    const own = await serve(0);
    expect(own.otherUrls).toEqual([]);
    await own.close();
  });

  it("answers under a name of one's own where that is allowed, and lets nobody stop a sweep under it", async () => {
    const served = await serveDashboard({ resultsRoot: join(folder, 'none'), assets: folder, port: 0, allowedHosts: ['Hub.example.org'] });
    const ask = (method: string, host: string, path: string): Promise<number | undefined> =>
      new Promise((done) => {
        const headers = { Host: host, Origin: `https://${host}`, 'Sec-Fetch-Site': 'same-origin' };
        request(served.url + path, { method, headers }, (response) => done(response.resume().statusCode)).end();
      });
    expect(await ask('GET', 'hub.example.org', '')).toBe(200);
    expect(await ask('GET', 'example.org', '')).toBe(403);
    expect(await ask('POST', 'hub.example.org', 'api/experiments/x/stop')).toBe(403);
    expect(await ask('POST', 'localhost', 'api/experiments/x/stop')).toBe(404);
    await served.close();
    for (const name of ['', '*', 'a b', 'x:80', 'http://x', 'x/y']) {
      const refused = serveDashboard({ resultsRoot: folder, assets: folder, port: 0, allowedHosts: [name] });
      await expect(refused).rejects.toThrow(/^--allow-host: expected a name/);
    }
  });

  it('refuses a foreign name also over a real connection', async () => {
    const served = await serve(0);
    const status = await new Promise((done) => {
      request(served.url, { headers: { Host: 'evil.example' } }, (response) => done(response.resume().statusCode)).end();
    });
    expect(status).toBe(403);
    await served.close();
  });

  it('takes the next port only where none was asked for, and refuses one that is taken in one line', async () => {
    const { first: port, release } = await occupyPorts(1);
    await expect(serve(port)).rejects.toThrow(
      new RegExp(
        `^The dashboard could not listen on 127\\.0\\.0\\.1, port ${port}: another program listens there \\(EADDRINUSE\\); choose another port with --port$`,
      ),
    );
    await release();
    const open = () => serveDashboard({ resultsRoot: join(folder, 'none'), assets: folder });
    const [first, second] = [await open(), await open()];
    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(new URL(first.url).port));
    await Promise.all([first.close(), second.close()]);
  });

  it('says in one line that an address is not one of this machine', async () => {
    const elsewhere = serveDashboard({ resultsRoot: folder, assets: folder, host: '203.0.113.7', port: 0 });
    await expect(elsewhere).rejects.toThrow(/^The dashboard could not listen on 203\.0\.113\.7.*; choose another address with --host$/);
  });
});

/** Listens on ports that follow one another, wherever so many are free. */
async function occupyPorts(count: number): Promise<{ first: number; last: number; release: () => Promise<unknown> }> {
  for (;;) {
    const servers = [await listen(0)];
    const first = (servers[0]!.address() as AddressInfo).port;
    const release = (): Promise<unknown> => Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    try {
      while (servers.length < count) servers.push(await listen(first + servers.length));
      return { first, last: first + count - 1, release };
    } catch {
      await release(); // one of them is somebody else's, or beyond the last
    }
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer()
      .once('error', fail)
      .listen(port, '127.0.0.1', () => done(server));
  });
}
