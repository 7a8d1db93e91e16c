// Says which runs go on with another backend than new ones, and which do not go on for want of theirs.

import { plural } from '../../experiment/units.ts';
import type { BackendChoice, BackendKind } from '../../machine/backend.ts';
import { KIND_WORDS } from '../../runner/plan/keep-backends.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';

/** One line for each kind of backend; none where all runs have today's. */
export function describeBackends(plan: readonly PlannedRun[], today: BackendChoice): string[] {
  const isAsked = today.reason.startsWith('FACET_BACKEND');
  const kept = count(plan.flatMap(({ backend }) => backend?.version ?? []));
  const left = count(plan.flatMap(({ needs }) => needs ?? []));
  return [
    ...[...kept].map(([version, runs]) => `${plural(runs, 'run')} ${go(runs)} on with ${version}, as begun, not ${today.version}.`),
    ...[...left].map(([kind, runs]) => {
      const why = isAsked ? `FACET_BACKEND asks for ${today.version}` : `here is only ${today.version}`;
      const how = isAsked ? 'Unset FACET_BACKEND' : SET_UP[kind];
      const which = runs === 1 ? 'it was' : 'they were';
      return `${plural(runs, 'run')} ${go(runs)} not on: ${which} trained on ${KIND_WORDS[kind]}, and ${why}. ${how}, or go on in other numbers with --change-backend.`;
    }),
  ];
}

const go = (runs: number) => (runs === 1 ? 'goes' : 'go');

function count<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const SET_UP: Record<BackendKind, string> = {
  'tensorflow cpu': 'Run `npm run setup`',
  'tensorflow cuda': 'Run `npm run setup -- --cuda` on a machine with an NVIDIA GPU, and give each run one',
  webgpu: 'Install a Vulkan driver',
  wasm: 'Set FACET_BACKEND=wasm',
};
