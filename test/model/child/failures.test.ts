import { expect, it } from 'vitest';
import { UserError } from '../../../src/experiment/user-error.ts';
import { classifyFailure } from '../../../src/model/child/failures.ts';
import { DataError } from '../../../src/model/data/sources/source.ts';
import { WriteFailure } from '../../../src/results/errors.ts';

const ofSystem = (code: string) => Object.assign(new Error(`${code}: refused, write`), { code, syscall: 'write' });

it.each([
  ['data that has changed', new DataError('labels.csv: expected 3 columns, found 2'), 'bad-data'],
  ['a setting that cannot be', new UserError('training.precision: bfloat16 needs TensorFlow'), 'failed'],
  ['a full disk', ofSystem('ENOSPC'), 'no-space'],
  ['a quota', ofSystem('EDQUOT'), 'no-space'],
  ['a full disk under a record', new WriteFailure('metrics.jsonl', ofSystem('ENOSPC')), 'no-space'],
  ['a full disk under the cache of pictures', new UserError('packing needs 3 GB', { cause: ofSystem('ENOSPC') }), 'no-space'],
  ['a picture too many on the CPU', new Error('OOM when allocating tensor with shape[9] by allocator cpu'), 'out-of-memory'],
  [
    'a picture too many on the GPU',
    new Error('OOM when allocating tensor with shape[9] and type float on /job:localhost/device:GPU:0 by allocator GPU_0_bfc'),
    'out-of-gpu-memory',
  ],
  ['a GPU that is gone', new Error('A GPUDevice was lost'), 'out-of-gpu-memory'],
  ['an array too large', new RangeError('Array buffer allocation failed'), 'out-of-memory'],
] as const)('%s is told apart', (_what, error, status) => {
  expect(classifyFailure(error)).toMatchObject({ status, message: expect.stringMatching(/^[^\n]+[.!?]$/) });
});

it('of any other error nothing is claimed', () => {
  for (const error of [new TypeError('undefined is no function'), ofSystem('EIO'), 'a word', undefined])
    expect(classifyFailure(error)).toBeNull();
});
