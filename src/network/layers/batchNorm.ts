import * as z from 'zod';
import type { TensorMap } from '../../formats/tensor';
import {
  only,
  soleInput,
  type LayerBase,
  type LayerContext,
  type LayerKind,
  type LayerPass,
  type ParameterSpec,
} from './layerKind';
import { biasName, runningMeanName, runningVarianceName, weightName } from './names';

/** Batch normalisation in PyTorch's sense: running = (1 - momentum) * running + momentum * batch. */
export interface BatchNormLayer extends LayerBase {
  readonly kind: 'batchNorm';
  readonly epsilon: number;
  readonly momentum: number;
}

/** PyTorch's values. With another epsilon pruned filters come back at another speed: it would be a different experiment. */
const usual = { epsilon: 1e-5, momentum: 0.1 };

export function batchNorm(name: string, from: string): BatchNormLayer {
  return { kind: 'batchNorm', name, inputs: [from], ...usual };
}

export const batchNormKind: LayerKind<BatchNormLayer> = {
  fields: { epsilon: z.number().positive(), momentum: z.number().min(0).max(1) },
  shape: only,
  parameters: (layer, inputs) => {
    const vector = { layer: layer.name, shape: [only(layer, inputs).channels], axes: ['output'] } as const;
    const { scale, shift } = variableNames(layer);
    return [
      { name: scale, role: 'batchNormScale', ...vector },
      { name: shift, role: 'batchNormShift', ...vector },
    ] satisfies ParameterSpec[];
  },
  statistics: (layer, inputs) => {
    const vector = { layer: layer.name, shape: [only(layer, inputs).channels], axes: ['output'] } as const;
    const { mean, variance } = variableNames(layer);
    return [
      { name: mean, role: 'runningMean', ...vector },
      { name: variance, role: 'runningVariance', ...vector },
    ];
  },
  channelFlow: only,
  constants: (layer, inputs, _output, tensors) => {
    const normalised = affineOf(layer, tensors);
    return only(layer, inputs).map((value, channel) => (value === null ? null : normalised(value, channel)));
  },
  train: pass,
  infer: (context) => {
    const { layer, ops } = context;
    const names = variableNames(layer);
    const [scale, shift] = [ops.variable(names.scale), ops.variable(names.shift)];
    const [mean, variance] = [ops.variable(names.mean), ops.variable(names.variance)];
    return ops.batchNormInfer(soleInput(context).input, scale, shift, mean, variance, layer.epsilon);
  },
};

/** What the layer makes of a value in a channel, by its running statistics. */
function affineOf(layer: BatchNormLayer, tensors: TensorMap): (value: number, channel: number) => number {
  const names = variableNames(layer);
  const values = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The state has no "${name}".`);
    return tensor.data;
  };
  const [scale, shift, mean, variance] = [names.scale, names.shift, names.mean, names.variance].map(values) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return (value, channel) =>
    (scale[channel]! * (value - mean[channel]!)) / Math.sqrt(variance[channel]! + layer.epsilon) + shift[channel]!;
}

/** Batch normalisation (Ioffe and Szegedy, 2015) by the batch's statistics. */
function pass<T>(context: LayerContext<T, BatchNormLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input } = soleInput(context);
  const names = variableNames(layer);
  const [runningMean, runningVariance] = [ops.variable(names.mean), ops.variable(names.variance)];
  const normalised = ops.batchNormTrain(input, ops.variable(names.scale), ops.variable(names.shift), layer.epsilon);
  return {
    output: normalised.output,
    statistics: new Map([
      [names.mean, ops.movingAverage(runningMean, normalised.mean, layer.momentum)],
      [names.variance, ops.movingAverage(runningVariance, normalised.unbiasedVariance, layer.momentum)],
    ]),
    backward: (outputGradient) => {
      const gradients = normalised.gradients(outputGradient);
      return {
        inputs: [() => gradients.input],
        parameters: new Map([
          [names.scale, gradients.scale],
          [names.shift, gradients.shift],
        ]),
      };
    },
  };
}

function variableNames({ name }: BatchNormLayer) {
  return {
    scale: weightName(name),
    shift: biasName(name),
    mean: runningMeanName(name),
    variance: runningVarianceName(name),
  };
}
