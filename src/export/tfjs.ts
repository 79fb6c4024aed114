import type { Tensor, TensorMap } from '../formats/tensor';
import { encodeTfjs, type KerasLayer, type LayersModel } from '../formats/tfjs';
import type {
  BatchNormLayer,
  ChannelScatterLayer,
  ConvLayer,
  InputLayer,
  Layer,
  LinearLayer,
  Shape,
  SubsamplePadLayer,
} from '../network/graph';
import { biasName, fillName, runningMeanName, runningVarianceName, weightName } from '../network/layers/names';
import { inferShapes } from '../network/shapes';
import { tensorNamed, type Exportable } from './exportable';
import { flatLayers } from './flatLayers';
import { fillElsewhere, inPlace, placement } from './placement';

/** The Keras layers that a layer is written as; the last of them has its name. */
interface Part {
  readonly layers: readonly KerasLayer[];
  readonly weights?: readonly (readonly [name: string, tensor: Tensor])[];
}

interface LayerPlace<L extends Layer> {
  readonly layer: L;
  readonly inputShape: Shape;
  /** Whether what the layer reads is [batch, channels]. */
  readonly flat: boolean;
  readonly values: (name: string) => Tensor;
}

const channelsLast = { data_format: 'channels_last' };

/**
 * The network as a TensorFlow.js LayersModel of stock layers, channels last: images are [batch, height, width, channels],
 * weights in Keras' layouts. The names of the layers are ours.
 */
export function encodeTfjsNetwork(
  { graph, tensors, about }: Exportable,
  weightsFile: string,
): { model: Uint8Array; weights: Uint8Array } {
  const shapes = inferShapes(graph);
  const values = (name: string) => tensorNamed(tensors, name);
  const flat = flatLayers(graph, ['globalAveragePool', 'linear']);
  const parts = graph.layers.map((layer) => {
    const from = layer.inputs[0] ?? layer.name;
    return partOf({ layer, inputShape: shapes.get(from)!, flat: flat.has(from), values });
  });
  const model: LayersModel = {
    name: graph.name,
    layers: parts.flatMap(({ layers }) => layers),
    weights: new Map(parts.flatMap(({ weights = [] }) => weights)) satisfies TensorMap,
    generatedBy: `SFP Lab ${about.version}`,
    metadata: { ...about.metadata, title: about.title, input: about.input, classes: about.classes },
  };
  return encodeTfjs(model, weightsFile);
}

function partOf(place: LayerPlace<Layer>): Part {
  const { layer } = place;
  switch (layer.kind) {
    case 'input':
      return { layers: [inputLayer(layer)] };
    case 'conv':
      return conv({ ...place, layer });
    case 'batchNorm':
      return batchNorm({ ...place, layer });
    case 'relu':
      return { layers: [keras(layer, 'ReLU')] };
    case 'add':
      return { layers: [keras(layer, 'Add')] };
    case 'subsamplePad':
      return subsamplePad({ ...place, layer });
    case 'channelScatter':
      return channelScatter({ ...place, layer });
    case 'globalAveragePool':
      return { layers: [keras(layer, 'GlobalAveragePooling2D', channelsLast)] };
    case 'linear':
      return linear({ ...place, layer });
  }
}

function keras({ name, inputs }: Layer, className: string, config: KerasLayer['config'] = {}): KerasLayer {
  return { name, className, config, inputs };
}

function inputLayer(layer: InputLayer): KerasLayer {
  const { channels, height, width } = layer.shape;
  const config = { batch_input_shape: [null, height, width, channels], dtype: 'float32', sparse: false };
  return keras(layer, 'InputLayer', config);
}

/** Padding is a separate layer, because Keras' "same" pads other sides than PyTorch when there is a stride. */
function conv({ layer, values }: LayerPlace<ConvLayer>): Part {
  const { name, filters, kernel, stride, padding } = layer;
  const padded: KerasLayer = {
    name: `${name}.padding`,
    className: 'ZeroPadding2D',
    config: {
      padding: [
        [padding, padding],
        [padding, padding],
      ],
      ...channelsLast,
    },
    inputs: layer.inputs,
  };
  const reads = padding > 0 ? { ...layer, inputs: [padded.name] } : layer;
  const weights = [[`${name}/kernel`, kernelOf(values(weightName(name)))]] as const;
  const convolution = keras(reads, 'Conv2D', convConfig({ filters, kernel, stride, bias: false }));
  return { layers: padding > 0 ? [padded, convolution] : [convolution], weights };
}

