import type { LayerGraph, Shape } from './graph';
import { kindOf } from './layers';

/** Shape of the images that a network reads. Throws an Error when it has no input layer. */
export function imageShape(graph: LayerGraph): Shape {
  const input = graph.layers.find((layer) => layer.kind === 'input');
  if (!input) throw new Error(`Network "${graph.name}" has no input layer.`);
  return input.shape;
}

/**
 * Activation shape after every layer, by layer name.
 * Throws an Error when a layer reads one that does not come before it, or when the shapes do not fit together.
 */
export function inferShapes(graph: LayerGraph): ReadonlyMap<string, Shape> {
  const known = shapesOf.get(graph);
  if (known) return known;
  const shapes = inOrder<Shape>(graph, (layer, inputs) => kindOf(layer).shape(layer, inputs));
  shapesOf.set(graph, shapes);
  return shapes;
}

/** A graph does not change, and finding widths for a target asks for its shapes a thousand times. */
const shapesOf = new WeakMap<LayerGraph, ReadonlyMap<string, Shape>>();

/**
 * A value for every layer, by its name, each made of the layer and the values of its inputs.
 * Throws an Error when a name is there twice, or a layer reads one that does not come before it.
 */
export function inOrder<Value>(
  graph: LayerGraph,
  valueOf: (layer: LayerGraph['layers'][number], inputs: readonly Value[]) => Value,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const layer of graph.layers) {
    if (values.has(layer.name)) throw new Error(`Two layers are named "${layer.name}".`);
    const inputs = layer.inputs.map((name) => {
      const value = values.get(name);
      if (value === undefined) throw new Error(`Layer "${layer.name}" reads "${name}", which does not come before it.`);
      return value;
    });
    values.set(layer.name, valueOf(layer, inputs));
  }
  return values;
}
