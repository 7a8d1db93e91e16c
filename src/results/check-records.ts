// Whether an object read from disk has the fields that readers rely on. Fields that are not known here,
// from a later version of Facet, do no harm.

import { FAILURES } from './records.ts';

type Fields = Record<string, unknown>;

export function isExperimentRecord({ name, runs }: Fields): boolean {
  return (
    typeof name === 'string' && Array.isArray(runs) && runs.every((run) => isObject(run) && typeof run.id === 'string' && isAxes(run.axes))
  );
}

export function isRunRecord({ id, experiment, axes, config, provenance }: Fields): boolean {
  return typeof id === 'string' && typeof experiment === 'string' && isAxes(axes) && isObject(provenance) && isRunConfig(config);
}

export function isDataRecord(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { pictures, leftOut, leftOutReasons, pixelsSha256, having, warnings } = value;
  return (
    typeof pictures === 'number' &&
    typeof leftOut === 'number' &&
    Array.isArray(leftOutReasons) &&
    leftOutReasons.every((reason) => isObject(reason) && typeof reason.count === 'number' && typeof reason.example === 'string') &&
    typeof pixelsSha256 === 'string' &&
    isNumbers(having) &&
    Array.isArray(warnings) &&
    warnings.every((line) => typeof line === 'string')
  );
}

export function isTrainingRecord({ stepsPerEpoch, steps, epochs }: Fields): boolean {
  return [stepsPerEpoch, steps, epochs].every((value) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0);
}

export function isLabelRows({ names, rows }: Fields): boolean {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string') || !Array.isArray(rows) || rows.length === 0) return false;
  const digits = Math.ceil(names.length / 4);
  return rows.every((row) => {
    const [bits, pictures] = Array.isArray(row) ? (row as unknown[]) : [];
    return (
      typeof bits === 'string' &&
      bits.length === digits &&
      /^[0-9a-f]*$/.test(bits) &&
      Number.isSafeInteger(pictures) &&
      Number(pictures) > 0
    );
  });
}

export function isEngineRecord({ engines }: Fields): boolean {
  return Array.isArray(engines) && engines.every((engine) => isObject(engine) && typeof engine.kind === 'string');
}

export function isEvaluationFile({ oracle, bestBy, floor, last, best }: Fields): boolean {
  const isMeasured = (value: unknown) =>
    isObject(value) &&
    typeof value.step === 'number' &&
    typeof value.epoch === 'number' &&
    isNumbers(value.values) &&
    isObject(value.attributes);
  const isOracle = oracle === null || (isObject(oracle) && isObject(oracle.accuracy));
  return typeof bestBy === 'string' && isOracle && isNumbers(floor) && isMeasured(last) && isMeasured(best);
}

/** The other fields are checked one by one: read.ts fills in what is missing. */
export function isOutcome({ status }: Fields): boolean {
  return typeof status === 'string' && STATUSES.has(status);
}

export function isSampleGrid({ epoch, rows, columns }: Fields): boolean {
  return typeof epoch === 'number' && typeof rows === 'number' && Array.isArray(columns) && columns.every(isObject);
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const STATUSES = new Set<string>(['succeeded', 'cancelled', 'stopped-early', ...FAILURES]);

function isRunConfig(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.attributes) && isObject(value.training) && isObject(value.model) && isObject(value.dataset);
}

function isNumbers(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'number');
}

function isAxes(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((label) => typeof label === 'string');
}