function convConfig(of: { filters: number; kernel: readonly number[]; stride: number; bias: boolean }) {
  return {
    filters: of.filters,
    kernel_size: of.kernel,
    strides: [of.stride, of.stride],
    padding: 'valid',
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: of.bias,
    ...channelsLast,
  };
}

function batchNorm({ layer, values }: LayerPlace<BatchNormLayer>): Part {
  const { name, epsilon, momentum } = layer;
  // In Keras, momentum is the share of the running value that is kept.
  const config = { axis: -1, epsilon, momentum: 1 - momentum, center: true, scale: true };
  return {
    layers: [keras(layer, 'BatchNormalization', config)],
    weights: [
      [`${name}/gamma`, values(weightName(name))],
      [`${name}/beta`, values(biasName(name))],
      [`${name}/moving_mean`, values(runningMeanName(name))],
      [`${name}/moving_variance`, values(runningVarianceName(name))],
    ],
  };
}

/** Keras has no layer that appends channels; a convolution of 1x1 takes every `stride`-th pixel and appends them. */
function subsamplePad({ layer, inputShape: { channels } }: LayerPlace<SubsamplePadLayer>): Part {
  const { stride, appendedChannels } = layer;
  if (appendedChannels > 0) return pointwise(layer, placement(channels + appendedChannels, inPlace(channels)), stride);
  const config = { pool_size: [1, 1], strides: [stride, stride], padding: 'valid', ...channelsLast };
  return { layers: [keras(layer, 'MaxPooling2D', config)] };
}

function channelScatter({ layer, values }: LayerPlace<ChannelScatterLayer>): Part {
  const { name, channels, positions } = layer;
  const bias = fillElsewhere(values(fillName(name)), positions);
  return pointwise(layer, placement(channels, positions), 1, bias);
}

/** A convolution of 1x1 with constant weights [outputs, inputs]. */
function pointwise(layer: Layer, matrix: Tensor, stride: number, bias?: Tensor): Part {
  const [filters, inputs] = matrix.shape as readonly [number, number];
  const kernel = kernelOf({ shape: [filters, inputs, 1, 1], data: matrix.data });
  return {
    layers: [keras(layer, 'Conv2D', convConfig({ filters, kernel: [1, 1], stride, bias: bias !== undefined }))],
    weights: [[`${layer.name}/kernel`, kernel], ...(bias ? [[`${layer.name}/bias`, bias] as const] : [])],
  };
}

function linear({ layer, inputShape, flat, values }: LayerPlace<LinearLayer>): Part {
  const { name, units } = layer;
  const flattened = keras({ ...layer, name: `${name}.flattened` }, 'Flatten', channelsLast);
  const reads = flat ? layer : { ...layer, inputs: [flattened.name] };
  const dense = keras(reads, 'Dense', { units, activation: 'linear', use_bias: true });
  return {
    layers: flat ? [dense] : [flattened, dense],
    weights: [
      [`${name}/kernel`, denseKernelOf(values(weightName(name)), inputShape)],
      [`${name}/bias`, values(biasName(name))],
    ],
  };
}

/** [filters, inputs, height, width] as [height, width, inputs, filters]. */
function kernelOf({ shape, data }: Tensor): Tensor {
  const [filters, inputs, height, width] = shape as readonly [number, number, number, number];
  const places = height * width;
  const kernel = new Float32Array(data.length);
  for (let filter = 0; filter < filters; filter++)
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < places; place++)
        kernel[(place * inputs + input) * filters + filter] = data[(filter * inputs + input) * places + place]!;
  return { shape: [height, width, inputs, filters], data: kernel };
}

/** [units, channels x height x width] as [height x width x channels, units]. */
function denseKernelOf({ shape, data }: Tensor, { channels, height, width }: Shape): Tensor {
  const [units, features] = shape as readonly [number, number];
  const places = height * width;
  const kernel = new Float32Array(data.length);
  for (let unit = 0; unit < units; unit++)
    for (let channel = 0; channel < channels; channel++)
      for (let place = 0; place < places; place++)
        kernel[(place * channels + channel) * units + unit] = data[unit * features + channel * places + place]!;
  return { shape: [features, units], data: kernel };
}
