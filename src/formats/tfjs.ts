import type { TensorMap } from './tensor';
import { sizeOf } from './tensor';

/** A layer as Keras describes it: its class, what the class is made with, and the layers whose outputs it reads. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
}

/** A TensorFlow.js LayersModel with one input and one output. */
export interface LayersModel {
  readonly name: string;
  /** In an order in which each comes after those that it reads: the input first, the output last. */
  readonly layers: readonly KerasLayer[];
  /** By Keras' names, `layer/kernel`, in Keras' layouts. */
  readonly weights: TensorMap;
  readonly generatedBy: string;
  /** Further facts; TensorFlow.js returns them from `getUserDefinedMetadata`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * The two files of a LayersModel: `model.json`, and the weights, float32 and little-endian, in the order in which the former
 * lists them. `weightsFile` is the name of the weights file, which lies in the same folder.
 */
export function encodeTfjs(model: LayersModel, weightsFile: string): { model: Uint8Array; weights: Uint8Array } {
  const manifest = [...model.weights].map(([name, { shape }]) => ({ name, shape, dtype: 'float32' }));
  const document = {
    format: 'layers-model',
    generatedBy: model.generatedBy,
    convertedBy: null,
    modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: modelConfig(model) },
    weightsManifest: [{ paths: [weightsFile], weights: manifest }],
    userDefinedMetadata: model.metadata,
  };
  return { model: new TextEncoder().encode(`${JSON.stringify(document)}\n`), weights: weightBytes(model.weights) };
}

function modelConfig({ name, layers }: LayersModel): unknown {
  const end = (layer: KerasLayer | undefined) => [[layer?.name, 0, 0]];
  return {
    class_name: 'Model',
    config: {
      name,
      layers: layers.map((layer) => ({
        name: layer.name,
        class_name: layer.className,
        config: { name: layer.name, trainable: true, ...layer.config },
        inbound_nodes: layer.inputs.length > 0 ? [layer.inputs.map((input) => [input, 0, 0, {}])] : [],
      })),
      input_layers: end(layers[0]),
      output_layers: end(layers.at(-1)),
    },
  };
}

function weightBytes(weights: TensorMap): Uint8Array {
  const count = [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const bytes = new Uint8Array(4 * count);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { data } of weights.values())
    for (const value of data) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  return bytes;
}
