import type { BatchNormLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

/** Batch normalisation (Ioffe and Szegedy, 2015) by the batch's statistics. */
export function batchNorm<T>(context: LayerContext<T, BatchNormLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input } = soleInput(context);
  const names = variableNames(layer);
  const [runningMean, runningVariance] = [ops.variable(names.mean), ops.variable(names.variance)];
  const pass = ops.batchNormTrain(
    input,
    ops.variable(names.scale),
    ops.variable(names.shift),
    runningMean,
    layer.epsilon,
  );
  return {
    output: pass.output,
    statistics: new Map([
      [names.mean, ops.movingAverage(runningMean, pass.mean, layer.momentum)],
      [names.variance, ops.movingAverage(runningVariance, pass.unbiasedVariance, layer.momentum)],
    ]),
    backward: (outputGradient) => {
      const gradients = pass.gradients(outputGradient);
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

/** Batch normalisation by the running statistics. */
export function batchNormInference<T>(context: LayerContext<T, BatchNormLayer>): T {
  const { layer, ops } = context;
  const names = variableNames(layer);
  const [scale, shift] = [ops.variable(names.scale), ops.variable(names.shift)];
  const [mean, variance] = [ops.variable(names.mean), ops.variable(names.variance)];
  return ops.batchNormInfer(soleInput(context).input, scale, shift, mean, variance, layer.epsilon);
}

function variableNames({ name }: BatchNormLayer) {
  return {
    scale: `${name}.weight`,
    shift: `${name}.bias`,
    mean: `${name}.running_mean`,
    variance: `${name}.running_var`,
  };
}
