import {
  averagePool,
  globalAveragePool,
  globalMaxPool,
  maxPool,
  pad,
  subsamplePad,
  type AveragePoolLayer,
  type MaxPoolLayer,
} from '../../../layers';
import type { Shape } from '../../../graph';
import type { Margins } from '../../../layers/graphOps';
import { Unsupported } from '../../parts/importedNetwork';
import {
  evenSettings,
  paddingInWords,
  poolSettingsFor,
  reachedMargins,
  samePadding,
  unpadded,
  type Sliding,
} from '../../parts/sliding';
import type { NodeReader } from '../nodes/nodeReader';
import type { ImageValue } from '../nodes/values';
import type { Operators } from './operator';
import { slidingOf } from './windows';

export const pooling: Operators = {
  MaxPool: maximum,
  AveragePool: average,
  GlobalAveragePool: (node) => {
    putGlobalAverage(node, node.image(), true);
  },
  GlobalMaxPool: (node) => {
    putGlobalMaximum(node, node.image(), true);
  },
  ReduceMean: (node) => {
    putGlobalAverage(node, imageReducedOver(node), node.int('keepdims', 1) !== 0);
  },
  ReduceMax: (node) => {
    putGlobalMaximum(node, imageReducedOver(node), node.int('keepdims', 1) !== 0);
  },
};

function putGlobalAverage(node: NodeReader, image: ImageValue, keepsAxes: boolean): void {
  node.layer(afterReduction(image, keepsAxes), 'globalAveragePool', (name) => globalAveragePool(name, image.layer));
}

function putGlobalMaximum(node: NodeReader, image: ImageValue, keepsAxes: boolean): void {
  node.layer(afterReduction(image, keepsAxes), 'globalMaxPool', (name) => globalMaxPool(name, image.layer));
}

function afterReduction(image: ImageValue, keepsAxes: boolean): ImageValue {
  return keepsAxes ? image : { ...image, layout: 'flat' };
}

/** The image, if it is height and width that a node reduces. */
function imageReducedOver(node: NodeReader): ImageValue {
  const image = node.activations();
  const axes = node.axes('axes', 1) ?? [];
  const places = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
  const wanted = image.layout === 'channelsLast' ? '1,2' : '2,3';
  if (image.layout === 'flat' || places.join() !== wanted)
    throw new Unsupported(
      `It reduces the axes ${axes.slice(0, 5).join(', ') || 'all'}; only height and width together can be.`,
    );
  return image;
}

function maximum(node: NodeReader): void {
  node.requireOneOutput('indices');
  const image = node.image();
  const shape = node.shape(image);
  const sliding = windowOf(node, shape);
  const [height, width] = sliding.kernel;
  if (height === 1 && width === 1 && samePadding(sliding.margins) === 0) {
    node.layer(image, 'subsamplePad', (name) => subsamplePad(name, image.layer, sliding.stride, 0));
    return;
  }
  const exact = poolSettingsFor(sliding, shape, node.int('ceil_mode', 0) !== 0);
  if (exact) {
    node.layer(image, 'maxPool', (name): MaxPoolLayer => ({ ...maxPool(name, image.layer), ...exact }));
    return;
  }
  if (!isNeverNegative(node, image) || node.int('ceil_mode', 0) !== 0)
    throw new Unsupported(`${paddingInWords(sliding.margins)}; a maximum can be padded by the same on all sides only.`);
  // Zeros win over nothing that is not negative.
  const padded = putPad(node, image, sliding.margins);
  node.layer(image, 'maxPool', (name): MaxPoolLayer => ({ ...maxPool(name, padded), ...unpadded(sliding) }));
}

function average(node: NodeReader): void {
  const image = node.image();
  const shape = node.shape(image);
  const sliding = windowOf(node, shape);
  const countsPadding = node.int('count_include_pad', 0) !== 0;
  const ceil = node.int('ceil_mode', 0) !== 0;
  const [height, width] = sliding.kernel;
  if (height === shape.height && width === shape.width && samePadding(sliding.margins) === 0) {
    putGlobalAverage(node, image, true);
    return;
  }
  const exact = countsPadding ? evenSettings(sliding, ceil) : poolSettingsFor(sliding, shape, ceil);
  if (exact) {
    const settings = { ...exact, countsPadding };
    node.layer(image, 'averagePool', (name): AveragePoolLayer => ({ ...averagePool(name, image.layer), ...settings }));
    return;
  }
  if (!countsPadding)
    throw new Unsupported(
      `${paddingInWords(sliding.margins)}; a mean that leaves padding out can be padded by the same on all sides only. ` +
        'Export it so, or with padding that counts (count_include_pad).',
    );
  // What counts is zeros around the image; what rounding up adds behind them never does.
  const padded = putPad(node, image, ceil ? reachedMargins(sliding, shape) : sliding.margins);
  const settings = { ...unpadded(sliding), ceil, countsPadding };
  node.layer(image, 'averagePool', (name): AveragePoolLayer => ({ ...averagePool(name, padded), ...settings }));
}

function windowOf(node: NodeReader, shape: Shape): Sliding {
  const sliding = slidingOf(node, node.ints('kernel_shape') ?? [], shape);
  if (sliding.dilation !== 1)
    throw new Unsupported(`Its window has a dilation of ${sliding.dilation}; only 1 can be had.`);
  return sliding;
}

function putPad(node: NodeReader, image: ImageValue, margins: Margins): string {
  const name = node.state.nameOf(node.node, 'pad');
  node.state.put(pad(name, image.layer, margins));
  return name;
}

function isNeverNegative(node: NodeReader, { layer }: ImageValue): boolean {
  return ['relu', 'relu6', 'sigmoid', 'hardSigmoid'].includes(node.state.builder.layer(layer).kind);
}
