import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { writeExampleGrid } from '../helpers/example-grids.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;
let outside: string;

beforeAll(async () => {
  dashboard = createTestDashboard();
  ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 4, stepsPerEpoch: 5, rows: 1, imageSize: 32 });
  const grid = { epoch: 1, step: 1, attributes: ['Male'], rows: 3, imageSize: 32, blur: 0 };
  await writeExampleGrid(join(dashboard.resultsRoot, 'tall', 'run'), grid);
  ids.tall = 'run';
  outside = mkdtempSync(join(tmpdir(), 'facet-outside-'));
  writeFileSync(join(outside, 'secret.png'), 'SECRET');
  writeFileSync(join(outside, 'secret.txt'), 'SECRET');
});

afterAll(() => {
  dashboard.remove();
  rmSync(outside, { recursive: true, force: true });
});

const samplePath = (label: string, file: string): string => `/experiments/attr-sweep/runs/${ids[label]}/samples/${file}`;
const folderOf = (label: string): string => join(dashboard.resultsRoot, 'attr-sweep', ids[label]!);
/** An address of every route of the app: one that is added is tried as well. */
const routes = (): string[] => {
  const addresses = dashboard.patterns.map((pattern) =>
    pattern
      .replace(':experiment', 'attr-sweep')
      .replace(/:run\b/, ids['two 1']!)
      .replace(/:file\{.*png\}/, '1.png')
      .replace(/:file\{.*patch\}/, 'code-0123abcd.patch'),
  );
  return [...addresses, '/api/experiments/attr-sweep/series?metric=lossG', '/api/experiments/attr-sweep/bands?metric=lossG', '/nothing'];
};

it('all routes of the dashboard are tried here, none of which is left as a pattern', () => {
  expect(routes().length).toBeGreaterThan(13);
  for (const address of routes()) expect(address).not.toMatch(/[:{}*]/);
  expect(dashboard.patterns.filter((pattern) => pattern.startsWith('/api/experiments/:experiment/')).length).toBeGreaterThanOrEqual(5);
});

