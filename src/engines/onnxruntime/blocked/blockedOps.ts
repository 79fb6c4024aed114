import type { LayerGraph, Shape } from '../../../network/graph';
import type {
  BatchNormPass,
  ChannelPositions,
  ConvGeometry,
  GraphOps,
  Margins,
  PoolWindow,
} from '../../../network/layers/graphOps';
import { sizeOf } from '../../../network/parameters';
import type { Layouts, Slot } from '../../variableLayout';
import { otherChannels, scatterKernel, transposed } from '../../channelScatter';
import { CommonOps } from '../commonOps';
import type { Emitter } from '../emitter';
import { PlainOps } from '../plainOps';
import type { Value } from '../value';
import { ChannelPlaces } from './channelPlaces';
import { Channelwise } from './channelwise';
import { BlockedConvolution } from './convolution';
import { DepthwiseGradient } from './depthwise';
import { DetouredConvolution, type Detour } from './detouredConvolution';
import { isPlain, layerForms, type LayerForms } from './forms';
import { blockedNode, BlockedLayout } from './layout';
import { Pending, PendingConvolution, ScaledGradient } from './pending';
import { BlockedPooling } from './pooling';
import { Reordering } from './reordering';
import { Spoilt } from './spoilt';
import { blockedWeights } from './storage';

const oneByOne: ConvGeometry = { kernel: [1, 1], stride: 1, padding: 0, dilation: 1, groups: 1 };

/** The network that is built, and how many channels a block has. */
export interface BlockedNetwork {
  readonly graph: LayerGraph;
  readonly block: number;
}

interface BatchNormState {
  readonly input: Value;
  readonly scale: Value;
  readonly inverseDeviation: Value;
  readonly count: number;
}

/**
 * Networks in onnxruntime's blocked operators, three to five times as fast as the plain ones; see `BlockedLayout`. Layers behind
 * pooling and flattening know nothing of blocks; `forLayer` gives them plain operators.
 */
export class BlockedOps extends CommonOps {
  private readonly layout: BlockedLayout;
  private readonly channelwise: Channelwise;
  private readonly convolution: BlockedConvolution;
  private readonly depthwise: DepthwiseGradient;
  private readonly reordering: Reordering;
  private readonly pooling: BlockedPooling;
  private readonly detoured: DetouredConvolution;
  private readonly unblocked: PlainOps;
  private readonly forms: ReadonlyMap<string, LayerForms>;
  /** Those of the layer whose operations these are. */
  private readonly own: LayerForms | null = null;

  /** A batch size of -1 (known only when the model runs) is for evaluation alone. */
  constructor(to: Emitter, batchSize: number, layouts: Layouts, { graph, block }: BlockedNetwork) {
    super(to, batchSize, layouts);
    this.unblocked = new PlainOps(to, batchSize, layouts, this.variables);
    this.forms = layerForms(graph, block);
    this.layout = new BlockedLayout(block, batchSize === -1 ? 1 : block);
    this.channelwise = new Channelwise(to, this.layout);
    this.convolution = new BlockedConvolution(to, this.layout);
    this.depthwise = new DepthwiseGradient(to, this.layout, this.convolution, this.channelwise);
    this.reordering = new Reordering(to, this.layout, batchSize);
    this.detoured = new DetouredConvolution(this.unblocked, this.reordering, this.channelwise);
    this.pooling = new BlockedPooling(to, this.layout, this.convolution, this.reordering);
  }

  forLayer(name: string): GraphOps<Value> {
    const own = this.forms.get(name)!;
    // All else is shared: what is kept of one layer serves the others.
    return isPlain(own) ? this.unblocked : Object.assign(Object.create(this) as BlockedOps, { own });
  }

