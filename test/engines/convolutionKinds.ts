import { loadRuntime } from '../../src/engines/onnxruntime/runtime';
import { usableConvolutions } from '../../src/engines/onnxruntime/usableConvolutions';

/** The kinds of convolutions that can be tested on this machine: blocked ones are there on most, plain ones on all. */
export async function convolutionKinds(): Promise<('blocked' | 'plain')[]> {
  const { kind } = await usableConvolutions(await loadRuntime(), { threads: 1, optimization: 'all' });
  if (kind === 'blocked') return ['blocked', 'plain'];
  console.warn("Not tested: onnxruntime's blocked convolutions, which do not work on this machine.");
  return ['plain'];
}
