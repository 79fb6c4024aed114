import type { RunConfig } from './schema';

/** Whether a config leaves every filter where it is: no rate, neither in all layers nor in some, and no target to be reached. */
export function prunesNothing({ pruning: { rate, target, layers } }: RunConfig): boolean {
  const isAimless = target.flops === null && target.parameters === null && target.latency === null;
  return rate === 0 && isAimless && Object.values(layers).every((layer) => layer.rate === 0);
}
