// Faces made from the page of a run: a real run, the real process and a real Chromium.

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readExperiment } from '../../src/results/read.ts';
import { findFaults } from '../helpers/axe.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';

const SENTENCE = 'a smiling womn with glasses and a hat xyzzy';

let folder: string;
let cli: string;
let dashboard: ReturnType<typeof facet>;
let origin: string;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-generate-page-'));
  cli = join(await ensureBuilt(), 'cli.js');
  writeFileSync(
    join(folder, 'faces.yaml'),
    `name: faces
attributes: [Male, Smiling, Eyeglasses, Young]
dataset: {source: synthetic, images: 96, imageSize: 32}
model: {width: 8}
training: {epochs: 1, batchSize: 48, seed: 1}
augmentation: {rotations: [180], rotationProbability: 0.3}
evaluation: {oracle: false, pictures: 64, finalPictures: 64}
samples: {rows: 1}
sweep: {grid: {training.seed: [1, 2]}}
`,
  );
  const { exitCode, all } = await facet('run', 'faces.yaml');
  expect(exitCode, all).toBe(0);
  dashboard = facet('dashboard', '--port', '0');
  const [line] = await dashboard.stdout.take(1).toArray();
  origin = new URL(/http:\S+/.exec(String(line))![0]).origin;
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, origin);
  page = watched.page;
});

afterAll(async () => {
  await browser?.close();
  dashboard?.kill('SIGKILL');
  await dashboard;
  rmSync(folder, { recursive: true, force: true });
});

function facet(...args: string[]) {
  return execa(process.execPath, [cli, ...args], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow' },
  });
}

/** As a person types it. */
function runCommand(command: string) {
  const env = { FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow' };
  return execa('bash', ['-c', command], { cwd: folder, reject: false, all: true, env });
}

/** Asks for faces of the first run as its page does. */
function ask(body: string, { at = origin }: { at?: string } = {}): Promise<Response> {
  const headers = { origin: at };
  return fetch(`${at}/api/experiments/faces/runs/${run().id}/faces`, { method: 'POST', headers, body });
}

const run = (index = 0) => readExperiment(join(folder, 'results'), 'faces').runs[index]!;
const addressOf = (index = 0) => `${origin}/experiments/faces/runs/${run(index).id}`;
const switchOf = (name: string) => page.locator(`[data-name="${name}"] :checked`).inputValue();
const conditions = () => page.locator('#faces canvas').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')!));
const pixels = () => page.locator('#faces canvas').evaluateAll((all) => all.map((each) => (each as HTMLCanvasElement).toDataURL()));
const status = () => page.locator('#face-status').textContent();
/** The processes that make faces below the dashboard. */
const makers = () =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`generate.js\0${join(folder, 'results')}`);
    } catch {
      return false;
    }
  });

/** The file that a press on PNG saves, and the one that the command on the page writes. */
async function saveBoth(): Promise<[Buffer, Buffer]> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the faces as PNG' }).click();
  const saved = readFileSync(await (await download).path());
  const command = (await page.locator('#face-command').textContent())!;
  const out = join(folder, 'by-command.png');
  const { exitCode, all } = await runCommand(`${command} --out ${out}`);
  expect(exitCode, all).toBe(0);
  return [saved, readFileSync(out)];
}

it('reads a sentence into the switches, says what it does not use, and shows the faces that the command makes', async () => {
  await page.goto(addressOf());
  await page.locator('#face-text').fill(SENTENCE);
  await expect.poll(() => switchOf('Smiling')).toBe('1');
  expect(await Promise.all(['Male', 'Eyeglasses', 'Young', 'rotate_180'].map(switchOf))).toEqual(['0', '1', '', '']);
  expect(await page.locator('#face-read li').allTextContents()).toEqual([
    'Smiling yes "smiling"',
    'Male no "womn"',
    'Eyeglasses yes "glasses"',
    'Wearing_Hat yes "hat", not trained on',
    'This run was never trained on Wearing_Hat: it cannot show that.',
    '"womn" was read as "woman".',
    'Not understood: "xyzzy".',
  ]);
  expect(makers()).toEqual([]);
  await page.locator('#face-count').fill('6');
  await page.locator('#face-seed').fill('7');
  await page.locator('#face-text').press('Enter');
  await page.locator('#faces canvas').nth(5).waitFor({ timeout: 60_000 });
  expect(await page.locator('.face-facts').textContent()).toMatch(/^Smiling, Eyeglasses, not Male · 6 pictures, seed 7, of epoch 1 /);
  expect((await conditions())[0]).toMatch(/^Face 1: asks for .*Smiling/);
  expect(new Set(await pixels()).size).toBe(6);
  const [saved, made] = await saveBoth();
  expect(saved.equals(made)).toBe(true);
  expect(await page.locator('#face-command').textContent()).toContain(`'${SENTENCE}' --count 6 --seed 7`);
});

it('changes what a switch says and nothing else of the faces, with the same process', async () => {
  const [pid, ...others] = makers();
  expect(others).toEqual([]);
  const [before, picturesBefore] = [await conditions(), await pixels()];
  await page.locator('[data-name="Eyeglasses"]').getByLabel('off').check();
  await expect.poll(() => page.locator('#face-command').textContent(), { timeout: 60_000 }).toContain('--change Eyeglasses=0');
  const without = (texts: string[]) => texts.map((text) => ['Male', 'Smiling', 'Young'].map((name) => text.split(';')[0]!.includes(name)));
  expect(without(await conditions())).toEqual(without(before));
  for (const text of await conditions()) expect(text.split(';')[0]).not.toContain('Eyeglasses');
  expect(await pixels()).not.toEqual(picturesBefore);
  const [saved, made] = await saveBoth();
  expect(saved.equals(made)).toBe(true);
  await page.locator('[data-name="Eyeglasses"]').getByLabel('on', { exact: true }).check();
  await expect.poll(() => page.locator('#face-command').textContent(), { timeout: 60_000 }).not.toContain('--change');
  expect(await pixels()).toEqual(picturesBefore);
  expect(makers()).toEqual([pid]);
});

