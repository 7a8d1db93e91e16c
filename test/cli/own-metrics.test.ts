import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeAll(() => {
  workplace = createWorkplace();
});
afterAll(() => workplace.remove());

it('keeps and shows the metrics of a trainer that has others than Facet, and lets no name reach the terminal as it is', async () => {
  workplace.trainers = ['own-metrics'];
  workplace.writeSweep(1);
  const { exitCode, all, stdout } = await workplace.facet('run', 'sweep.yaml');
  expect(exitCode, all).toBe(0);
  expect(all).not.toContain('\u001b[2J');
  expect(all).toMatch(
    /epoch 2\/2, accuracy 0\.500, evil\\u\{1b\}\[2J 2\.000, perplexity 4\.000, |epoch 2\/2, evil\\u\{1b\}\[2J 2\.000, perplexity 4\.000, /,
  );
  expect(stdout).toMatch(/^run +state +epochs +accuracy +evil\\u\{1b\}\[2J +perplexity +images\/s +time$/m);
  expect(stdout).toMatch(/ succeeded +2 +0\.500 +2\.000 +4\.000 +100 /);

  const status = await workplace.facet('status', 'sweep');
  expect(status.stdout).toMatch(/^run +state +epoch +accuracy +evil\S+ +perplexity +images\/s /m);
  const [run] = JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout).runs;
  expect(run).toMatchObject({ metrics: { accuracy: 0.5, perplexity: 4 }, lossD: null, lossG: null, problems: [] });
});
