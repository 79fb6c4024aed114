import type { Layer, LayerOf, Shape } from '../../network/graph';
import { call, literal, pythonBoolean } from './pythonText';

/** Gives the text of one of a layer's numbers: a literal, or the name of a constructor parameter. */
export type NumberText = (field: string, value: number | readonly number[]) => string;

/** What a layer reads, of its first input but for `allChannels`. */
export interface LayerInput {
  /** Python text of the number of channels. */
  readonly channels: string;
  /** The same of every input. */
  readonly allChannels: readonly string[];
  readonly shape: Shape;
  /** Whether it is [batch, channels] instead of [batch, channels, height, width]. */
  readonly flat: boolean;
}

/** Expressions for a layer's output: of what it reads, with the expression for its module. */
type Output = (variables: readonly string[], module: string) => string;

export interface LayerCode {
  /** Expression that makes the layer's module, which has the layer's tensors under PyTorch's names; null for one that needs none. */
  readonly module: string | null;
  /** Python text of the number of output channels. */
  readonly channels: string;
  readonly output: Output;
}

/** How a kind of layer is written. */
interface Writer<L extends Layer> {
  readonly code: (layer: L, input: LayerInput, text: NumberText) => LayerCode;
  /** Everything that `code` goes by but the numbers that it gives to `text`; nothing if left out. */
  readonly form?: (layer: L, input: Omit<LayerInput, 'channels' | 'allChannels'>) => readonly unknown[];
}

const writers: { readonly [Kind in Layer['kind']]: Writer<LayerOf<Kind>> } = {
  add: expression((...variables) => variables.join(' + ')),
  averagePool: pooling('nn.AvgPool2d', ({ countsPadding }) => (countsPadding ? [] : ['count_include_pad=False'])),
  batchNorm: {
    code: ({ epsilon, momentum }, { channels, flat }) => {
      const settings = [
        ...(epsilon === usual.epsilon ? [] : [`eps=${literal(epsilon)}`]),
        ...(momentum === usual.momentum ? [] : [`momentum=${literal(momentum)}`]),
      ];
      return {
        module: call(flat ? 'nn.BatchNorm1d' : 'nn.BatchNorm2d', channels, ...settings),
        channels,
        output: called,
      };
    },
    form: ({ epsilon, momentum }, { flat }) => [epsilon, momentum, flat],
  },
  channelScatter: {
    code: (layer, _input, text) => {
      const channels = text('channels', layer.channels);
      return { module: call('ChannelScatter', channels, text('positions', layer.positions)), channels, output: called };
    },
  },
  concat: {
    code: (_layer, { allChannels }) => ({
      module: null,
      channels: sum(allChannels),
      output: (variables) => call('torch.cat', `[${variables.join(', ')}]`, '1'),
    }),
  },
  conv: {
    code: conv,
    form: (layer, { shape }) => {
      const { kernel, padding, dilation, bias } = layer;
      return [kernel, padding, dilation, bias, depthForm(layer, shape)];
    },
  },
  dropout: {
    code: ({ rate }, { channels }) => ({ module: call('nn.Dropout', literal(rate)), channels, output: called }),
    form: ({ rate }) => [rate],
  },
  flatten: {
    code: (_layer, { channels, shape, flat }) => ({
      module: null,
      channels: product(channels, shape.height * shape.width),
      output: ([variable]) => (flat ? variable! : `${variable!}.flatten(1)`),
    }),
    form: (_layer, { shape, flat }) => [shape.height * shape.width, flat],
  },
  globalAveragePool: expression((variable) => `${variable}.mean((2, 3), keepdim=True)`),
  globalMaxPool: expression((variable) => `${variable}.amax((2, 3), keepdim=True)`),
  hardSigmoid: expression((variable) => call('functional.hardsigmoid', variable)),
  hardSwish: expression((variable) => call('functional.hardswish', variable)),
  input: expression((variable) => variable),
  leakyRelu: {
    code: ({ slope }, { channels }) => ({
      module: null,
      channels,
      output: ([variable]) => call('functional.leaky_relu', variable!, literal(slope)),
    }),
    form: ({ slope }) => [slope],
  },
  linear: {
    code: (layer, { channels, shape, flat }, text) => {
      const places = shape.height * shape.width;
      const features = places === 1 ? channels : `${factor(channels)} * ${literal(places)}`;
      const units = text('units', layer.units);
      return {
        module: call('nn.Linear', features, units),
        channels: units,
        output: ([variable], module) => call(module, flat ? variable! : `${variable!}.flatten(1)`),
      };
    },
    form: (_layer, { shape, flat }) => [shape.height * shape.width, flat],
  },
  maxPool: pooling('nn.MaxPool2d', () => []),
  multiply: expression((...variables) => variables.join(' * ')),
  pad: {
    code: ({ margins: { top, left, bottom, right } }, { channels }) => ({
      module: null,
      channels,
      output: ([variable]) => call('functional.pad', variable!, `(${[left, right, top, bottom].join(', ')})`),
    }),
    form: ({ margins }) => [margins],
  },
  prelu: {
    code: ({ byChannel }, { channels }) => ({
      module: byChannel ? call('nn.PReLU', channels) : call('nn.PReLU'),
      channels,
      output: called,
    }),
    form: ({ byChannel }) => [byChannel],
  },
  relu: expression((variable) => call('functional.relu', variable)),
  relu6: expression((variable) => call('functional.relu6', variable)),
  sigmoid: expression((variable) => `${variable}.sigmoid()`),
  silu: expression((variable) => call('functional.silu', variable)),
  subsamplePad: {
    code: (layer, { channels }, text) => {
      const appended = text('appended', layer.appendedChannels);
      return {
        module: call('SubsamplePad', text('stride', layer.stride), appended),
        channels: sum([channels, appended]),
        output: called,
      };
    },
  },
};

