// argv -> command. The only place that decides the exit code. Loads a command when it is called.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT } from './cli/exit-codes.ts';
import { findTrainer } from './cli/find-trainer.ts';
import { ignoreStrayHangups } from './cli/hangup.ts';
import { CACHE_PARTS } from './cli/housekeeping/cache-parts.ts';
import { handleSuspension } from './cli/suspension.ts';
import { explainError } from './cli/text/explain-error.ts';
import { UserError } from './experiment/user-error.ts';
import { defaultResults } from './results/commands.ts';
import { EXPORT_FORMATS } from './results/export/formats.ts';
import { ORDERS, type Order } from './runner/plan/order.ts';

const collect = (value: string, values: string[]): string[] => [...values, value];

/** A file of this build; the bundles of the trainer and of the dashboard's client lie beside the bundle of this file. */
const builtFile = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What trains a run, and what makes the oracle that judges it; null with a trainer of somebody else, which has no use for one. */
function findPrograms(): { trainer: string; oracleMaker: string | null } {
  const own = builtFile('./model/main.js');
  const trainer = findTrainer(own);
  return { trainer, oracleMaker: trainer === own ? builtFile('./model/oracle.js') : null };
}

/** FACET_GRACE_SECONDS: how long a run may take to finish its step and save when it is stopped. */
const graceMs = (): number => {
  const seconds = Number(process.env.FACET_GRACE_SECONDS || 60);
  if (seconds >= 0 && seconds <= 86_400) return seconds * 1000;
  throw new UserError(`FACET_GRACE_SECONDS: expected a number of seconds from 0 to 86400, got "${process.env.FACET_GRACE_SECONDS}"`);
};

