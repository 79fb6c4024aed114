import { describe, expect, it } from 'vitest';
import { gpuFindings } from '../../../src/diagnosis/gpu';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('a GPU', () => {
  const gpu = { name: 'NVIDIA L4', driver: '550.1', computeCapability: 8.9 };
  it('that TensorFlow is not set up for is worth a remark', async () => {
    const cache = temporaryFolder();
    expect(await gpuFindings({ cache }, () => Promise.resolve(gpu))).toEqual([
      {
        verdict: 'remark',
        what: 'NVIDIA L4, driver 550.1, compute capability 8.9.',
        remedy: expect.stringContaining('sfp engines setup --gpu') as string,
      },
    ]);
  });
  it('is not needed', async () => {
    expect(await gpuFindings({ cache: '/cache' }, () => Promise.resolve(null))).toMatchObject([{ verdict: 'absent' }]);
  });
});
