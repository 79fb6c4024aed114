import { describe, expect, it } from 'vitest';
import { cudaRequirements, newestWithin } from '../../../../../src/engines/tensorflow/install/requirements';

describe('what a wheel says of itself', () => {
  it('tells what it needs of NVIDIA', () => {
    const metadata = [
      'Requires-Dist: absl-py>=1.0.0',
      'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
      "Requires-Dist: nvidia-nccl-cu12 (<3.0,>=2.27.7) ; extra == 'and-cuda'",
    ].join('\n');
    expect(cudaRequirements(metadata)).toEqual([
      { name: 'nvidia-cudnn-cu12', range: '<10.0,>=9.3.0.75' },
      { name: 'nvidia-nccl-cu12', range: '<3.0,>=2.27.7' },
    ]);
  });

  it('is answered with the newest version in the range', () => {
    const versions = ['9.3.0.75', '9.10.2.21', '10.0.0', '9.9.0', '9.11.0rc1', '9.3.0'];
    expect(newestWithin(versions, '<10.0,>=9.3.0.75')).toBe('9.10.2.21');
    expect(newestWithin(versions, '==9.9.0')).toBe('9.9.0');
    expect(newestWithin(versions, '>11')).toBeUndefined();
  });

  it('is read in a moment where lines have no end', () => {
    // Each line would be looked for in all that follow, which takes minutes.
    expect(cudaRequirements('Requires-Dist: nvidia-x <1\n'.repeat(60_000))).toEqual([]);
  });
});
