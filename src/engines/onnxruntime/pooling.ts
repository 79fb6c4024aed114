import type { Shape } from '../../network/graph';
import type { PoolWindow } from '../../network/layers/graphOps';
import { sizeOf } from '../../network/parameters';
import type { Emitter } from './emitter';
import type { Value } from './value';

type Extents4 = readonly [batch: number, channels: number, height: number, width: number];

/** Poolings of activations that lie as [batch, channels, height, width], and their gradients. */
export class Pooling {
  constructor(protected readonly to: Emitter) {}

  /** The largest value of each window. */
  largest(input: Value, window: PoolWindow): Value {
    return this.to.emit(
      'MaxPool',
      [this.to.apartFromPadding(input)],
      pooledExtents(input, window),
      poolAttributes(window),
    );
  }

  /** Pools once more, for the places of the largest values, which evaluation has no use for. */
  largestGradient(gradient: Value, input: Value, _output: Value, window: PoolWindow): Value {
    const { extents } = input;
    const [size, taken] = [sizeOf(extents), sizeOf(gradient.extents)];
    const [, places] = this.to.model.nodeWithOutputs(
      'MaxPool',
      [this.to.apartFromPadding(input).name],
      2,
      poolAttributes(window),
    );
    const flatPlaces = this.to.reshape({ name: places!, extents: gradient.extents }, [taken]);
    const zeros = this.to.spread(this.to.filled(0, [1]), [size]);
    const added = [zeros, flatPlaces, this.to.reshape(gradient, [taken])];
    return this.to.reshape(this.to.emit('ScatterElements', added, [size], { axis: 0, reduction: 'add' }), extents);
  }

  /** The mean over each whole window. */
  mean(input: Value, window: PoolWindow): Value {
    const attributes = { ...poolAttributes(window), count_include_pad: 1 };
    return this.to.emit('AveragePool', [this.to.apartFromPadding(input)], pooledExtents(input, window), attributes);
  }

  meanGradient(gradient: Value, { channels, height, width }: Shape, window: PoolWindow): Value {
    const { kernel, stride, margins } = window;
    const [batch, , rows, columns] = gradient.extents as Extents4;
    const share = this.to.scaled(gradient, 1 / (kernel[0] * kernel[1]));
    const extents = [batch, channels, height, width];
    if (kernel.every((taps) => taps === stride) && Object.values(margins).every((margin) => margin === 0)) {
      const apart = this.to.reshape(share, [batch, channels, rows, 1, columns, 1]);
      return this.to.reshape(this.to.spread(apart, [batch, channels, rows, stride, columns, stride]), extents);
    }
    const ones = this.to.filled(1, [channels, 1, ...kernel]);
    const attributes = {
      ...poolAttributes(window),
      group: channels,
      output_padding: [Math.max(0, -margins.bottom), Math.max(0, -margins.right)],
    };
    return this.to.emit('ConvTranspose', [share, ones], extents, attributes);
  }
}

/** Rows and columns that no place reaches are left out by rounding down. */
function poolAttributes({ kernel, stride, margins }: PoolWindow) {
  const { top, left, bottom, right } = margins;
  const pads = [top, left, Math.max(0, bottom), Math.max(0, right)];
  return { kernel_shape: [...kernel], strides: [stride, stride], pads };
}

function pooledExtents(input: Value, { kernel, stride, margins }: PoolWindow): number[] {
  const [batch, channels, height, width] = input.extents as Extents4;
  const { top, left, bottom, right } = margins;
  return [
    batch,
    channels,
    (top + height + bottom - kernel[0]) / stride + 1,
    (left + width + right - kernel[1]) / stride + 1,
  ];
}
