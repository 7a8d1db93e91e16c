// The tests open the dashboard in a real Chromium, compute on WebGPU with its software GPU through the Vulkan loader, and run sweeps on a
// real SLURM, which they start themselves as root. Where one of these is missing, this installs Debian's packages, if it may.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const loaders = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1', '/usr/lib64/libvulkan.so.1'];
const hasSlurm = process.getuid?.() !== 0 || ['slurmctld', 'slurmd', 'munged'].every((name) => existsSync(`/usr/sbin/${name}`));
const packages = [
  ...(existsSync(chromium) ? [] : ['chromium']),
  ...(loaders.some(existsSync) ? [] : ['libvulkan1']),
  ...(hasSlurm ? [] : ['slurm-wlm', 'munge']),
];

if (packages.length > 0) {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const run = (stdio, ...words) => spawnSync([...prefix, ...words][0], [...prefix, ...words].slice(1), { stdio }).status === 0;
  console.log(`Installing ${packages.join(' and ')} for the tests …`);
  const installed =
    run('ignore', 'apt-get', 'update') &&
    run(['ignore', 'ignore', 'inherit'], 'apt-get', 'install', '-y', '--no-install-recommends', ...packages);
  if (!installed)
    console.log(
      `Could not install them: their tests will fail, or be skipped. Install them yourself: apt-get install ${packages.join(' ')}`,
    );
}
