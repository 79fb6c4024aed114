import type { ReadKerasLayer, ReadLayersModel } from '../../../formats/tfjsFile';
import type { Tensor } from '../../../formats/tensor';
import type { Layer, Shape } from '../../graph';
import { Unsupported } from '../parts/importedNetwork';
import { LayerNames } from '../parts/layerNames';
import { NetworkBuilder, type LayerTensors } from '../parts/networkBuilder';

/** What a layer of Keras gives: images [height, width, channels], or one row an image. */
export interface KerasValue {
  readonly layer: string;
  readonly isFlat: boolean;
  /** Of rows whose channels came last, [height, width, channels], before they were flattened: the shape that they had. */
  readonly channelsWereLast?: Shape;
  /** Whether images are [channels, height, width] since they were turned. */
  readonly isTurned?: boolean;
}

/** What has been made so far of a model of Keras. */
export class KerasState {
  readonly builder = new NetworkBuilder();
  readonly names: LayerNames;
  /** By the names that the layers have in the file. */
  readonly values = new Map<string, KerasValue | null>();
  readonly notes = new Set<string>();
  readonly #weights = new Map<string, Tensor>();

  constructor(model: ReadLayersModel) {
    this.names = new LayerNames(new Set(model.layers.map(({ name }) => name)));
    for (const [name, tensor] of model.weights) {
      this.#weights.set(name, tensor);
      // Models within models have longer names.
      const short = name.split('/').slice(-2).join('/');
      if (!this.#weights.has(short)) this.#weights.set(short, tensor);
    }
  }

  weight(layer: string, what: string): Tensor | undefined {
    return this.#weights.get(`${layer}/${what}`);
  }
}

/** A layer of Keras, with what it reads. All methods throw an Unsupported when it is not what they are asked for. */
export class KerasReader {
  constructor(
    readonly layer: ReadKerasLayer,
    readonly state: KerasState,
    readonly isLast: boolean,
  ) {}

  inputs(): KerasValue[] {
    return this.layer.inputs.map((name) => {
      const value = this.state.values.get(name);
      if (!value) throw new Unsupported(`It reads "${name}", which nothing in the file gives.`);
      return value;
    });
  }

  input(): KerasValue {
    const [only, ...others] = this.inputs();
    if (!only || others.length > 0)
      throw new Unsupported(`It has ${this.layer.inputs.length} inputs; it must have one.`);
    return only;
  }

  image(): KerasValue {
    const value = this.input();
    if (value.isFlat) throw new Unsupported('It reads one row an image; it must read images.');
    if (value.isTurned) throw new Unsupported('It reads images whose channels were put first; Keras has them last.');
    return value;
  }

  shape({ layer }: KerasValue): Shape {
    return this.state.builder.shapeOf(layer);
  }

  weight(what: string): Tensor {
    const tensor = this.state.weight(this.layer.name, what);
    if (!tensor) throw new Unsupported(`The file has no weights "${this.layer.name}/${what}".`);
    return tensor;
  }

  /** A setting; the fallback where it is missing or null. */
  setting(name: string, fallback: unknown): unknown {
    return (Object.hasOwn(this.layer.config, name) ? this.layer.config[name] : null) ?? fallback;
  }

  number(name: string, fallback: number): number {
    const value = this.setting(name, fallback);
    if (typeof value !== 'number') throw new Unsupported(`Its "${name}" is no number.`);
    return value;
  }

  whole(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    if (!Number.isSafeInteger(value) || value < 1) throw new Unsupported(`Its "${name}" is ${value}.`);
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.setting(name, fallback) === true;
  }

  text(name: string, fallback: string): string {
    const value = this.setting(name, fallback);
    // Keras 3 has objects for what was a name.
    const named = typeof value === 'object' && value !== null && 'class_name' in value ? value.class_name : value;
    if (typeof named !== 'string') throw new Unsupported(`Its "${name}" is no text.`);
    return named;
  }

  /** Two whole numbers, or one for both. */
  pair(name: string, fallback: readonly [number, number]): readonly [number, number] {
    const value = this.setting(name, fallback);
    const list = Array.isArray(value) ? (value as unknown[]) : [value, value];
    const [first, second] = list;
    if (list.length !== 2 || !isWhole(first) || !isWhole(second))
      throw new Unsupported(`Its "${name}" is not two whole numbers.`);
    return [first, second];
  }

  requireChannelsLast(): void {
    const format = this.text('data_format', 'channels_last');
    if (format !== 'channels_last')
      throw new Unsupported(`Its data_format is "${format}"; only channels_last can be had.`);
  }

  /** Adds a layer under the own name, or that with something behind, and says what it gives. */
  put(from: KerasValue, layerOf: (name: string) => Layer, tensors: LayerTensors = {}, behind = ''): KerasValue {
    const name =
      behind === ''
        ? this.state.names.take(this.layer.name, { owner: true })
        : this.state.names.take(`${this.layer.name}.${behind}`);
    this.state.builder.put(layerOf(name), tensors);
    return { ...from, layer: name };
  }
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
