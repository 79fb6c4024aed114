import type { BatchNormPass, LossPass } from '../../network/layers/graphOps';
import { TensorProto_DataType as DataType } from '../../formats/onnx/onnx_pb';
import { GpuPooling } from './gpuPooling';
import { PlainOps } from './plainOps';
import type { Value } from './value';

/**
 * Networks in the operators that onnxruntime's WebGPU provider has kernels for, so that no node of a step runs on the CPU:
 * it lacks Sign, OneHot, LogSoftmax, FusedMatMul and comparisons of 64-bit integers, and its BatchNormalization does not train.
 */
export class GpuOps extends PlainOps {
  protected override readonly pooling = new GpuPooling(this.to);

  /**
   * Mean, then variance about that mean: two passes keep the digits whatever the mean is.
   * Sums go over an image, then over the batch, as one shader thread an output would leave a GPU idle.
   */
  override batchNormTrain(input: Value, scale: Value, shift: Value, epsilon: number): BatchNormPass<Value> {
    const [batch, channels, height, width] = input.extents as [number, number, number, number];
    const count = batch * height * width;
    const mean = this.to.scaled(this.channelSums(input), 1 / count);
    const centred = this.to.difference(input, this.to.reshape(mean, [1, channels, 1, 1]));
    const variance = this.to.scaled(this.channelSums(this.to.product(centred, centred)), 1 / count);
    const noMean = this.to.filled(0, [channels]);
    return {
      output: this.batchNormInfer(centred, scale, shift, noMean, variance, epsilon),
      mean,
      unbiasedVariance: this.to.scaled(variance, count / (count - 1)),
      gradients: (gradient) =>
        this.batchNormGradients(gradient, centred, { scale, mean: noMean, variance, epsilon, count }),
    };
  }

  override reluGradient(gradient: Value, output: Value): Value {
    const zero = this.to.model.scalar(0);
    const positive = this.to.emit('Greater', [output, zero], output.extents);
    return this.to.emit('Where', [positive, gradient, zero], gradient.extents);
  }

  protected override crossEntropy(logits: Value, labels: Value): LossPass<Value> {
    const [batch, classes] = logits.extents as [number, number];
    const target = this.target(labels, classes);
    const largest = this.to.emit('ReduceMax', [logits], [batch, 1], { axes: [1], keepdims: 1 });
    const shifted = this.to.difference(logits, largest);
    const exponentials = this.to.emit('Exp', [shifted], logits.extents);
    const sums = this.to.reshape(this.to.total(exponentials, 1), [batch, 1]);
    const logSums = this.to.emit('Log', [sums], sums.extents);
    const logProbabilities = this.to.difference(shifted, logSums);
    return {
      loss: this.to.scaled(this.to.total(this.to.product(logProbabilities, target), 0, 1), -1 / batch),
      correct: this.countRight(logits, largest, target),
      gradient: () => {
        const probabilities = this.to.emit('Div', [exponentials, sums], logits.extents);
        return this.to.scaled(this.to.difference(probabilities, target), 1 / batch);
      },
    };
  }

  /** One at an image's label, zero elsewhere. Class indices are exact in float32. */
  private target(labels: Value, classes: number): Value {
    const [batch] = labels.extents as [number];
    const indices = this.to.model.floats(Float32Array.from({ length: classes }, (_, index) => index));
    const own = this.to.reshape(this.to.emit('Cast', [labels], [batch], { to: DataType.FLOAT }), [batch, 1]);
    return this.asFloats(this.to.emit('Equal', [own, indices], [batch, classes]));
  }

  /** Earlier classes rank higher: the highest rank among the largest logits is that of the class which is taken. */
  private countRight(logits: Value, largest: Value, target: Value): Value {
    const [batch, classes] = logits.extents as [number, number];
    const ranks = {
      name: this.to.model.floats(Float32Array.from({ length: classes }, (_, index) => classes - index)),
      extents: [classes],
    };
    const atLargest = this.asFloats(this.to.emit('Equal', [logits, largest], logits.extents));
    const taken = this.to.emit('ReduceMax', [this.to.product(atLargest, ranks)], [batch], { axes: [1], keepdims: 0 });
    const wanted = this.to.total(this.to.product(target, ranks), 1);
    return this.to.total(this.asFloats(this.to.emit('Equal', [taken, wanted], [batch])), 0);
  }

  protected override imageProducts(left: Value, right: Value): Value {
    const [batch, m, n] = [left.extents[0]!, left.extents[1]!, right.extents[1]!];
    const each = this.to.emit('MatMul', [left, this.to.transpose(right, [0, 2, 1])], [batch, m, n]);
    return this.to.total(each, 0);
  }
}
