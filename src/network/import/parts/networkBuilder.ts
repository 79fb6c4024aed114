import { areFinite, type Tensor, type TensorMap } from '../../../formats/tensor';
import type { Layer, LayerGraph, Shape } from '../../graph';
import { parseLayerGraph } from '../../graphSchema';
import { kindOf } from '../../layers';
import { biasName, fillName, runningMeanName, runningVarianceName, weightName } from '../../layers/names';
import { parameterSpecs, statisticSpecs } from '../../parameters';
import { Unsupported } from './importedNetwork';

/** What a layer holds, by what it is for. */
export interface LayerTensors {
  readonly weight?: Tensor;
  readonly bias?: Tensor;
  readonly mean?: Tensor;
  readonly variance?: Tensor;
  readonly fill?: Tensor;
}

/** A network that is put together layer by layer, in an order in which each comes after its inputs. */
export class NetworkBuilder {
  readonly #layers = new Map<string, Layer>();
  readonly #shapes = new Map<string, Shape>();
  readonly #tensors = new Map<string, Tensor>();

  /**
   * Adds a layer, or puts it in the place of the one with its name. Throws an Unsupported when its inputs or tensors do not fit
   * it, or tensors hold values that are no finite numbers.
   */
  put(layer: Layer, tensors: LayerTensors = {}): void {
    const kind = kindOf(layer);
    const inputShapes = layer.inputs.map((name) => this.shapeOf(name));
    const shape = fitting(() => kind.shape(layer, inputShapes));
    const named = byName(layer.name, tensors);
    const specs = [...(kind.parameters?.(layer, inputShapes) ?? []), ...(kind.statistics?.(layer, inputShapes) ?? [])];
    for (const { name, shape: wanted } of specs) {
      const tensor = named.get(name) ?? this.#tensors.get(name);
      if (!tensor) throw new Unsupported(`"${name}" is missing in the file.`);
      requireFitting(name, tensor, wanted);
      this.#tensors.set(name, tensor);
    }
    this.#layers.set(layer.name, layer);
    this.#shapes.set(layer.name, shape);
  }

  layer(name: string): Layer {
    const layer = this.#layers.get(name);
    if (!layer) throw new Error(`There is no layer "${name}".`);
    return layer;
  }

  shapeOf(name: string): Shape {
    const shape = this.#shapes.get(name);
    if (!shape) throw new Error(`There is no layer "${name}".`);
    return shape;
  }

  tensor(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }

  /**
   * The network whose output is that of a layer, without the layers that this one does not need. Throws an Error when it is larger
   * than a network may be.
   */
  finish(name: string, output: string): { readonly graph: LayerGraph; readonly tensors: TensorMap } {
    const needed = new Set<string>();
    const open = [output];
    for (let layer = open.pop(); layer !== undefined; layer = open.pop())
      if (!needed.has(layer)) {
        needed.add(layer);
        open.push(...this.layer(layer).inputs);
      }
    const layers = [...this.#layers.values()].filter((layer) => needed.has(layer.name) || layer.kind === 'input');
    const graph = parseLayerGraph({ name, layers });
    const specs = [...parameterSpecs(graph), ...statisticSpecs(graph)];
    return { graph, tensors: new Map(specs.map((spec) => [spec.name, this.#tensors.get(spec.name)!])) };
  }
}

function byName(layer: string, { weight, bias, mean, variance, fill }: LayerTensors): TensorMap {
  const named: [string, Tensor | undefined][] = [
    [weightName(layer), weight],
    [biasName(layer), bias],
    [runningMeanName(layer), mean],
    [runningVarianceName(layer), variance],
    [fillName(layer), fill],
  ];
  return new Map(named.filter((entry): entry is [string, Tensor] => entry[1] !== undefined));
}

function requireFitting(name: string, { shape, data }: Tensor, wanted: readonly number[]): void {
  if (shape.join() !== wanted.join())
    throw new Unsupported(`"${name}" is [${shape.join(', ')}], but its inputs need [${wanted.join(', ')}].`);
  if (!areFinite(data)) throw new Unsupported(`"${name}" holds values that are not finite numbers.`);
}

/** What layer kinds say of shapes that do not fit becomes a reason. */
function fitting<Result>(shape: () => Result): Result {
  try {
    return shape();
  } catch (error) {
    throw new Unsupported(error instanceof Error ? error.message : String(error));
  }
}
