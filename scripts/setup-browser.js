// The tests open the dashboard in a real Chromium. Where there is none, this installs Debian's, if it may.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
if (!existsSync(path)) {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [command, ...rest] = [...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', 'chromium'];
  const can = spawnSync(asRoot[0] ?? 'apt-get', [...asRoot.slice(1), ...(asRoot.length ? ['true'] : ['--version'])]).status === 0;
  if (can) {
    console.log('Installing Chromium for the browser test (apt-get install chromium) …');
    spawnSync(asRoot[0] ?? 'apt-get', [...(asRoot.length ? ['-n', 'apt-get'] : []), 'update'], { stdio: 'ignore' });
    execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  } else {
    console.log(`No Chromium at ${path}: the browser test will fail. Install it (apt-get install chromium), or set CHROMIUM_PATH.`);
  }
}
