import type { Batch } from '../engines/engine';

/** What computes logits [count, classes] of a batch. */
export type Predict = (batch: Batch) => Promise<Float32Array>;

/** How far the logits of two networks agree on the same images. */
export interface LogitsEquality {
  readonly images: number;
  /** Of any two logits; the largest number there is where one is not finite. */
  readonly largestDifference: number;
  /** Largest finite logit of either network less the smallest. */
  readonly logitsRange: number;
  /** Fractions of the images that each network classifies rightly. */
  readonly accuracy: { readonly masked: number; readonly compact: number };
}

/** Compares a masked and a compact network on all images of the batches. Throws the reason of `signal` between two batches. */
export async function logitsEquality(
  networks: { readonly masked: Predict; readonly compact: Predict },
  batches: AsyncIterable<Batch>,
  signal: AbortSignal,
): Promise<LogitsEquality> {
  let [images, largestDifference, smallest, largest] = [0, 0, Infinity, -Infinity];
  const right = { masked: 0, compact: 0 };
  for await (const batch of batches) {
    signal.throwIfAborted();
    const [masked, compact] = [await networks.masked(batch), await networks.compact(batch)];
    if (masked.length !== compact.length) throw new Error('The networks do not have as many logits.');
    for (const [index, value] of masked.entries()) {
      const other = compact[index]!;
      // What is no number must not count as equal, nor as a range in which everything is; and JSON knows no infinity.
      if (!Number.isFinite(value) || !Number.isFinite(other)) {
        largestDifference = Number.MAX_VALUE;
        continue;
      }
      largestDifference = Math.max(largestDifference, Math.abs(value - other));
      smallest = Math.min(smallest, value, other);
      largest = Math.max(largest, value, other);
    }
    images += batch.count;
    right.masked += rightAnswers(masked, batch);
    right.compact += rightAnswers(compact, batch);
  }
  return {
    images,
    largestDifference,
    logitsRange: Math.max(0, largest - smallest),
    accuracy: { masked: right.masked / images, compact: right.compact / images },
  };
}

/** Images whose largest logit is the label's; the first one wins a tie. */
function rightAnswers(logits: Float32Array, { count, labels }: Batch): number {
  const classes = logits.length / count;
  let right = 0;
  for (let image = 0; image < count; image++) {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    if (row.indexOf(Math.max(...row)) === labels[image]) right += 1;
  }
  return right;
}