function createProgram(exit: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(join(FACET_ROOT, 'package.json'), 'utf8'));
  const program = new Command('facet')
    .description('Declarative experiment runner for conditional face GANs.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(facet --help lists the commands and options)')
    .exitOverride();

  const addFileOptions = (command: Command): Command =>
    command.option('--set <path=value>', 'override a field of the file, such as training.epochs=2; may be repeated', collect, []);
  const addResultsOption = (command: Command): Command =>
    command.option('--results <folder>', 'where results are kept; FACET_RESULTS names another default', defaultResults());
  const addRetryOption = (command: Command): Command =>
    command
      .option('--retry-failed', 'also go on with the runs that failed', false)
      .option('--no-reuse', 'train also what an equal run of another experiment in these results has trained already');
  const createOrderOption = (): Option =>
    new Option('--order <order>', 'seeds: the first seed of every point before the second of any; file: as the file lists them')
      .choices(ORDERS)
      .default('seeds' satisfies Order);

  addRetryOption(addResultsOption(addFileOptions(program.command('run').argument('<file>', 'an experiment file'))))
    .description('train every run of an experiment that is not done yet')
    .option('--fresh', 'redo all runs from nothing; their folders so far are moved to .trash in the experiment folder', false)
    .addOption(new Option('--executor <where>', 'where the runs are carried out, whatever the file says').choices(['local', 'slurm']))
    .option('--gpus <list>', 'the GPUs to use: their numbers or uuids, such as 0,2; by default all')
    .addOption(createOrderOption())
    .option('--change-backend', 'go on with runs whose backend is not here on the one that is; their last bits change', false)
    .option('--take-over', 'take the experiment from a process on a machine, or in a container, that is gone for good', false)
    .option(
      '--only <run>',
      'only this run of the sweep, also where it has failed: its id or the beginning of it; may be repeated. A process at work on the sweep is asked to start it',
      collect,
      [],
    )
    .option('--attach', 'where another runner is at work on the experiment, show its progress until it ends', false)
    .option('--after <experiment>', 'wait until the runner of this one has ended, however its runs have, and start then')
    .addOption(
      new Option(
        '--detach',
        'leave the sweep to a process that survives this terminal, with its output in a log; returns once it has begun',
      )
        .default(false)
        .conflicts('attach'),
    )
    .action(async (file, { executor, ...options }) => {
      const { runCommand } = await import('./cli/commands/run.ts');
      const set = executor === undefined ? options.set : [...options.set, `execution.executor=${executor}`];
      exit(await runCommand({ file, ...options, set, ...findPrograms(), bundles: builtFile('.'), graceMs: graceMs(), version }));
    });

  addRetryOption(addResultsOption(addFileOptions(program.command('plan').argument('<file>', 'an experiment file'))))
    .description('show what `facet run` would do, and start nothing')
    .option('--json', 'print JSON', false)
    .option('--limit <runs>', 'show at most so many runs; 0 shows all', parseWhole, 200)
    .addOption(createOrderOption())
    .action(async (file, options) => {
      const { planCommand } = await import('./cli/commands/plan.ts');
      exit(await planCommand({ file, ...options }));
    });

  addResultsOption(program.command('status').argument('[experiment]', 'its name, folder or file; by default all of them'))
    .description('tell how far an experiment and each of its runs is')
    .option('--json', 'print JSON', false)
    .option('--watch', 'go on until nobody is at work any more', false)
    .option('--machine', 'tell instead who has which cores and cards of this machine, in whatever results', false)
    .action(async (experiment, options) => {
      if (options.machine) {
        const { machineStatusCommand } = await import('./cli/commands/machine-status.ts');
        return exit(machineStatusCommand(options));
      }
      const { statusCommand } = await import('./cli/commands/status.ts');
      exit(await statusCommand({ experiment, ...options }));
    });

  addResultsOption(program.command('list').argument('[experiments...]', 'their names, folders or files; by default all of them'))
    .description('list runs across experiments, with filters')
    .option('--state <state>', 'only those in this state, such as succeeded, or failed for every failure; may be repeated', collect, [])
    .option('--tag <tag>', 'only those with this tag; may be repeated', collect, [])
    .option(
      '--where <condition>',
      "only those whose configuration is so, such as dataset.source=synthetic or 'width>=64'; may be repeated",
      collect,
      [],
    )
    .option('--sort <metric>', 'the best by this metric first; or newest; with - in front the other way round')
    .option('--limit <runs>', 'show at most so many runs; 0 shows all', parseWhole, 100)
    .option('--json', 'print JSON, with the configuration of each run', false)
    .action(async (experiments, options) => {
      const { listCommand } = await import('./cli/runs/list-command.ts');
      exit(listCommand({ experiments, ...options }));
    });

  addResultsOption(program.command('compare').argument('<experiments...>', 'their names, folders or files'))
    .description('compare the points of sweeps: mean and deviation over the seeds of each, last and best checkpoint')
    .option('--by <field>', 'group the runs by this field alone, such as model.width, and average over the others')
    .option('--json', 'print JSON', false)
    .option('--csv', 'print CSV, with every metric', false)
    .action(async (experiments, options) => {
      const { compareCommand } = await import('./cli/commands/compare.ts');
      exit(await compareCommand({ experiments, ...options }));
    });

  addResultsOption(program.command('export').argument('<experiment>', 'its name, folder or file'))
    .description('write the runs of an experiment as tables or for TensorBoard')
    .addOption(
      new Option('--to <format>', 'csv, parquet: runs and records; tensorboard: event files with sample grids')
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option('--out <folder>', 'a new folder; by default <experiment>-<format> here')
    .option('--former', 'also the runs that the file no longer asks for', false)
    .option('--overwrite', 'replace an export that is there', false)
    .action(async (experiment, options) => {
      const { exportCommand } = await import('./cli/export/command.ts');
      exit(await exportCommand({ experiment, ...options, version }));
    });

  addResultsOption(program.command('report').argument('<experiment>', 'its name, folder or file'))
    .description('write an experiment as one HTML file that opens without a server and without a network')
    .option('--out <file>', 'a new file; by default <experiment>-report.html here')
    .option('--overwrite', 'replace a file that is there', false)
    .action(async (experiment, options) => {
      const { reportCommand } = await import('./cli/report/command.ts');
      exit(await reportCommand({ experiment, ...options, assets: builtFile('./dashboard'), version }));
    });

  addResultsOption(program.command('logs').argument('<run>', 'its id, the beginning of its id or hash, <experiment>/<id>, or its folder'))
    .description('print what a run has printed, in all its attempts')
    .option('-f, --follow', 'go on until the run has ended', false)
    .action(async (run, options) => {
      const { logsCommand } = await import('./cli/commands/logs.ts');
      exit(await logsCommand({ run, ...options }));
    });

  addResultsOption(program.command('note').argument('<run>', 'named as for logs').argument('[text...]', 'in place of the text so far'))
    .description('write a note on a run, or tags, or show them')
    .option('--tag <tag>', 'put a tag on it, such as paper; may be repeated', collect, [])
    .option('--untag <tag>', 'take a tag off; may be repeated', collect, [])
    .option('--clear', 'remove the text and every tag first', false)
    .option('--json', 'print JSON', false)
    .action(async (run, words, options) => {
      const { noteCommand } = await import('./cli/runs/note-command.ts');
      exit(noteCommand({ run, words, ...options }));
    });

  addResultsOption(program.command('rm').argument('[targets...]', 'runs, named as for logs, and experiments, by their names or folders'))
    .description('delete runs, experiments and what is left of them, after naming it and asking')
    .option('--former', 'the runs that an experiment was not last started with; of all experiments unless some are named', false)
    .option('--reproductions', 'repetitions by `facet reproduce`; of all experiments unless some or runs are named', false)
    .option('--checkpoints', 'of finished runs the checkpoints that are neither the last nor the best', false)
    .option('--trash', 'what --fresh and interrupted deletions have set aside', false)
    .option('-y, --yes', 'do not ask', false)
    .action(async (targets, options) => {
      const { rmCommand } = await import('./cli/housekeeping/rm-command.ts');
      exit(await rmCommand({ targets, ...options }));
    });

  addResultsOption(program.command('clean').addArgument(new Argument('[parts...]', 'by default all but tensorflow').choices(CACHE_PARTS)))
    .description('delete from the cache what no process uses and no run of these results refers to, after naming it and asking')
    .option('--all', 'also what runs refer to: it is made again where it is needed', false)
    .option('-y, --yes', 'do not ask', false)
    .action(async (parts, options) => {
      const { cleanCommand } = await import('./cli/housekeeping/clean-command.ts');
      exit(await cleanCommand({ parts, ...options }));
    });

  addResultsOption(
    program.command('reproduce').argument('<run>', 'its id, the beginning of its id or hash, <experiment>/<id>, or its folder'),
  )
    .description('train a run again beside the original, and tell whether it comes out the same')
    .action(async (run, options) => {
      const { reproduceCommand } = await import('./cli/commands/reproduce.ts');
      exit(await reproduceCommand({ run, ...options, ...findPrograms(), graceMs: graceMs(), version }));
    });

  addResultsOption(addFileOptions(program.command('grids').argument('<file>', 'an experiment file')))
    .description('draw the sample grids again as the file now asks, from the checkpoints that are kept; trains nothing')
    .action(async (file, options) => {
      const { gridsCommand } = await import('./cli/commands/grids.ts');
      exit(await gridsCommand({ file, ...options, drawer: builtFile('./model/grids.js') }));
    });

  addResultsOption(program.command('evaluate').argument('<runs...>', 'runs that have ended, named as for logs'))
    .description('measure the last and the best checkpoint of runs again, and write evaluation.json; trains nothing')
    .option('--oracle', 'judge with the classifier also where a run was trained too short for evaluation.oracle auto', false)
    .option('--file <file>', 'measure as the evaluation section of this experiment file says; by default as run.json of each run says')
    .option('--json', 'print JSON', false)
    .action(async (runs, options) => {
      const { evaluateCommand } = await import('./cli/commands/evaluate.ts');
      exit(await evaluateCommand({ runs, ...options, evaluator: builtFile('./model/evaluate.js') }));
    });

  addResultsOption(program.command('generate').argument('<run>', 'a run with a checkpoint, named as for logs').argument('[description]'))
    .description('make faces that a sentence describes, such as "a smiling young woman with blond hair"')
    .option('--count <faces>', 'how many', parseFrom(1, 10_000), 8)
    .option('--seed <number>', 'of the noise, and of what the sentence leaves open', parseFrom(0, 999_999_999), 1)
    .option('--out <path>', 'a .png file, or a folder/ for single files; by default faces.png, faces-2.png, … here')
    .option('--set <name=0|1>', 'fix an attribute besides, such as Eyeglasses=1; may be repeated', collect, [])
    .option(
      '--change <name=0|1>',
      'set an attribute in every face after it was drawn: nothing else of it changes; may be repeated',
      collect,
      [],
    )
    .addOption(
      new Option('--open <way>', 'what the sentence leaves open: drawn as it occurs together in the data, what is usual there, or 0')
        .choices(['drawn', 'usual', 'zero'])
        .default('drawn'),
    )
    .option('--from-epoch <epoch>', 'use the checkpoint of this epoch; by default the best', parseFrom(1, 999_999_999))
    .option('--to <description>', 'go over to this description, in --steps pictures of each face')
    .option('--steps <pictures>', 'with --to: how many, both ends among them; by default 8', parseFrom(2, 100))
    .option('--vary <names>', 'a further column for each of these attributes, turned over, such as Smiling,Young')
    .option('--scale <times>', 'enlarge by whole pixels', parseFrom(1, 32), 1)
    .option('--check', 'have the oracle of the run read the pictures back; it is trained first where there is none', false)
    .option('--best-of <pictures>', 'of so many pictures of each face keep the one that the oracle reads best', parseFrom(2, 100))
    .option('--json', 'print JSON', false)
    .action(async (run, text, options) => {
      const { generateCommand } = await import('./cli/generate/command.ts');
      exit(await generateCommand({ run, text, ...options, maker: builtFile('./model/generate.js'), version }));
    });

  addResultsOption(program.command('parse').argument('<description...>', 'in quotes'))
    .description('tell how a description of a face is read: attribute by attribute, with the words that said so')
    .option('--run <run>', 'a run, named as for logs: its own names are read, too, and what it was never trained on is told')
    .option('--json', 'print JSON', false)
    .action(async (texts, options) => {
      const { parseCommand } = await import('./cli/generate/parse-command.ts');
      exit(parseCommand({ texts, ...options }));
    });

  addResultsOption(program.command('stop').argument('<target>', 'an experiment: its name, folder or file; or one run, named as for logs'))
    .description('let the runs of an experiment, or one of them, finish their step and save, as Ctrl-C does, and wait for that')
    .option('--now', 'end them at once; they go on from their last checkpoints', false)
    .action(async (target, options) => {
      const { stopCommand } = await import('./cli/commands/stop.ts');
      exit(await stopCommand({ target, ...options }));
    });

  addFileOptions(program.command('data').argument('<file>', 'an experiment file'))
    .description('report on the data of an experiment: pictures used and left out, share of each attribute; trains nothing')
    .option('--sheet [path]', 'draw some of the pictures on a contact sheet, a PNG; by default <name>-data.png here')
    .option('--json', 'print JSON', false)
    .action(async (file, options) => {
      const { dataCommand } = await import('./cli/data/command.ts');
      exit(await dataCommand({ file, ...options }));
    });

  addFileOptions(program.command('validate').argument('<files...>', 'experiment files'))
    .description('check experiment files and name every fault')
    .action(async (files, options) => {
      const { validateCommand } = await import('./cli/commands/validate.ts');
      exit(await validateCommand({ files, ...options }));
    });

  addResultsOption(program.command('dashboard'))
    .description('browse the results: curves, sample grids, logs')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; by default the first free one from 7860', parsePort)
    .option('--allow-host <name>', 'a name besides those of this machine under which browsers may ask (may be repeated)', collect, [])
    .option('--base-path <path>', 'the path below which a proxy shows it, as /proxy/7860')
    .action(async (options) => {
      const { dashboardCommand } = await import('./cli/commands/dashboard.ts');
      exit(await dashboardCommand({ ...options, assets: builtFile('./dashboard'), maker: builtFile('./model/generate.js'), version }));
    });

  program
    .command('init')
    .argument('[folder]', 'where; made if it is missing', '.')
    .description('write a first experiment file, the schema for editors and a .gitignore; overwrites nothing')
    .action(async (folder) => {
      const { initCommand } = await import('./cli/init/command.ts');
      exit(initCommand({ folder }));
    });

  program
    .command('setup')
    .description('set up native TensorFlow; in an installed package the first run does it by itself')
    .option('--cpu', 'without CUDA, also where there is an NVIDIA driver', false)
    .option('--cuda', 'with CUDA, or not at all', false)
    .action(async (options) => {
      const { setupCommand } = await import('./cli/set-up.ts');
      exit(await setupCommand(options));
    });

  addResultsOption(program.command('doctor'))
    .description('tell what this machine trains on, and what would make it faster')
    .option('--json', 'print JSON', false)
    .option('--notify [file]', 'call the program of execution.notify once: of this file, or of the experiment that was started last')
    .addOption(
      new Option('--executor <where>', 'of a cluster instead: slurm asks its commands, and tries a job of a minute').choices([
        'local',
        'slurm',
      ]),
    )
    .option('--file <file>', 'with --executor slurm: as the section execution.slurm of this experiment file says')
    .action(async (options) => {
      if (options.executor === 'slurm') {
        const { doctorSlurmCommand } = await import('./cli/jobs/doctor-slurm.ts');
        return exit(await doctorSlurmCommand(options));
      }
      const { doctorCommand } = await import('./cli/commands/doctor.ts');
      exit(await doctorCommand(options));
    });
  return program;
}

