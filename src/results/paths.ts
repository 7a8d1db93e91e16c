// Every file name inside results/, nothing else.

import { join } from 'node:path';

const sixDigits = (n: number): string => String(n).padStart(6, '0');

export const experimentFolder = (resultsRoot: string, experiment: string): string => join(resultsRoot, experiment);
export const runFolder = (resultsRoot: string, experiment: string, runId: string): string => join(resultsRoot, experiment, runId);

/** experiment folder: which runner holds it. */
export const runnerLeaseFile = (experimentFolderPath: string): string => join(experimentFolderPath, 'runner.json');
/** experiment folder: the experiment as last started: name, description, file, run ids in order. */
export const experimentRecordFile = (experimentFolderPath: string): string => join(experimentFolderPath, 'experiment.json');

/** experiment folder: a request to stop, read and removed by the runner. */
export const stopRequestFile = (experimentFolderPath: string): string => join(experimentFolderPath, 'stop.json');
/** experiment folder: requests about single runs, read and removed by the runner. */
export const runRequestsFolder = (experimentFolderPath: string): string => join(experimentFolderPath, '.requests');
export const runRequestFile = (experimentFolderPath: string, runId: string): string =>
  join(runRequestsFolder(experimentFolderPath), `${runId}.json`);
/** experiment folder: where the output of the runner goes, and behind which experiment it waits. */
export const holdingFile = (experimentFolderPath: string): string => join(experimentFolderPath, 'holder.json');
/** experiment folder: the output of a runner that was started with --detach. */
export const detachedLogFile = (experimentFolderPath: string, startedAt: Date): string =>
  join(experimentFolderPath, `detached-${startedAt.toISOString().replaceAll(':', '').replace('.', '')}.log`);
/** experiment folder: what successive halving decided, a line a decision. */
export const halvingFile = (experimentFolderPath: string): string => join(experimentFolderPath, 'halving.jsonl');
/** experiment folder: repetitions of its runs by `facet reproduce`. */
export const reproductionsFolder = (experimentFolderPath: string): string => join(experimentFolderPath, '.reproductions');

export const reproductionFolder = (experimentFolderPath: string, runId: string, number: number): string =>
  join(reproductionsFolder(experimentFolderPath), `${runId}.${number}`);
/** experiment folder: who repeats this run. */
export const reproductionLeaseFile = (experimentFolderPath: string, runId: string): string =>
  join(reproductionsFolder(experimentFolderPath), `${runId}.runner.json`);

/** experiment folder: what was handed to a cluster, a folder for each submission, and the code that runs there. */
export const jobsFolder = (experimentFolderPath: string): string => join(experimentFolderPath, '.jobs');
export const submissionFolder = (experimentFolderPath: string, name: string): string => join(jobsFolder(experimentFolderPath), name);
/** folder of the code that jobs run, by its content. */
export const jobCodeFolder = (experimentFolderPath: string, name: string): string => join(jobsFolder(experimentFolderPath), `code-${name}`);
/** submission folder: what is to run how; written before the tasks are handed over. */
export const submissionFile = (folder: string): string => join(folder, 'submission.json');
/** submission folder: a line for each task of the array. */
export const tasksFile = (folder: string): string => join(folder, 'tasks.jsonl');
/** submission folder: what the cluster's nodes execute. */
export const jobScriptFile = (folder: string): string => join(folder, 'job.sh');
/** submission folder: which number the scheduler gave the array. */
export const arrayFile = (folder: string): string => join(folder, 'array.json');
/** submission folder: what a task that is under way, or has ended, says of itself. */
export const taskRecordFile = (folder: string, task: number): string => join(folder, 'tasks', `${task}.json`);
/** submission folder: a task that begins after this was written leaves at once. */
export const taskVoidFile = (folder: string, task: number): string => join(folder, 'tasks', `${task}.void`);
/** submission folder: the same for all of its tasks. */
export const submissionVoidFile = (folder: string): string => join(folder, 'void');
/** submission folder: what the scheduler itself prints about a task, and whatever comes before its trainer. */
export const jobOutputFile = (folder: string, name: string): string => join(folder, 'output', name);

/** experiment folder: run folders set aside by `facet run --fresh`. Safe to delete. */
export const trashFolder = (experimentFolderPath: string): string => join(experimentFolderPath, '.trash');

export const runFile = (folder: string): string => join(folder, 'run.json');
/** run folder: the uncommitted changes of the code; run.json names it. */
export const patchFile = (folder: string, name: string): string => join(folder, name);
/** run folder: how long the training is, in steps; written by the trainer. */
export const trainingFile = (folder: string): string => join(folder, 'training.json');
/** run folder: on what the trainer really computed; written by the trainer. */
export const engineFile = (folder: string): string => join(folder, 'engine.json');
/** run folder: which label rows the training pictures have, and how many pictures each; written by the trainer. */
export const labelRowsFile = (folder: string): string => join(folder, 'label-rows.json');
export const metricsFile = (folder: string): string => join(folder, 'metrics.jsonl');
export const evaluationsFile = (folder: string): string => join(folder, 'evaluations.jsonl');
/** run folder: what its last and best checkpoint are worth. */
export const evaluationFile = (folder: string): string => join(folder, 'evaluation.json');
export const logFile = (folder: string): string => join(folder, 'log.txt');
export const outcomeFile = (folder: string): string => join(folder, 'outcome.json');
/** run folder: what a person has written on it. */
export const noteFile = (folder: string): string => join(folder, 'note.json');
export const leaseFile = (folder: string): string => join(folder, 'lease.json');
/** run folder: its presence asks the process at work there to finish the step, save and leave. Removed before each attempt. */
export const runStopFile = (folder: string): string => join(folder, 'stop.json');
/** room for outcome.json, while the run goes on. */
export const reserveFile = (folder: string): string => join(folder, '.reserve');
export const samplesFolder = (folder: string): string => join(folder, 'samples');
/** run folder: grids that ask for something else than those drawn since. */
export const formerSamplesFolder = (folder: string): string => join(folder, 'samples', 'former');
export const sampleImageFile = (folder: string, epoch: number): string => join(folder, 'samples', `${sixDigits(epoch)}.png`);
export const sampleGridFile = (folder: string, epoch: number): string => join(folder, 'samples', `${sixDigits(epoch)}.json`);
export const checkpointsFolder = (folder: string): string => join(folder, 'checkpoints');
export const checkpointFile = (folder: string, step: number): string => join(folder, 'checkpoints', `${sixDigits(step)}.safetensors`);
/** Of the name of a checkpoint's file; null for another file. */
export const stepOfCheckpoint = (name: string): number | null => (/^\d+\.safetensors$/.test(name) ? Number.parseInt(name, 10) : null);
