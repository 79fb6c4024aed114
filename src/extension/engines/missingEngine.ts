import type { RunManifest } from '../../runs/format';

/**
 * Whether a run failed for want of a TensorFlow that can be set up: its sentence then names the command of the command line that
 * does so. A GPU that a config insists on has to be there too.
 */
export function lacksTensorflow(
  { config, engine, error }: Pick<RunManifest, 'config' | 'engine' | 'error'>,
  hasNvidiaGpu: boolean,
): boolean {
  const { name, device } = config.engine;
  const isAskedFor = name === 'tensorflow' && (device !== 'gpu' || hasNvidiaGpu);
  return isAskedFor && engine === null && error?.includes('sfp engines setup') === true;
}