  override images(name: string, { channels, height, width }: Shape): Value {
    const images = super.images(name, { channels, height, width });
    const { lanes } = this.layout;
    if (lanes === 1) return images;
    const [groups, size] = [this.batchSize / lanes, channels * height * width];
    const apart = this.to.reshape(images, [groups, lanes, size, 1]);
    const interleaved = blockedNode(this.to, 'ReorderInput', [apart], apart.extents);
    return this.to.reshape(interleaved, [groups, channels, height, width * lanes]);
  }

  conv2d(input: Value, weights: Value, bias: Value | null, geometry: ConvGeometry): Value {
    const detour = this.detour();
    if (detour) return this.detoured.forward(input, weights, bias, { ...detour, geometry });
    return this.convolution.forward(input, weights, geometry, bias);
  }

  conv2dInputGradient(gradient: Value, weights: Value, inputShape: Shape, geometry: ConvGeometry): Value {
    const detour = this.detour();
    if (detour) return this.detoured.inputGradient(gradient, weights, inputShape, { ...detour, geometry });
    return this.convolution.inputGradient(gradient, weights, inputShape, geometry);
  }

  conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    const detour = this.detour();
    if (detour) return this.detoured.weightGradient(gradient, input, { ...detour, geometry });
    return geometry.groups > 1
      ? this.depthwise.ofWeights(gradient, input, geometry)
      : this.convolution.weightGradient(gradient, input, geometry);
  }

  scaledByChannel(input: Value, vector: Value): Value {
    return vector.extents[0] === 1 ? this.to.product(input, vector) : this.channelwise.affine(input, vector, null);
  }

  channelSums(value: Value): Value {
    return this.channelwise.sums(value);
  }

  /** Where the layer gives no blocks it pools whole images, for layers that know nothing of blocks. */
  maxPool(input: Value, inputShape: Shape, window: PoolWindow): Value {
    const places = this.inputPlaces(0);
    return this.outputPlaces()
      ? this.pooling.largest(input, inputShape, window, places)
      : this.pooling.largestInPlain(input, window, places);
  }

  maxPoolGradient(gradient: Value, input: Value, output: Value, _inputShape: Shape, window: PoolWindow): Value {
    const [places, pass] = [this.inputPlaces(0), { input, output, window }];
    return this.outputPlaces()
      ? this.pooling.largestGradient(gradient, { ...pass, places })
      : this.pooling.largestGradientInPlain(gradient, pass, places);
  }

  averagePool(input: Value, _inputShape: Shape, window: PoolWindow): Value {
    return this.pooling.mean(input, window, this.inputPlaces(0));
  }

  averagePoolGradient(gradient: Value, inputShape: Shape, window: PoolWindow): Value {
    return this.pooling.meanGradient(gradient, inputShape, window, this.inputPlaces(0));
  }

  scaledByPlace(value: Value, factors: Float32Array, { height, width }: Shape): Value {
    const { block, lanes } = this.layout;
    const places = this.to.reshape(value, [this.layout.blocksOf(value), height * width, lanes * block]);
    const scaled = this.to.product(places, this.to.constant(factors, [height * width, 1]));
    return this.to.reshape(scaled, value.extents);
  }

  /** The blocks of all, each with what fills it up. */
  concatChannels(values: readonly Value[]): Value {
    return this.to.concatenate(values, 1);
  }

  /** The blocks of the input whose first channel it is. */
  channelRange(value: Value, start: number, count: number): Value {
    let [channels, stored] = [0, 0];
    for (const index of this.own!.inputs.keys()) {
      const places = this.inputPlaces(index);
      if (channels === start && places.places.length === count) return this.to.window(value, 1, stored, places.stored);
      channels += places.places.length;
      stored += places.stored;
    }
    throw new Error(`No input of the layer has the ${count} channels from ${start} on.`);
  }

  padded(value: Value, { top, left, bottom, right }: Margins): Value {
    const { block, lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(value);
    const column = lanes * block;
    const rows = this.to.reshape(value, [this.layout.blocksOf(value), height, width * column]);
    const whole = this.to.padded(rows, [0, top, left * column], [0, bottom, right * column]);
    return this.to.reshape(whole, [groups, channels, top + height + bottom, (left + width + right) * lanes]);
  }

  cropped(value: Value, { top, left, bottom, right }: Margins): Value {
    return this.padded(value, { top: -top, left: -left, bottom: -bottom, right: -right });
  }

  override dropoutFactors(layer: string, input: Value, shape: Shape): Value {
    return this.reordering.blocked(super.dropoutFactors(layer, input, shape), this.inputPlaces(0));
  }

  /** One value a channel may lie plain, or in blocks. */
  override multiply(left: Value, right: Value): Value {
    const factors = this.isPlainFactors(right) ? this.reordering.blocked(right, this.inputPlaces(0)) : right;
    const product = this.timesFactors(raw(left), raw(factors));
    // A product is zero wherever one of the two is.
    return left instanceof Spoilt && factors instanceof Spoilt ? this.spoilt(product) : product;
  }

  override scaled(value: Value, factor: number): Value {
    return value instanceof Spoilt ? this.spoilt(super.scaled(value.value, factor)) : super.scaled(value, factor);
  }

  override shifted(value: Value, by: number): Value {
    return this.spoilt(super.shifted(raw(value), by));
  }

  override clipped(value: Value, low: number, high: number): Value {
    const clipped = super.clipped(raw(value), low, high);
    return value instanceof Spoilt || low > 0 || high < 0 ? this.spoilt(clipped) : clipped;
  }

  override within(value: Value, low: number, high: number): Value {
    const within = super.within(raw(value), low, high);
    return value instanceof Spoilt || (low < 0 && high > 0) ? this.spoilt(within) : within;
  }

  override sigmoid(value: Value): Value {
    return this.spoilt(super.sigmoid(raw(value)));
  }

  /** What comes behind it knows nothing of blocks. */
  flatten(value: Value): Value {
    const plain = this.reordering.plain(value, this.inputPlaces(0));
    return this.to.reshape(plain, [this.batchSize, sizeOf(plain.extents.slice(1)), 1, 1]);
  }

  unflatten(value: Value, { channels, height, width }: Shape): Value {
    const images = this.to.reshape(value, [this.batchSize, channels, height, width]);
    return this.reordering.blocked(images, this.inputPlaces(0));
  }

  /** Mean, then variance about that mean: two passes keep the digits whatever the mean is. */
  batchNormTrain(input: Value, scale: Value, shift: Value, epsilon: number): BatchNormPass<Value> {
    const { to } = this;
    const count = input.extents[0]! * input.extents[2]! * input.extents[3]!;
    const mean = to.scaled(this.channelwise.sums(input), 1 / count);
    // Not about the running mean, which would take one pass: of a filter that has just been set to zero it is far off, and the
    // difference of two large squares would be a variance where there is none.
    const about = this.channelwise.shifted(input, to.scaled(mean, -1));
    const variance = to.scaled(this.channelwise.dots(about, about), 1 / count);
    const inverseDeviation = to.inverseRoot(variance, epsilon);
    return {
      output: this.affine(about, to.product(scale, inverseDeviation), shift),
      mean,
      unbiasedVariance: to.scaled(variance, count / (count - 1)),
      gradients: (gradient) => this.batchNormGradients(gradient, { input: about, scale, inverseDeviation, count }),
    };
  }

  /** With x^ = x / deviation of an input about its mean: dx = scale / deviation * (dy - mean(dy) - x^ * mean(dy * x^)). */
  private batchNormGradients(gradient: Value, { input, scale, inverseDeviation, count }: BatchNormState) {
    const { to } = this;
    const shiftGradient = this.channelwise.sums(gradient);
    const scaleGradient = to.product(inverseDeviation, this.channelwise.dots(gradient, input));
    const slope = to.scaled(to.product(inverseDeviation, scaleGradient), -1 / count);
    const offset = to.scaled(shiftGradient, -1 / count);
    const unscaled = this.channelwise.affine(input, slope, offset, { sum: gradient });
    const factor = to.product(scale, inverseDeviation);
    return {
      input: new ScaledGradient(unscaled, factor, (value, by) => this.channelwise.affine(value, by, null)),
      scale: scaleGradient,
      shift: shiftGradient,
    };
  }

  batchNormInfer(input: Value, scale: Value, shift: Value, mean: Value, variance: Value, epsilon: number): Value {
    const factor = this.to.product(scale, this.to.inverseRoot(variance, epsilon));
    const offset = this.to.difference(shift, this.to.product(mean, factor));
    return input instanceof PendingConvolution
      ? input.scaledWithBias(factor, offset)
      : this.affine(input, factor, offset);
  }

  relu(input: Value): Value {
    const fused = input instanceof Pending ? input.rectified() : null;
    return fused ?? new Pending(input.extents, (epilogue) => this.channelwise.plus(input, epilogue)).rectified()!;
  }

  reluGradient(gradient: Value, output: Value): Value {
    return this.to.product(gradient, this.channelwise.positive(output));
  }

  add(left: Value, right: Value): Value {
    // The one whose operator is still open takes the other one in.
    const fused =
      (left instanceof Pending ? left.plus(right) : null) ?? (right instanceof Pending ? right.plus(left) : null);
    return fused ?? this.to.sum(left, right);
  }

  /** Where the input is filled up at its end, there are zeros to append already. */
  subsamplePad(input: Value, _shape: Shape, stride: number): Value {
    const taken = this.subsampled(input, stride);
    const missing = this.outputPlaces()!.stored - this.inputPlaces(0).stored;
    return this.to.padded(taken, [0, 0, 0, 0], [0, missing, 0, 0]);
  }

  subsamplePadGradient(gradient: Value, { height, width }: Shape, stride: number): Value {
    const places = this.inputPlaces(0);
    const blocks = this.to.window(gradient, 1, 0, places.stored);
    return this.convolution.spreadOut(this.withoutFilling(blocks, places), stride, { height, width });
  }

  scatterChannels(input: Value, fill: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    const kernel = this.constantWeights(
      scatterKernel(scatter),
      [channels, positions.length, 1, 1],
      this.outputPlaces()!,
      this.inputPlaces(0),
    );
    const others = new Float32Array(fill.extents[0]!);
    others.set(otherChannels(scatter));
    const constants = this.to.product(fill, this.to.constant(others, fill.extents));
    return this.convolution.forward(input, kernel, oneByOne).withBias(constants);
  }

  scatterChannelsGradient(gradient: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    const weights = this.constantWeights(
      transposed(scatterKernel(scatter), channels),
      [positions.length, channels, 1, 1],
      this.inputPlaces(0),
      this.outputPlaces()!,
    );
    return this.convolution.forward(gradient, weights, oneByOne);
  }

  /** For layers that know nothing of blocks, but where factors of a product lie in blocks themselves. */
  globalAveragePool(input: Value): Value {
    const means = this.means(input);
    return this.own!.inputs[1] instanceof ChannelPlaces ? means : this.reordering.plain(means, this.inputPlaces(0));
  }

  private means(input: Value): Value {
    const { lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(input);
    if (lanes === 1) return blockedNode(this.to, 'GlobalAveragePool', [input], [groups, channels, 1, 1]);
    const places = height * width;
    const rows = this.to.reshape(input, [groups, channels, places, lanes]);
    return blockedNode(this.to, 'AveragePool', [rows], [groups, channels, 1, lanes], { kernel_shape: [places, 1] });
  }

  globalAveragePoolGradient(gradient: Value, { height, width }: Shape): Value {
    const { block, lanes } = this.layout;
    const share = this.reordering.blocked(this.to.scaled(gradient, 1 / (height * width)), this.inputPlaces(0));
    const [groups, channels] = share.extents as [number, number];
    const onePlace = this.to.reshape(share, [groups, channels / block, 1, lanes * block]);
    const everyPlace = this.to.spread(onePlace, [groups, channels / block, height * width, lanes * block]);
    return this.to.reshape(everyPlace, [groups, channels, height, width * lanes]);
  }

  /** In blocked weights the filters of a block are the innermost axis. */
  protected override rowsApart(slot: Slot): [number, number, number] {
    const { extents, order } = slot;
    if (extents.length !== 4 || order === null) return super.rowsApart(slot);
    const { block } = this.layout;
    return [extents[0]! / block, sizeOf(extents) / extents[0]!, block];
  }

  private inputPlaces(index: number): ChannelPlaces {
    const form = this.own?.inputs[index];
    if (!(form instanceof ChannelPlaces)) throw new Error(`Input ${index} of the layer does not lie in blocks.`);
    return form;
  }

  /** Null where the layer gives no blocks. */
  private outputPlaces(): ChannelPlaces | null {
    const form = this.own?.output;
    return form instanceof ChannelPlaces ? form : null;
  }

  /** Where the channels lie of a convolution that goes by way of the plain layout; null for any other layer. */
  private detour(): Pick<Detour, 'from' | 'to'> | null {
    return this.own?.isDetour ? { from: this.inputPlaces(0), to: this.outputPlaces()! } : null;
  }

  /** Images of plain values are not in groups, or there are no groups of more than one. */
  private isPlainFactors({ extents }: Value): boolean {
    return this.own?.inputs[1] === 'plain' && extents[0] === this.batchSize;
  }

  /** Of blocked tensors, the right one of which may have one value a channel. */
  private timesFactors(image: Value, factors: Value): Value {
    const [imageSize, factorsSize] = [image, factors].map(({ extents }) => sizeOf(extents.slice(1)));
    if (imageSize === factorsSize) return super.multiply(image, factors);
    const { block, lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(image);
    const apart = (value: Value, places: number): Value =>
      this.to.reshape(value, [groups, channels / block, places, lanes * block]);
    return this.to.reshape(super.multiply(apart(image, height * width), apart(factors, 1)), image.extents);
  }

  /** A value of the layer's channels that is not zero where blocks are filled up. */
  private spoilt(value: Value): Value {
    const places = this.inputPlaces(0);
    return places.isFilled ? new Spoilt(value, (each) => this.withoutFilling(each, places)) : value;
  }

  /** With zeros in what fills up. */
  private withoutFilling(value: Value, places: ChannelPlaces): Value {
    if (!places.isFilled) return value;
    return this.channelwise.affine(value, this.to.constant(places.marks(), [places.stored]), null);
  }

  /** Weights of this shape as blocked convolutions read them. */
  private constantWeights(
    weights: Float32Array,
    shape: readonly number[],
    filters: ChannelPlaces,
    channels: ChannelPlaces,
  ): Value {
    const { extents, order } = blockedWeights(shape, this.layout.block, filters, channels);
    return this.to.constant(
      Float32Array.from(order, (place) => weights[place] ?? 0),
      extents,
    );
  }

  /** Where images lie side by side in a row, its columns cannot be taken by a stride. */
  private subsampled(input: Value, stride: number): Value {
    if (stride === 1) return input;
    return this.layout.lanes === 1
      ? this.channelwise.subsampled(input, [stride, stride])
      : this.channelwise.subsampled(this.convolution.columnPhase(input, 0, stride), [stride, 1]);
  }

  private affine(value: Value, factor: Value, offset: Value): Pending {
    return new Pending(value.extents, (epilogue) => this.channelwise.affine(value, factor, offset, epilogue));
  }
}

/** With whatever it has where blocks are filled up. */
function raw(value: Value): Value {
  return value instanceof Spoilt ? value.value : value;
}
