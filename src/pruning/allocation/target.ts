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
  if (least > left)
    throw new UserError(
      `pruning.target.${kind} is ${left}, but the least that pruning can leave of the ${inWords[kind]} is ${least.toFixed(3)}: one filter stays in every layer. Set it to at least that.`,
    );
  let [low, high] = [0, steps - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (leftAt(middle / steps) <= left) high = middle;
    else low = middle + 1;
  }
  return high / steps;
}

const inWords: Readonly<Record<TargetKind, string>> = {
  flops: 'FLOPs',
  parameters: 'parameters',
  latency: 'measured time',
};
