import { openSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  describeSystemError,
  describeUnreadable,
  isLackOfSpace,
  isMendedByOtherFolder,
  ResultsFolderError,
  WriteFailure,
  writing,
} from '../../src/results/errors.ts';

const refusal = (code: string) => Object.assign(new Error(`${code}: refused, write`), { code, syscall: 'write' });

it('tells of a refusal of the system what is in the way, with its code', () => {
  expect(describeSystemError(refusal('ENOSPC'))).toBe('no space is left on the disk (ENOSPC)');
  expect(describeSystemError(refusal('EXDEV'))).toBe('EXDEV: refused, write');
});

it.each([
  ['ENOENT', 'does not exist'],
  ['EISDIR', 'is a folder'],
  ['EACCES', 'cannot be read: this user may not read or write there (EACCES)'],
])('ends a sentence about a file that cannot be read because of %s', (code, words) => {
  expect(describeUnreadable(refusal(code))).toBe(words);
});

it.each(['ENOSPC', 'EDQUOT', 'EIO', 'EXDEV'])('makes one line of a write that failed with %s: which file, why, what to do', (code) => {
  const failure = new WriteFailure('results/x', refusal(code));
  expect(failure.message).toMatch(
    /^results\/x: could not be written: [^\n]+\. [^\n]+, then start again, with --retry-failed where a run has failed of it: what is finished stays, the rest goes on\.$/,
  );
  expect(failure.code).toBe(code);
});

it('leaves other errors than those of the system as they are', () => {
  const fault = new TypeError('x is no function');
  const raise = () => {
    throw fault;
  };
  expect(() => writing('results/x', raise)).toThrow(fault);
  expect(() => writing('results/x', () => openSync('/nowhere/at/all', 'w'))).toThrow(WriteFailure);
});

it('knows what room on the disk would mend, and what another folder', () => {
  const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO'];
  expect(codes.filter((code) => isLackOfSpace(new WriteFailure('x', refusal(code))))).toEqual(['ENOSPC', 'EDQUOT']);
  expect(codes.filter((code) => isMendedByOtherFolder(new WriteFailure('x', refusal(code))))).toEqual(['EROFS', 'EACCES']);
  expect(isMendedByOtherFolder(new ResultsFolderError('results: expected a folder'))).toBe(true);
  expect(isMendedByOtherFolder(new TypeError('x'))).toBe(false);
});