it('names a command that makes the same file, whatever was written and switched', async () => {
  const wishes = [
    { text: 'smiling man', fixed: { Smiling: 1 }, change: {} },
    { text: 'a woman\'s $(touch x) "face"\n; `exit` \\ *\u0007', fixed: { Male: 0, Young: 0 }, change: { rotate_180: 1 } },
    { text: '--help smiling', fixed: { Smiling: 1 }, change: {} },
    { text: 'a man upside down', fixed: { Male: 1, rotate_180: 0 }, change: {} },
  ];
  await Promise.all(
    wishes.map(async (wish, i) => {
      const body = JSON.stringify({ ...wish, count: 3, seed: i });
      const { faces } = await (await ask(body)).json();
      const out = join(folder, `wish-${i}.png`);
      const { exitCode, all } = await runCommand(`${faces.command} --out ${out}`);
      expect(exitCode, all).toBe(0);
      expect([wish.text, readFileSync(out).equals(Buffer.from(faces.png, 'base64'))]).toEqual([wish.text, true]);
    }),
  );
  expect(readdirSync(folder)).not.toContain('x');
});

it('keeps its settings in the address, and what is written changes only the switches that it speaks of', async () => {
  await page.locator('[data-name="Young"]').getByLabel('off').check();
  await expect.poll(() => page.locator('#face-command').textContent(), { timeout: 60_000 }).toContain('--change Young=0');
  const shown = await pixels();
  await page.reload();
  expect(await page.locator('#face-text').inputValue()).toBe(SENTENCE);
  expect(await Promise.all(['Male', 'Smiling', 'Young', 'rotate_180'].map(switchOf))).toEqual(['0', '1', '0', '']);
  await page.locator('#face-make').click();
  await page.locator('#faces canvas').nth(5).waitFor({ timeout: 60_000 });
  expect(await pixels()).toEqual(shown);
  await page.locator('#face-text').fill('a man, upside down');
  await expect.poll(() => switchOf('Male')).toBe('1');
  expect(await Promise.all(['Smiling', 'Eyeglasses', 'Young', 'rotate_180'].map(switchOf))).toEqual(['', '', '0', '1']);
});

it('has no faults of accessibility, wide and narrow', async () => {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    expect([viewport.width, await findFaults(page)]).toEqual([viewport.width, []]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(watched.faults).toEqual([]);
});

it('says in a line what went wrong: a process that is gone, a damaged checkpoint, a run that was removed', async () => {
  const [pid] = makers();
  process.kill(Number(pid), 'SIGSTOP'); // so that it is at work when it is killed
  await page.locator('#face-others').click();
  await expect.poll(status).toBe('Making faces …');
  process.kill(Number(pid), 'SIGKILL');
  await expect.poll(status, { timeout: 60_000 }).toMatch(/^$|^No faces were made: its process ended with SIGKILL$/);

  await page.goto(addressOf(1));
  const { path } = listCheckpoints(run(1).folder)[0]!;
  const whole = readFileSync(path);
  truncateSync(path, 1000);
  await page.locator('#face-make').click();
  await expect.poll(status, { timeout: 60_000 }).toMatch(/^No faces were made: \S+safetensors .*$/);
  expect(await status()).not.toContain('\n');
  writeFileSync(path, whole);
  await page.locator('#face-make').click();
  await page.locator('#faces canvas').nth(15).waitFor({ timeout: 60_000 });
  expect(makers()).toHaveLength(1);

  const aside = join(folder, 'aside');
  mkdirSync(aside);
  const { folder: gone } = run(1);
  renameSync(gone, join(aside, 'run'));
  await page.locator('#face-make').click();
  await expect.poll(status).toBe('No faces were made: there is no such run');
  renameSync(join(aside, 'run'), gone);
});

it('lets nobody wait for a page that was closed', async () => {
  const body = JSON.stringify({ text: '', fixed: {}, change: {}, count: 1, seed: 1 });
  const [pid] = makers();
  process.kill(Number(pid), 'SIGSTOP');
  const closed = request(`${origin}/api/experiments/faces/runs/${run().id}/faces`, { method: 'POST', headers: { origin } });
  closed.on('error', () => {});
  closed.end(body);
  await once(closed, 'finish');
  await fetch(origin); // what was sent before it has arrived
  const behind = ask(body);
  closed.destroy();
  expect((await behind).status).toBe(200);
  expect(makers()).not.toContain(pid);
});

it('leaves no process behind, however the dashboard ends', async () => {
  expect(makers()).toHaveLength(1);
  dashboard.kill('SIGKILL');
  await dashboard;
  await expect.poll(makers, { timeout: 30_000 }).toEqual([]);
  dashboard = facet('dashboard', '--port', '0');
  const [line] = await dashboard.stdout.take(1).toArray();
  const url = new URL(/http:\S+/.exec(String(line))![0]).origin;
  const body = JSON.stringify({ text: '', fixed: {}, change: {}, count: 1, seed: 1 });
  expect((await ask(body, { at: url })).status).toBe(200);
  expect(makers()).toHaveLength(1);
  dashboard.kill('SIGTERM');
  expect((await dashboard).exitCode).toBe(0);
  expect(makers()).toEqual([]);
});
