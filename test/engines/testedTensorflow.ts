import { enginesFolder } from '../../src/base/cacheFolder';
import { findInstallations, type TensorflowInstallation } from '../../src/engines/tensorflow/installation';

/** The TensorFlow for CPUs that is set up on this machine; its tests are skipped where there is none. */
export async function testedTensorflow(): Promise<TensorflowInstallation | undefined> {
  const { installations } = await findInstallations(enginesFolder());
  return installations.find(({ gpu }) => !gpu);
}