describe('who may ask', () => {
  it.each(['127.0.0.1:7860', 'localhost:7860', 'LOCALHOST', '[::1]:7860', 'localhost:8000'])('%s may', async (host) => {
    expect((await dashboard.get('/', { headers: { host } })).status).toBe(200);
  });

  it.each(['evil.example', 'evil.example:7860', '127.0.0.1.evil.example', 'localhost.', '169.254.1.1', 'localhost@evil.example', '', ' '])(
    'a page under the name "%s" may not, on any route',
    async (host) => {
      for (const route of routes()) {
        const response = await dashboard.get(route, { headers: { host } });
        expect(response.status).toBe(403);
        expect(await response.text()).not.toContain('attr-sweep');
      }
    },
  );

  it('a request without a Host may not', async () => {
    expect((await dashboard.get('/', { headers: {} })).status).toBe(403);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('nobody may %s, on any route', async (method) => {
    for (const route of routes()) {
      const response = await dashboard.get(route, { method, headers: { host: 'localhost:7860' } });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it('HEAD answers as GET does, without a body', async () => {
    const response = await dashboard.get('/', { method: 'HEAD', headers: { host: 'localhost:7860' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('an action', () => {
  const addresses = (): string[] =>
    dashboard.actions.map((pattern) => pattern.replace(':experiment', 'attr-sweep').replace(/:run\b/, ids['two 1']!));
  const ownPage = { host: 'localhost:7860', origin: 'http://localhost:7860', 'sec-fetch-site': 'same-origin' };
  const statuses = (headers: Record<string, string>, from = dashboard): Promise<number[]> =>
    Promise.all(addresses().map(async (path) => (await from.get(path, { method: 'POST', headers, body: 'null' })).status));
  const all = (status: number): number[] => addresses().map(() => status);

  it('of every kind is tried here', () => {
    expect(addresses().length).toBeGreaterThanOrEqual(4);
    for (const address of addresses()) expect(address).not.toMatch(/[:{}*]/);
  });

  it.each([
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page of another server on this machine', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['a page whose origin is hidden', { origin: 'null' }],
    ['something that says no origin', { origin: '' }],
    ['a browser that says two things', { 'sec-fetch-site': 'cross-site' }],
    ['another machine', { host: '192.168.1.7:7860', origin: 'http://192.168.1.7:7860' }],
  ] as [string, Record<string, string>][])('is refused to %s', async (_case, headers) => {
    expect(await statuses({ ...ownPage, ...headers })).toEqual(all(403));
  });

  it('is refused to everybody where others are served, too', async () => {
    const served = createTestDashboard({ resultsRoot: dashboard.resultsRoot, canStop: false });
    expect(await statuses(ownPage, served)).toEqual(all(405));
  });

  it('comes from a page of its own, and is refused for what it says', async () => {
    for (const status of await statuses(ownPage)) expect([400, 404, 409]).toContain(status);
  });

  it('reads little', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(200_000) });
    for (const path of addresses()) {
      const { status } = await dashboard.get(path, { method: 'POST', headers: { ...ownPage, 'content-length': '200011' }, body });
      expect([path, status]).toEqual([path, 413]);
    }
  });
});

describe('a note on a run', () => {
  const path = (): string => `/api/experiments/attr-sweep/runs/${ids['two 1']}/note`;
  const post = (headers: Record<string, string>, body: string, to = path()): Promise<Response> =>
    dashboard.get(to, { method: 'POST', headers: { host: 'localhost:7860', ...headers }, body });
  const ownPage = { origin: 'http://localhost:7860', 'sec-fetch-site': 'same-origin' };
  const file = (): string => join(folderOf('two 1'), 'note.json');
  const wish = JSON.stringify({ text: 'good\u0007 hair', tags: ['paper', 'paper'] });

  it.each([
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page of another server on this machine', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['something that says no origin', {}],
    ['another machine', { host: '192.168.1.7:7860', origin: 'http://192.168.1.7:7860', 'sec-fetch-site': 'same-origin' }],
  ] as [string, Record<string, string>][])('is not written for %s', async (_case, headers) => {
    expect((await post(headers, wish)).status).toBe(403);
    expect(existsSync(file())).toBe(false);
  });

  it('is written for a page of its own, cleaned, and removed again', async () => {
    const written = await post(ownPage, wish);
    expect([written.status, await written.json()]).toEqual([200, { text: 'good hair', tags: ['paper'] }]);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ text: 'good hair', tags: ['paper'] });
    expect((await post(ownPage, JSON.stringify({ text: '', tags: [] }))).status).toBe(200);
    expect(existsSync(file())).toBe(false);
  });

  it.each(['', 'null', '[]', '{"text":"x"}', '{"text":1,"tags":[]}', '{"text":"x","tags":[1]}', '{"text":"x","tags":"a"}'])(
    'is not understood as %j',
    async (body) => {
      expect((await post(ownPage, body)).status).toBe(400);
    },
  );

  it('keeps its bounds, and is written only into a run that is one', async () => {
    expect((await post(ownPage, JSON.stringify({ text: 'x'.repeat(5000), tags: [] }))).status).toBe(409);
    expect((await post(ownPage, JSON.stringify({ text: '', tags: ['<b>'] }))).status).toBe(409);
    expect((await post({ ...ownPage, 'content-length': '90000' }, JSON.stringify({ text: 'x'.repeat(80_000), tags: [] }))).status).toBe(
      413,
    );
    for (const run of ['nothing', '%2e%2e', '..%2f..%2foutside', '.trash']) {
      expect((await post(ownPage, wish, `/api/experiments/attr-sweep/runs/${run}/note`)).status).toBeGreaterThanOrEqual(404);
    }
    expect(existsSync(join(dashboard.resultsRoot, 'attr-sweep', 'note.json'))).toBe(false);
    symlinkSync(outside, join(dashboard.resultsRoot, 'attr-sweep', 'linked'));
    expect((await post(ownPage, wish, '/api/experiments/attr-sweep/runs/linked/note')).status).toBe(404);
    rmSync(join(dashboard.resultsRoot, 'attr-sweep', 'linked'));
    expect(existsSync(join(outside, 'note.json'))).toBe(false);
  });
});

describe('stopping a sweep', () => {
  const path = '/api/experiments/attr-sweep/stop';
  const post = (headers: Record<string, string>, body: string, to = path): Promise<Response> =>
    dashboard.get(to, { method: 'POST', headers: { host: 'localhost:7860', ...headers }, body });
  const ownPage = { origin: 'http://localhost:7860', 'sec-fetch-site': 'same-origin' };
  const stopFile = (): string => join(dashboard.resultsRoot, 'attr-sweep', 'stop.json');
  const wish = async (): Promise<string> => {
    const { runner } = await (await dashboard.get('/api/experiments/attr-sweep/changes')).json();
    return JSON.stringify({ runner, kind: 'graceful' });
  };

  it.each([
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page of another server on this machine', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['a page under another name of this machine', { origin: 'http://127.0.0.1:7860', 'sec-fetch-site': 'cross-site' }],
    ['a page whose origin is hidden', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['something that says no origin', {}],
    ['something that only says where it was fetched from', { 'sec-fetch-site': 'same-origin' }],
    ['a browser that says two things', { ...ownPage, 'sec-fetch-site': 'cross-site' }],
    ['a link that was typed', { ...ownPage, 'sec-fetch-site': 'none' }],
  ] as [string, Record<string, string>][])('%s may not ask for it', async (_case, headers) => {
    expect((await post(headers, await wish())).status).toBe(403);
    expect(existsSync(stopFile())).toBe(false);
  });

  it('may not be asked for under a foreign name, even by a page of that name', async () => {
    const rebound = { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' };
    expect((await post(rebound, await wish())).status).toBe(403);
  });

  it.each(['', 'null', '[]', '{"kind":"graceful"}', '{"runner":7,"kind":"forced"}', '{"runner":"x","kind":"slowly"}', '{"__proto__":{}}'])(
    'is not understood as %j',
    async (body) => {
      expect((await post(ownPage, body)).status).toBe(400);
    },
  );

  it('answers to POST only, reads little, and finds only experiments that are listed', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status } = await dashboard.get(path, { method, headers: { host: 'localhost:7860', ...ownPage } });
      expect(status).toBe(method === 'GET' ? 404 : 405);
    }
    expect((await post({ ...ownPage, 'content-length': '5000' }, `{"runner":"${'x'.repeat(4000)}"}`)).status).toBe(413);
    for (const name of ['nothing', '%2e%2e', '..%2fattr-sweep', '.trash']) {
      expect((await post(ownPage, await wish(), `/api/experiments/${name}/stop`)).status).toBeGreaterThanOrEqual(404);
    }
  });

  it('reaches the runner that the page has seen, through a tunnel too, and no later one', async () => {
    const tunnel = { host: 'localhost:8000', origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' };
    const response = await post(tunnel, await wish());
    expect([response.status, await response.json()]).toEqual([200, { asked: 'graceful' }]);
    const lease = JSON.parse(readFileSync(join(dashboard.resultsRoot, 'attr-sweep', 'runner.json'), 'utf8'));
    expect(JSON.parse(readFileSync(stopFile(), 'utf8'))).toMatchObject({
      token: lease.token,
      kind: 'graceful',
      by: expect.stringMatching(/^the dashboard/),
    });
    rmSync(stopFile());

    expect((await post(ownPage, '{"runner":"0123456789abcdef","kind":"forced"}')).status).toBe(409);
    expect(existsSync(stopFile())).toBe(false);
  });

  it('is not shown the lease itself, with which anybody could write the request', async () => {
    const { token } = JSON.parse(readFileSync(join(dashboard.resultsRoot, 'attr-sweep', 'runner.json'), 'utf8'));
    for (const route of routes()) expect(await (await dashboard.get(route)).text()).not.toContain(token);
  });
});

describe('what a browser may do with an answer', () => {
  it('is limited on every route: own scripts and styles only, no frames, no guessing of types', async () => {
    for (const route of routes()) {
      const { headers } = await dashboard.get(route);
      const policy = headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('needs no inline script, style or handler', async () => {
    for (const route of routes().filter((path) => !/api|png|assets/.test(path))) {
      const html = await (await dashboard.get(route)).text();
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    }
  });
});

describe('pictures', () => {
  it('are kept by the browser for ever under an address that changes with them', async () => {
    const reply = await (await dashboard.get('/api/experiments/attr-sweep/changes')).json();
    const [epoch, version] = reply.runs.find(({ id }: { id: string }) => id === ids['two 1']).view.samples[0];
    const kept = await dashboard.get(`${samplePath('two 1', `${epoch}.png`)}?v=${version}`);
    expect(kept.headers.get('content-type')).toBe('image/png');
    expect(kept.headers.get('cache-control')).toContain('immutable');
    const bytes = Buffer.from(await kept.arrayBuffer());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    const other = await dashboard.get(`${samplePath('two 1', `${epoch}.png`)}?v=old`);
    expect(other.headers.get('cache-control')).toBe('no-cache');
  });

  it('are cut to their first rows where asked, every pixel as it is, and sent whole where that makes no sense', async () => {
    const whole = Buffer.from(await (await dashboard.get(samplePath('tall', '1.png').replace('attr-sweep', 'tall'))).arrayBuffer());
    const { default: sharp } = await import('sharp');
    const ask = async (rows: string) => dashboard.get(`${samplePath('tall', '1.png').replace('attr-sweep', 'tall')}?rows=${rows}`);
    const cut = await ask('1');
    expect(cut.headers.get('content-type')).toBe('image/webp');
    const area = { left: 0, top: 0, width: (await sharp(whole).metadata()).width, height: 36 };
    const pixels = await sharp(Buffer.from(await cut.arrayBuffer()))
      .removeAlpha()
      .raw()
      .toBuffer();
    expect(pixels.equals(await sharp(whole).extract(area).removeAlpha().raw().toBuffer())).toBe(true);
    for (const rows of ['0', '-1', '3', '99', 'x', '1e9', 'NaN', '']) {
      expect([rows, (await ask(rows)).headers.get('content-type')]).toEqual([rows, 'image/png']);
    }
  });

  it.each(['9.png', '0.png', '-1.png', '1.svg', '1.json', '..%2f..%2frun.json', '%2e%2e%2frun.json', '1.png%00', '999999999999.png'])(
    'are not found as %s',
    async (file) => {
      expect((await dashboard.get(samplePath('two 1', file))).status).toBe(404);
    },
  );

  it.each([
    '/experiments/..%2f..%2fetc/runs/x/samples/1.png',
    '/experiments/attr-sweep/runs/..%2fattr-sweep/samples/1.png',
    '/experiments/%2e%2e/runs/attr-sweep/samples/1.png',
    '/experiments/attr-sweep/runs/%2e/samples/1.png',
    '/experiments/..%2f',
    '/experiments/.',
    '/experiments/attr-sweep/runs/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/..%2f..%2fpackage.json',
    '/assets/abc/..%2fclient.js.map',
  ])('and nothing else can be had through %s', async (path) => {
    const response = await dashboard.get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toMatch(/root:|SECRET/);
  });
});

describe('links', () => {
  it('out of the folder are not followed: picture, samples, log, metrics, run, experiment', async () => {
    const replaceByLink = (path: string, target: string): void => {
      rmSync(path, { recursive: true, force: true });
      symlinkSync(target, path);
    };
    replaceByLink(join(folderOf('two 2'), 'samples', '000002.png'), join(outside, 'secret.png'));
    expect((await dashboard.get(samplePath('two 2', '2.png'))).status).toBe(404);
    expect((await dashboard.get(samplePath('two 2', '1.png'))).status).toBe(200);

    renameSync(join(folderOf('two 3'), 'samples'), join(outside, 'samples'));
    symlinkSync(join(outside, 'samples'), join(folderOf('two 3'), 'samples'));
    expect(existsSync(join(folderOf('two 3'), 'samples', '000001.png'))).toBe(true);
    expect((await dashboard.get(samplePath('two 3', '1.png'))).status).toBe(404);

    replaceByLink(join(folderOf('five 1'), 'log.txt'), join(outside, 'secret.txt'));
    expect(await (await dashboard.get(`/experiments/attr-sweep/runs/${ids['five 1']}`)).text()).not.toContain('SECRET');

    replaceByLink(join(folderOf('five 3'), 'metrics.jsonl'), join(folderOf('two 1'), 'metrics.jsonl'));
    const reply = await (await dashboard.get('/api/experiments/attr-sweep/changes')).json();
    expect(reply.runs.find(({ id }: { id: string }) => id === ids['five 3']).series).toMatchObject({ lastStep: 0, seconds: [] });
    expect(reply.summary).toContain('expected a plain file, found a link');

    renameSync(folderOf('ten 1'), join(outside, 'run'));
    symlinkSync(join(outside, 'run'), folderOf('ten 1'));
    expect((await dashboard.get(`/experiments/attr-sweep/runs/${ids['ten 1']}`)).status).toBe(404);
    expect((await dashboard.get(samplePath('ten 1', '1.png'))).status).toBe(404);

    mkdirSync(join(outside, 'experiment'));
    symlinkSync(join(outside, 'experiment'), join(dashboard.resultsRoot, 'linked'));
    expect((await dashboard.get('/experiments/linked')).status).toBe(404);
    expect(await (await dashboard.get('/')).text()).toContain('linked: a link, which is not followed');
  });

  it('written into experiment.json as run ids lead nowhere', async () => {
    const folder = join(dashboard.resultsRoot, 'hostile');
    mkdirSync(folder);
    const runs = ['../attr-sweep', '..', '', '.', 'a/b', '../../../etc'].map((id) => ({ id, axes: {} }));
    writeFileSync(join(folder, 'experiment.json'), JSON.stringify({ format: 1, name: 'hostile', runs }));
    const html = await (await dashboard.get('/experiments/hostile')).text();
    expect(html).toContain('this run is not read');
    expect(html).not.toContain('<tr id="row-');
  });

  it('are allowed for the results folder itself, which a user may keep on another disk', async () => {
    const { createStore } = await import('../../src/dashboard/store.ts');
    const link = join(outside, 'results');
    symlinkSync(dashboard.resultsRoot, link);
    const store = createStore(link);
    expect(store.readSample('attr-sweep', ids['two 1']!, 1)!.png.length).toBeGreaterThan(100);
  });
});

describe('faults of the dashboard itself', () => {
  it('are told to the terminal, not to the browser', async () => {
    const { createApp } = await import('../../src/dashboard/app.ts');
    const { createStore } = await import('../../src/dashboard/store.ts');
    const { TEST_ASSETS } = await import('../helpers/dashboard.ts');
    const told: unknown[] = [];
    const fault = new Error('disk on fire at /secret/place');
    const store = {
      ...createStore(dashboard.resultsRoot),
      openExperiment: () => Promise.reject(fault),
    };
    const app = createApp(store, { assets: TEST_ASSETS, onError: (error) => told.push(error) });
    const response = await app.request('http://localhost/experiments/attr-sweep', { headers: { host: 'localhost' } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/fire|secret|at .*\.ts/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(told).toEqual([fault]);
  });
});
