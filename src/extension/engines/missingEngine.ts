import type { RunManifest } from '../../runs/model/format';
import { findNvidiaGpu } from '../../engines/tensorflow/install/nvidiaGpu';

/**
 * Whether a run failed for want of a TensorFlow that can be set up: its sentence then names the command of the command line that
 * does so. A GPU that a config insists on has to be there too.
 */
export async function lacksTensorflow(
  { config, engine, error }: Pick<RunManifest, 'config' | 'engine' | 'error'>,
  findGpu: () => Promise<unknown> = findNvidiaGpu,
): Promise<boolean> {
  const { name, device } = config.engine;
  if (name !== 'tensorflow' || engine !== null || error?.includes('sfp engines setup') !== true) return false;
  return device !== 'gpu' || (await findGpu()) !== null;
}
