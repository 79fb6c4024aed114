import { UserError } from '../../base/errors';
import type { LayerGraph, Shape } from '../graph';
import { cifarResNet } from './cifarResNet';

/** Depths by name. CIFAR ResNets have 6n + 2 weighted layers (He et al., CVPR 2016, section 4.2). */
const cifarResNetDepths: Readonly<Record<string, number>> = {
  resnet20: 20,
  resnet32: 32,
  resnet44: 44,
  resnet56: 56,
  resnet110: 110,
};

/**
 * The network `arch` for images of shape `input`, with `classes` logits.
 * Throws a UserError that lists the known names when there is no such network.
 */
export function buildNetwork(arch: string, input: Shape, classes: number): LayerGraph {
  const depth = Object.hasOwn(cifarResNetDepths, arch) ? cifarResNetDepths[arch] : undefined;
  if (depth === undefined)
    throw new UserError(`There is no network "${arch}"; choose one of ${Object.keys(cifarResNetDepths).join(', ')}.`);
  return cifarResNet(arch, depth, input, classes);
}
