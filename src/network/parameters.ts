import type { Layer, LayerGraph, Shape } from './graph';
import { inferShapes } from './shapes';

export type ParameterRole = 'convWeight' | 'batchNormScale' | 'batchNormShift' | 'linearWeight' | 'linearBias';
export type StatisticRole = 'runningMean' | 'runningVariance';

interface Spec<Role> {
  /** As PyTorch calls it: `stem.conv.weight`, `stem.bn.running_mean`. */
  readonly name: string;
  readonly layer: string;
  readonly role: Role;
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
}

/** A tensor that the optimiser changes. */
export type ParameterSpec = Spec<ParameterRole>;

/** A running statistic of batch normalisation. */
export type StatisticSpec = Spec<StatisticRole>;

/** All parameters of a network, in the order of its layers. */
export function parameterSpecs(graph: LayerGraph): ParameterSpec[] {
  const shapes = inferShapes(graph);
  return graph.layers.flatMap((layer) => parametersOf(layer, inputShape(layer, shapes)));
}

/** All running statistics of a network, in the order of its layers. */
export function statisticSpecs(graph: LayerGraph): StatisticSpec[] {
  const shapes = inferShapes(graph);
  return graph.layers.flatMap((layer) => {
    if (layer.kind !== 'batchNorm') return [];
    const shape = [inputShape(layer, shapes).channels];
    return [
      { name: `${layer.name}.running_mean`, layer: layer.name, role: 'runningMean' as const, shape },
      { name: `${layer.name}.running_var`, layer: layer.name, role: 'runningVariance' as const, shape },
    ];
  });
}

/** Number of values in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function parametersOf(layer: Layer, input: Shape): ParameterSpec[] {
  const spec = (role: ParameterRole, suffix: 'weight' | 'bias', shape: number[]): ParameterSpec => ({
    name: `${layer.name}.${suffix}`,
    layer: layer.name,
    role,
    shape,
  });
  switch (layer.kind) {
    case 'conv':
      return [spec('convWeight', 'weight', [layer.filters, input.channels, ...layer.kernel])];
    case 'batchNorm':
      return [spec('batchNormScale', 'weight', [input.channels]), spec('batchNormShift', 'bias', [input.channels])];
    case 'linear':
      return [
        spec('linearWeight', 'weight', [layer.units, input.channels * input.height * input.width]),
        spec('linearBias', 'bias', [layer.units]),
      ];
    case 'input':
    case 'relu':
    case 'add':
    case 'subsamplePad':
    case 'globalAveragePool':
      return [];
  }
}

function inputShape(layer: Layer, shapes: ReadonlyMap<string, Shape>): Shape {
  if (layer.kind === 'input') return layer.shape;
  // inferShapes has made sure that every layer but the input has an input.
  return shapes.get(layer.inputs[0]!)!;
}
