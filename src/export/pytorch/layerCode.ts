import type { BatchNormLayer, ConvLayer, Layer, Shape, SubsamplePadLayer } from '../../network/graph';
import { call, literal } from './pythonText';

/** Gives the text of one of a layer's numbers: a literal, or the name of a constructor parameter. */
export type NumberText = (field: string, value: number | readonly number[]) => string;

export interface LayerInput {
  /** Python text of the number of channels. */
  readonly channels: string;
  readonly shape: Shape;
  /** Whether it is [batch, channels] instead of [batch, channels, height, width]. */
  readonly flat: boolean;
}

export interface LayerModule {
  /** Expression that makes the layer's module; null for a layer that needs none. */
  readonly module: string | null;
  /** Python text of the number of output channels. */
  readonly channels: string;
}

/** PyTorch's defaults, which are left out. */
const usual = { epsilon: 1e-5, momentum: 0.1 };

/** The module that has the layer's tensors under PyTorch's names. */
export function moduleOf(layer: Layer, input: LayerInput, text: NumberText): LayerModule {
  switch (layer.kind) {
    case 'input':
    case 'relu':
    case 'add':
    case 'globalAveragePool':
      return { module: null, channels: input.channels };
    case 'conv':
      return conv(layer, input, text);
    case 'batchNorm':
      return { module: batchNorm(layer, input), channels: input.channels };
    case 'subsamplePad':
      return subsamplePad(layer, input, text);
    case 'channelScatter': {
      const channels = text('channels', layer.channels);
      return { module: call('ChannelScatter', channels, text('positions', layer.positions)), channels };
    }
    case 'linear': {
      const places = input.shape.height * input.shape.width;
      const features = places === 1 ? input.channels : `${factor(input.channels)} * ${literal(places)}`;
      const units = text('units', layer.units);
      return { module: call('nn.Linear', features, units), channels: units };
    }
  }
}

function conv({ filters, kernel, stride, padding }: ConvLayer, input: LayerInput, text: NumberText): LayerModule {
  const [height, width] = kernel;
  const size = height === width ? literal(height) : `(${height}, ${width})`;
  const written = text('filters', filters);
  const module = call(
    'nn.Conv2d',
    input.channels,
    written,
    size,
    `stride=${text('stride', stride)}`,
    `padding=${literal(padding)}`,
    'bias=False',
  );
  return { module, channels: written };
}

function batchNorm({ epsilon, momentum }: BatchNormLayer, { channels, flat }: LayerInput): string {
  const settings = [
    ...(epsilon === usual.epsilon ? [] : [`eps=${literal(epsilon)}`]),
    ...(momentum === usual.momentum ? [] : [`momentum=${literal(momentum)}`]),
  ];
  return call(flat ? 'nn.BatchNorm1d' : 'nn.BatchNorm2d', channels, ...settings);
}

function subsamplePad(layer: SubsamplePadLayer, { channels }: LayerInput, text: NumberText): LayerModule {
  const appended = text('appended', layer.appendedChannels);
  return {
    module: call('SubsamplePad', text('stride', layer.stride), appended),
    channels: sum(channels, appended),
  };
}

/** Literals are added up here, parameters in Python. */
function sum(left: string, right: string): string {
  const known = [left, right].every((text) => /^\d+$/.test(text));
  return known ? literal(Number(left) + Number(right)) : `${left} + ${right}`;
}

function factor(text: string): string {
  return text.includes('+') ? `(${text})` : text;
}

/** Expression for the layer's output; `module` is the expression for its module. */
export function outputOf(layer: Layer, inputs: readonly string[], module: string): string {
  const [input] = inputs as [string];
  switch (layer.kind) {
    case 'relu':
      return call('functional.relu', input);
    case 'add':
      return inputs.join(' + ');
    case 'globalAveragePool':
      return `${input}.mean((2, 3), keepdim=True)`;
    case 'linear':
      return call(module, `${input}.flatten(1)`);
    case 'input':
    case 'conv':
    case 'batchNorm':
    case 'subsamplePad':
    case 'channelScatter':
      return call(module, input);
  }
}

/** Everything about a layer except the numbers that `moduleOf` gives to `text`; layers with equal forms can share a class. */
export function formOf(layer: Layer, { shape, flat }: Omit<LayerInput, 'channels'>): readonly unknown[] {
  switch (layer.kind) {
    case 'conv':
      return [layer.kind, layer.kernel, layer.padding];
    case 'batchNorm':
      return [layer.kind, layer.epsilon, layer.momentum, flat];
    case 'linear':
      return [layer.kind, shape.height * shape.width];
    case 'input':
    case 'relu':
    case 'add':
    case 'subsamplePad':
    case 'channelScatter':
    case 'globalAveragePool':
      return [layer.kind];
  }
}
