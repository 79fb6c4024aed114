import type { Batch, CompiledNetwork } from '../../engines/engine';
import type { Evaluation } from '../../runs/model/format';

/** Mean loss and accuracy over all images of the batches. Throws the reason of `signal` between two batches. */
export async function evaluate(
  network: CompiledNetwork,
  batches: AsyncIterable<Batch>,
  signal: AbortSignal,
): Promise<Evaluation> {
  const totals = { images: 0, loss: 0, correct: 0 };
  for await (const batch of batches) {
    signal.throwIfAborted();
    const { loss, correct } = await network.evaluate(batch);
    totals.images += batch.count;
    totals.loss += loss * batch.count;
    totals.correct += correct;
  }
  return { loss: totals.loss / totals.images, accuracy: totals.correct / totals.images };
}
