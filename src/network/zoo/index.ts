import { UserError } from '../../base/errors';
import type { LayerGraph, Shape } from '../graph';
import { cifarResNet } from './cifarResNet';
import { mobileNetV1 } from './mobileNetV1';
import { mobileNetV2 } from './mobileNetV2';
import { residualNetwork, type ResidualDepths } from './residualNetwork';
import { vgg16 } from './vgg';

type Builder = (name: string, images: Shape, classes: number) => LayerGraph;

/** Every network by its name. CIFAR ResNets have 6n + 2 weighted layers (He et al., CVPR 2016, section 4.2). */
const builders: Readonly<Record<string, Builder>> = {
  resnet20: ofCifar(20),
  resnet32: ofCifar(32),
  resnet44: ofCifar(44),
  resnet56: ofCifar(56),
  resnet110: ofCifar(110),
  resnet18: residual({ form: 'basic', blocks: [2, 2, 2, 2] }),
  resnet34: residual({ form: 'basic', blocks: [3, 4, 6, 3] }),
  resnet50: residual({ form: 'bottleneck', blocks: [3, 4, 6, 3] }),
  resnet101: residual({ form: 'bottleneck', blocks: [3, 4, 23, 3] }),
  resnet152: residual({ form: 'bottleneck', blocks: [3, 8, 36, 3] }),
  vgg16,
  mobilenetv1: mobileNetV1,
  mobilenetv2: mobileNetV2,
};

function ofCifar(depth: number): Builder {
  return (name, images, classes) => cifarResNet(name, depth, images, classes);
}

function residual(depths: ResidualDepths): Builder {
  return (name, images, classes) => residualNetwork(name, depths, images, classes);
}

/**
 * The network `arch` for images of shape `input`, with `classes` logits.
 * Throws a UserError that lists the known names when there is no such network.
 */
export function buildNetwork(arch: string, input: Shape, classes: number): LayerGraph {
  const build = Object.hasOwn(builders, arch) ? builders[arch] : undefined;
  if (!build) throw new UserError(`There is no network "${arch}"; choose one of ${Object.keys(builders).join(', ')}.`);
  return build(arch, input, classes);
}
