import { UserError } from '../../base/errors';

/** What a target may limit. */
export const targetKinds = ['flops', 'parameters', 'latency'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** What is to be left of the unpruned network's cost, as a fraction: `{ kind: 'flops', left: 0.5 }` is half of the FLOPs. */
export interface Target {
  readonly kind: TargetKind;
  readonly left: number;
}

/** Steps between a rate of 0 and of 1; finer than any layer has filters. */
const steps = 4096;

/**
 * The smallest rate whose cost is at most the target's; `leftAt(rate)` is what is left of the cost at a rate, and falls as
 * the rate grows. Throws a UserError that says what can be reached when nothing does.
 */
export function rateForTarget({ kind, left }: Target, leftAt: (rate: number) => number): number {
  const least = leftAt((steps - 1) / steps);
  if (least > left) throw unreachable({ kind, left }, least);
  let [low, high] = [0, steps - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (leftAt(middle / steps) <= left) high = middle;
    else low = middle + 1;
  }
  return high / steps;
}

/** That a target cannot be reached, and what can: `least` of the cost is left when all is pruned that may be. */
export function unreachable({ kind, left }: Target, least: number): UserError {
  const advice = least < 1 ? `Set it to at least that.` : `Pruning makes nothing faster here.`;
  return new UserError(
    `pruning.target.${kind} is ${left}, but the least that pruning can leave of the ${inWords[kind]} is ${upwards(least)}: one filter stays in every layer. ${advice}`,
  );
}

/** Rounded so that it can be reached. */
function upwards(fraction: number): string {
  return (Math.ceil(fraction * 1000) / 1000).toFixed(3);
}

const inWords: Readonly<Record<TargetKind, string>> = {
  flops: 'FLOPs',
  parameters: 'parameters',
  latency: 'measured time',
};
