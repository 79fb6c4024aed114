import { lastPart } from './lastPart';
import type { RunConfig } from './schema';

/** What a run's network is called: a name of the zoo, or the file that it comes from. */
export function networkName(model: RunConfig['model']): string {
  const file = networkFileOf(model)?.path;
  return file === undefined ? model.arch : lastPart(file);
}

/** The file that a config's network comes from; null for one of the zoo. */
export function networkFileOf({ onnx, tfjs }: RunConfig['model']): { path: string; format: 'onnx' | 'tfjs' } | null {
  if (onnx !== null) return { path: onnx, format: 'onnx' };
  return tfjs === null ? null : { path: tfjs, format: 'tfjs' };
}
