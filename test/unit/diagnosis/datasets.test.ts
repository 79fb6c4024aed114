import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetFindings } from '../../../src/diagnosis/datasets';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('data sets', () => {
  it('are good, not there yet, or damaged with the command that mends them', async () => {
    const states = { cifar10: 'damaged', cifar100: 'good', mnist: 'missing', 'fashion-mnist': 'good' } as const;
    expect(await datasetFindings({ cache: '/cache' }, (name) => Promise.resolve(states[name]))).toEqual([
      {
        verdict: 'remark',
        what: 'CIFAR-10 is damaged in the cache.',
        remedy: '`sfp data get cifar10` makes it again.',
      },
      { verdict: 'good', what: 'CIFAR-100 is in the cache, verified to the last byte.', remedy: null },
      { verdict: 'absent', what: expect.stringMatching(/^MNIST is not in the cache/) as string, remedy: null },
      { verdict: 'good', what: 'Fashion-MNIST is in the cache, verified to the last byte.', remedy: null },
    ]);
  });

  it('are looked at without being fetched', async () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, 'datasets', 'mnist'), { recursive: true });
    writeFileSync(join(cache, 'datasets', 'mnist', 'images.bin'), 'SFPDATA\n and no images');
    expect((await datasetFindings({ cache })).map(({ verdict }) => verdict)).toEqual([
      'absent',
      'absent',
      'remark',
      'absent',
    ]);
  });
});