/** PyTorch's defaults, which are left out. */
const usual = { epsilon: 1e-5, momentum: 0.1 };

/** The Python code of a layer. */
export function codeOf(layer: Layer, input: LayerInput, text: NumberText): LayerCode {
  return writerOf(layer).code(layer, input, text);
}

/** Everything about a layer except the numbers that `codeOf` gives to `text`; layers with equal forms can share a class. */
export function formOf(layer: Layer, input: Omit<LayerInput, 'channels' | 'allChannels'>): readonly unknown[] {
  return [layer.kind, ...(writerOf(layer).form?.(layer, input) ?? [])];
}

/** That a writer is given layers of its own kind, the table says. */
function writerOf(layer: Layer): Writer<Layer> {
  return writers[layer.kind] as Writer<Layer>;
}

function called(variables: readonly string[], module: string): string {
  return call(module, ...variables);
}

/** A kind of layer without a module, numbers or settings. */
function expression(write: (...variables: [string, ...string[]]) => string): Writer<Layer> {
  return {
    code: (_layer, { channels }) => ({
      module: null,
      channels,
      output: (variables) => write(...(variables as [string, ...string[]])),
    }),
  };
}

function pooling<L extends LayerOf<'maxPool' | 'averagePool'>>(name: string, more: (layer: L) => string[]): Writer<L> {
  return {
    code: (layer, { channels }) => {
      const settings = [
        ...(layer.padding === 0 ? [] : [`padding=${literal(layer.padding)}`]),
        ...(layer.ceil ? [`ceil_mode=${pythonBoolean(true)}`] : []),
        ...more(layer),
      ];
      const module = call(name, size(layer.kernel), `stride=${literal(layer.stride)}`, ...settings);
      return { module, channels, output: called };
    },
    form: (layer) => [layer.kernel, layer.stride, layer.padding, layer.ceil, more(layer)],
  };
}

/** How filters read channels: `each` is depthwise with one filter a channel. */
function depthForm({ groups, filters }: LayerOf<'conv'>, { channels }: Shape): 'all' | 'each' | 'groups' {
  if (groups === 1) return 'all';
  return groups === channels && filters === channels ? 'each' : 'groups';
}

function conv(layer: LayerOf<'conv'>, { channels, shape }: LayerInput, text: NumberText): LayerCode {
  const { filters, groups, kernel, stride, padding, dilation, bias } = layer;
  const depth = depthForm(layer, shape);
  const written = depth === 'each' ? channels : text('filters', filters);
  const module = call(
    'nn.Conv2d',
    channels,
    written,
    size(kernel),
    `stride=${text('stride', stride)}`,
    `padding=${literal(padding)}`,
    ...(dilation === 1 ? [] : [`dilation=${literal(dilation)}`]),
    ...(depth === 'all' ? [] : [`groups=${depth === 'each' ? channels : text('groups', groups)}`]),
    ...(bias ? [] : [`bias=${pythonBoolean(false)}`]),
  );
  return { module, channels: written, output: called };
}

function size([height, width]: readonly [number, number]): string {
  return height === width ? literal(height) : `(${height}, ${width})`;
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** Literals are added up here, parameters in Python. */
function sum(parts: readonly string[]): string {
  return parts.every(isNumber) ? literal(parts.reduce((total, part) => total + Number(part), 0)) : parts.join(' + ');
}

function product(text: string, count: number): string {
  if (count === 1) return text;
  return isNumber(text) ? literal(Number(text) * count) : `${factor(text)} * ${literal(count)}`;
}

function factor(text: string): string {
  return text.includes('+') ? `(${text})` : text;
}