function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

const parseFrom =
  (least: number, most: number) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Expected a number from 0 to 65535.');
  return Number(text);
}

/** Prints an error as its reader needs it: a user's in one line, a bug with its stack. Returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.userError; // already printed
  const line = explainError(error);
  if (line !== null) {
    process.stderr.write(`${line}\n`);
    return EXIT.userError;
  }
  process.stderr.write(`This is a bug of Facet.\n${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.bug;
}

let exitCode: number = EXIT.ok;
process.on('uncaughtException', (error) => process.exit(report(error)));
process.on('beforeExit', () => process.exit()); // nothing is left to do: the heap need not be taken apart first
ignoreStrayHangups();
handleSuspension();
let isOutputLost = false;
process.stdout.on('error', noteLostOutput);
process.stderr.on('error', () => {}); // nobody is left to tell
try {
  await createProgram((code) => {
    exitCode = code;
  }).parseAsync();
} catch (error) {
  exitCode = report(error);
}
process.exitCode = isOutputLost && exitCode === EXIT.ok ? EXIT.userError : exitCode;

/** `facet plan … | head` closes our output, and a terminal may go away; a full disk is said once. A sweep goes on without it. */
function noteLostOutput({ code, message }: NodeJS.ErrnoException): void {
  if (isOutputLost || code === 'EPIPE' || code === 'EIO') return;
  isOutputLost = true;
  process.exitCode ||= EXIT.userError;
  process.stderr.write(`standard output: could not be written: ${message}. Free some space, or send it elsewhere.\n`);
}
