import { batchNorm, conv, dropout, flatten, input, linear, maxPool, relu, type Layer } from '../layers';
import type { LayerGraph, Shape } from '../graph';
import { isSmall } from './imageSize';

/** Filters of VGG-16's convolutions by stage; a pooling ends each stage. */
const stages = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/**
 * VGG-16 with batch norm (Simonyan and Zisserman, ICLR 2015, configuration D) under the names that torchvision gives. For small
 * images one linear layer is the classifier, as is usual for CIFAR.
 */
export function vgg16(name: string, shape: Shape, classes: number): LayerGraph {
  const layers: Layer[] = [input('input', shape)];
  let place = 0;
  const next = (): string => `features.${place++}`;
  let last = 'input';
  for (const stage of stages) {
    for (const filters of stage) {
      const [convolution, norm, activation] = [next(), next(), next()];
      layers.push(
        { ...conv(convolution, last, filters), bias: true },
        batchNorm(norm, convolution),
        relu(activation, norm),
      );
      last = activation;
    }
    const pool = next();
    layers.push(maxPool(pool, last));
    last = pool;
  }
  layers.push(...(isSmall(shape) ? smallHead(last, classes) : largeHead(last, classes)));
  return { name, layers };
}

function smallHead(from: string, classes: number): Layer[] {
  return [flatten('flatten', from), linear('classifier', 'flatten', classes)];
}

function largeHead(from: string, classes: number): Layer[] {
  return [
    flatten('flatten', from),
    linear('classifier.0', 'flatten', 4096),
    relu('classifier.1', 'classifier.0'),
    dropout('classifier.2', 'classifier.1', 0.5),
    linear('classifier.3', 'classifier.2', 4096),
    relu('classifier.4', 'classifier.3'),
    dropout('classifier.5', 'classifier.4', 0.5),
    linear('classifier.6', 'classifier.5', classes),
  ];
}
