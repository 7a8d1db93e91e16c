// facet generate RUN "a smiling young woman": faces of a trained run, from words.

import { requireNoFile } from '../../results/files/require-folder.ts';
import { findRun } from '../../results/runs/find.ts';
import { generateFaces } from '../../runner/faces/generate-faces.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHarmless } from '../harmless.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { createOrder, type GenerateOptions } from './create-order.ts';
import { chooseRun } from './describe-run.ts';
import { renderJson, renderText } from './render-result.ts';

export interface GenerateCommandOptions extends GenerateOptions {
  /** As findRun takes it. */
  run: string;
  results: string;
  json: boolean;
  /** The program that makes the faces. */
  maker: string;
}

/** Exits with 0 where the pictures are written, 1 where they could not be made, 130 on Ctrl-C. */
export async function generateCommand(options: GenerateCommandOptions): Promise<number> {
  requireNoFile(options.results);
  const run = chooseRun(findRun(options.results, options.run), options.fromEpoch);
  const { from, to, order } = createOrder(options, run);
  const { stop, release } = listenForStop();
  const status = options.json || !process.stdout.isTTY ? null : createStatusLine();
  try {
    const { folder, record } = run;
    const { maker } = options;
    const onPhase = (phase: string) => status?.show(makeHarmless(phase));
    const made = await generateFaces({ folder, record, maker, order, stop: stop.graceful, onPhase }).finally(() => status?.close());
    if (stop.graceful.aborted) return EXIT.interrupted;
    if ('problem' in made) {
      process.stderr.write(`${run.name}: no faces were made: ${makeHarmless(made.problem)}\n`);
      return EXIT.runFailed;
    }
    const result = { run, from, to, order, made };
    process.stdout.write(`${options.json ? renderJson(result) : renderText(result)}\n`);
    return EXIT.ok;
  } finally {
    release();
  }
}
