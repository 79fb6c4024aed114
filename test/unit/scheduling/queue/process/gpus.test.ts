import { expect, test } from 'vitest';
import { cudaDevices, gpusIn } from '../../../../../src/scheduling/queue/process/gpus';

test('GPUs are counted by their lines, not by what else a driver prints', () => {
  expect(
    gpusIn(
      'GPU 0: NVIDIA H200 (UUID: GPU-1)\n  MIG 1g.18gb Device 0: (UUID: MIG-1)\nGPU 1: NVIDIA H200 (UUID: GPU-2)\n',
    ),
  ).toBe(2);
  expect(gpusIn('NVIDIA-SMI has failed because it couldn’t communicate with the NVIDIA driver.\n')).toBe(0);
});

test('only the devices that are visible are given away', async () => {
  expect(await cudaDevices({ CUDA_VISIBLE_DEVICES: '2, GPU-7' })).toEqual(['2', 'GPU-7']);
  expect(await cudaDevices({ CUDA_VISIBLE_DEVICES: '' })).toEqual([null]);
});
