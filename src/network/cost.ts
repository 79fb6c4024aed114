import type { LayerGraph, Shape } from './graph';
import { kindOf } from './layers';
import { parameterSpecs, type ParameterSpec } from './parameters';
import { inferShapes } from './shapes';

/** How many channels of each layer's output are there, by layer name; fractions stand for a share of the filters. */
export type Widths = ReadonlyMap<string, number>;

/** The widths of a network as it is. */
export function fullWidths(graph: LayerGraph): Widths {
  return new Map([...inferShapes(graph)].map(([name, { channels }]) => [name, channels]));
}

/**
 * Multiply-adds of every layer that papers count, for one image, at the given widths; one multiply-add counts once, as the
 * papers' FLOPs do. Classifier, batch norm and shortcuts are not counted (SFP paper, section 3.3).
 */
export function multiplyAddsByLayer(graph: LayerGraph, widths: Widths): ReadonlyMap<string, number> {
  const shapes = inferShapes(graph);
  const narrowed = (name: string): Shape => ({ ...shapes.get(name)!, channels: widths.get(name)! });
  const counts = graph.layers.flatMap((layer): [string, number][] => {
    const kind = kindOf(layer);
    if (!kind.multiplyAdds) return [];
    return [[layer.name, kind.multiplyAdds(layer, narrowed(layer.inputs[0]!), narrowed(layer.name))]];
  });
  return new Map(counts);
}

/** Multiply-adds of the whole network at the given widths. */
export function countMultiplyAdds(graph: LayerGraph, widths: Widths): number {
  return [...multiplyAddsByLayer(graph, widths).values()].reduce((sum, count) => sum + count, 0);
}

/** Trainable parameters of all layers at the given widths, the classifier included. */
export function countParameters(graph: LayerGraph, widths: Widths): number {
  const shapes = inferShapes(graph);
  const inputs = new Map(graph.layers.map((layer) => [layer.name, layer.inputs[0] ?? '']));
  const extentOf = ({ layer, shape, axes }: ParameterSpec, axis: number): number => {
    const input = inputs.get(layer)!;
    switch (axes[axis]!) {
      case 'output':
        return widths.get(layer)!;
      case 'input':
        return widths.get(input)!;
      case 'features':
        return (shape[axis]! / shapes.get(input)!.channels) * widths.get(input)!;
      case 'other':
        return shape[axis]!;
    }
  };
  return parameterSpecs(graph).reduce(
    (sum, spec) => sum + spec.shape.reduce((product, _, axis) => product * extentOf(spec, axis), 1),
    0,
  );
}
