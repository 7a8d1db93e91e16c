// Stands in for python3 and pip3: pip takes wheels from $FAKE_WHEELS instead of the network, everything else is the real
// Python. $FAKE_PIP, as JSON, says what goes wrong; every download is noted in $FAKE_LOG.
//   noModule: there is no pip module      fail: {<name>: <what pip prints>}      stall: stop in the middle of <name>

import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const faults = JSON.parse(process.env.FAKE_PIP ?? '{}');
const isInstaller = basename(process.argv[1]).startsWith('pip');
const args = process.argv.slice(2);
if (isInstaller) pip(args);
else if (args[0] === '-c')
  console.log(faults.noModule ? 'False' : 'True'); // whether there is a pip module
else if (args[0] === '-m' && args[1] === 'pip') pip(args.slice(2));
else process.exit(spawnSync(process.env.REAL_PYTHON, args, { stdio: 'inherit' }).status ?? 1);

function pip(options) {
  const requirement = options.at(-1);
  const name = /^[\w-]+/.exec(requirement)[0];
  appendFileSync(process.env.FAKE_LOG, `download ${requirement}\n`);
  if (faults.fail?.[name]) fail(faults.fail[name]);
  const wheel = readdirSync(process.env.FAKE_WHEELS).find((file) => file.startsWith(`${name.replaceAll('-', '_')}-`));
  const destination = options[options.indexOf('--dest') + 1];
  const temporary = join(process.env.TMPDIR, 'pip-unpack-1');
  mkdirSync(temporary, { recursive: true });
  const bytes = readFileSync(join(process.env.FAKE_WHEELS, wheel));
  console.log(`Downloading https://example.org/${wheel} (${(bytes.length / 1000).toFixed(1)} kB)`);
  if (faults.stall === name) {
    writeFileSync(join(temporary, wheel), bytes.subarray(0, bytes.length / 2));
    appendFileSync(process.env.FAKE_LOG, `stalled ${process.pid}\n`);
    setInterval(() => {}, 1000);
    return;
  }
  writeFileSync(join(temporary, wheel), bytes);
  setTimeout(() => {
    copyFileSync(join(temporary, wheel), join(destination, wheel));
    console.log(`Saved ${join(destination, wheel)}`);
  }, faults.delayMs ?? 0);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
