import type { Shape } from '../graph';

/** Images up to this size are met with networks that begin without reducing them, as is usual for CIFAR. */
const largestSmall = 64;

/** Whether the variant of a network for small images fits: one that reduces images of 32x32 as ImageNet's would have nothing left. */
export function isSmall({ height, width }: Shape): boolean {
  return Math.max(height, width) <= largestSmall;
}
