import type { LatencyMessage, LatencyOrder } from './latency/orders';
import { timeConvolutions } from './latency/timeConvolutions';
import { systemEnvironment, timeInterleaved } from './engines/latency/interleaved';

/** The process of `timeModelsApart` and `timeConvolutionsApart`: an order as its first message, answers as messages. */
async function carryOut(order: LatencyOrder): Promise<LatencyMessage> {
  if (order.kind === 'convolutions')
    return { convolutions: await timeConvolutions(order.shapes, order.options, { onProgress: tellProgress }) };
  const environment = { ...systemEnvironment, onProgress: tellProgress };
  return { models: await timeInterleaved(order.models, order.options, environment) };
}

const progressMilliseconds = 250;
let told = 0;

/** Rarely, as telling takes time too. */
function tellProgress(progress: number): void {
  if (performance.now() - told < progressMilliseconds) return;
  told = performance.now();
  process.send?.({ progress } satisfies LatencyMessage);
}

process.once('message', (order: LatencyOrder) => {
  void carryOut(order)
    .catch((error: unknown): LatencyMessage => ({ failure: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer, () => process.exit()));
});
