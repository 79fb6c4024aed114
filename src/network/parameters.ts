import type { LayerGraph } from './graph';
import { kindOf } from './layers';
import type { ParameterSpec, StatisticSpec } from './layers/layerKind';
import { inferShapes } from './shapes';

export { sizeOf } from '../formats/tensor';
export type { Axis, ParameterRole, ParameterSpec, StatisticRole, StatisticSpec } from './layers/layerKind';

/** All parameters of a network, in the order of its layers. */
export function parameterSpecs(graph: LayerGraph): ParameterSpec[] {
  const shapes = inferShapes(graph);
  return graph.layers.flatMap((layer) => kindOf(layer).parameters?.(layer, inputShapes(layer, shapes)) ?? []);
}

/** All running statistics of a network, in the order of its layers. */
export function statisticSpecs(graph: LayerGraph): StatisticSpec[] {
  const shapes = inferShapes(graph);
  return graph.layers.flatMap((layer) => kindOf(layer).statistics?.(layer, inputShapes(layer, shapes)) ?? []);
}

function inputShapes<Shape>({ inputs }: { readonly inputs: readonly string[] }, shapes: ReadonlyMap<string, Shape>) {
  // inferShapes has made sure that every input is there.
  return inputs.map((name) => shapes.get(name)!);
}
