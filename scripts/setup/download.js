// Downloads one wheel with pip, so that the person's own indexes, proxies and certificates apply.

import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setUpCommand } from './locations.js';
import { asProblem, SetupProblem } from './problem.js';
import { runProgram } from './programs.js';

/** Any one will do: the C library inside is the same for all Python versions. */
const PYTHON_VERSION = '3.11';
const POLL_MS = 200;

/**
 * @param {{ pip: string[], requirement: string, sha256: string, platforms: string[], folder: string, onProgress: (done: number, total: number | null) => void }} job
 * folder: an empty one, for the wheel and for pip's temporary files
 * @returns {Promise<string>} path of the wheel
 */
export async function downloadWheel({ pip, requirement, sha256, platforms, folder, onProgress }) {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  let total = null;
  const poll = setInterval(() => onProgress(measureWheel(folder), total), POLL_MS);
  const { ok, stderr, stdout } = await runProgram(
    [
      ...pip,
      ...['download', '--no-deps', '--only-binary=:all:', '--python-version', PYTHON_VERSION, '--implementation', 'cp'],
      ...platforms.flatMap((platform) => ['--platform', platform]),
      ...['--no-cache-dir', '--progress-bar', 'off', '--dest', folder, requirement],
    ],
    {
      // Temporary files stay in the cache: /tmp can be small, and what a kill leaves here is removed with the folder.
      environment: { TMPDIR: temporary, PYTHONUNBUFFERED: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: '0' },
      onLine: (line) => {
        total = readAnnouncedBytes(line) ?? total;
      },
    },
  ).finally(() => clearInterval(poll));

  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!ok || !wheel) throw asProblem(explainFailure(requirement, stderr || stdout), folder);
  await checkHash(join(folder, wheel), sha256);
  return join(folder, wheel);
}

/** Throws a SetupProblem where the file is not the one that this version of Facet was made for. */
async function checkHash(path, expected) {
  const digest = createHash('sha256');
  for await (const bytes of createReadStream(path)) digest.update(bytes);
  const found = digest.digest('hex');
  if (found === expected) return;
  throw new SetupProblem(
    `${basename(path)} is not the wheel that Facet expects: its SHA-256 is ${found}, not ${expected}`,
    `Nothing of it was used. Run \`${setUpCommand()}\` again; if it stays so, use another package index (PIP_INDEX_URL).`,
  );
}

/** From pip's line `Downloading https://…/name.whl (274.3 MB)`. */
function readAnnouncedBytes(line) {
  const match = /Downloading .*\.whl.*\((\d+(?:\.\d+)?) ?([kMG]?)B\)/.exec(line);
  return match ? Number(match[1]) * { '': 1, k: 1e3, M: 1e6, G: 1e9 }[match[2]] : null;
}

/** pip writes a wheel into a folder of its own below its temporary folder first. */
function measureWheel(folder) {
  try {
    const wheels = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.whl'));
    return Math.max(0, ...wheels.map((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0));
  } catch {
    return 0; // pip is moving its folders about
  }
}

function explainFailure(requirement, output) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.some((line) => /No space left|Disk quota/i.test(line))) return new Error('ENOSPC');
  const errors = lines.filter((line) => line.startsWith('ERROR: ')).map((line) => line.slice('ERROR: '.length));
  const unreachable = lines
    .map(
      (line) =>
        /(Name or service not known|Network is unreachable|Connection refused|timed out|Temporary failure in name resolution|CERTIFICATE_VERIFY_FAILED)/i.exec(
          line,
        )?.[1],
    )
    .find(Boolean);
  const reason = errors.at(-1) ?? lines.at(-1) ?? 'no output';
  return new SetupProblem(
    `pip could not download ${requirement}: ${reason.replace(/\.$/, '')}${unreachable ? ` (package index: ${unreachable})` : ''}`,
    'Check the network, or point pip at a mirror with PIP_INDEX_URL.',
  );
}
