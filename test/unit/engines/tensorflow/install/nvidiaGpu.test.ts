import { describe, expect, it } from 'vitest';
import { gpuIn } from '../../../../../src/engines/tensorflow/install/nvidiaGpu';

describe('the output of nvidia-smi', () => {
  it('tells of the first GPU, whose name may have commas', () => {
    expect(gpuIn('NVIDIA H200, 9.0, 550.54.15\nNVIDIA H100, 9.0, 550.54.15\n')).toEqual({
      name: 'NVIDIA H200',
      computeCapability: 9,
      driver: '550.54.15',
    });
    expect(gpuIn('GRID, of four, 8.6, 1\r\n')).toEqual({ name: 'GRID, of four', computeCapability: 8.6, driver: '1' });
  });

  it.each([
    '',
    '\n',
    'No devices were found',
    'Tesla V100, [N/A], 470.82.01',
    'Tesla V100, 1e999, 470.82.01',
    `${'x'.repeat(300)}, 9.0, 1`,
  ])('%j is none', (printed) => {
    expect(gpuIn(printed)).toBeNull();
  });

  it('cannot talk to a terminal', () => {
    expect(gpuIn('GPU\u001b[2J, 9.0, 1')?.name).toBe(String.raw`GPU\u001b[2J`);
  });
});
