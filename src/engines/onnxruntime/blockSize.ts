import { loadRuntime } from './runtime';
import { usableConvolutions } from './usableConvolutions';

/** How many channels onnxruntime's convolutions compute together on this processor: 16, 8, or 1 where it has no blocked ones. */
export async function blockSize(): Promise<number> {
  const found = await usableConvolutions(await loadRuntime(), { device: 'cpu', threads: 1, optimization: 'all' });
  return found.kind === 'blocked' ? found.block : 1;
}
