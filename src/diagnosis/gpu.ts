import { join } from 'node:path';
import { findNvidiaGpu } from '../engines/tensorflow/install/nvidiaGpu';
import { findInstallations } from '../engines/tensorflow/installation';
import { absent, good, remark, type Finding, type Place } from './finding';

/** The NVIDIA GPU and its driver; other cards are engines, by WebGPU. */
export async function gpuFindings({ cache }: Pick<Place, 'cache'>, find = findNvidiaGpu): Promise<Finding[]> {
  const gpu = await find();
  if (gpu === null) return [absent('No NVIDIA GPU answers (nvidia-smi was asked).')];
  const what = `${gpu.name}, driver ${gpu.driver}, compute capability ${gpu.computeCapability}.`;
  const { installations } = await findInstallations(join(cache, 'engines'));
  return installations.some((installation) => installation.gpu)
    ? [good(what)]
    : [remark(what, '`sfp engines setup --gpu` sets up TensorFlow for it, which may be many times faster.')];
}
