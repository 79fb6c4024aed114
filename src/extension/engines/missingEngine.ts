import type { RunManifest } from '../../runs/model/format';
import { findNvidiaGpu } from '../../engines/tensorflow/install/nvidiaGpu';

/**
 * Whether a run failed because TensorFlow is missing and can be set up here. The message of such a run names the command
 * `sfp engines setup`. If the config insists on a GPU, there has to be one.
 */
export async function lacksTensorflow(
  { config, engine, error }: Pick<RunManifest, 'config' | 'engine' | 'error'>,
  findGpu: () => Promise<unknown> = findNvidiaGpu,
): Promise<boolean> {
  const { name, device } = config.engine;
  if (name !== 'tensorflow' || engine !== null || error?.includes('sfp engines setup') !== true) return false;
  return device !== 'gpu' || (await findGpu()) !== null;
}
