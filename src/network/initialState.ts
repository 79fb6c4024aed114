import { randomStream, type RandomStream } from '../base/random';
import type { LayerGraph } from './graph';
import { parameterSpecs, sizeOf, statisticSpecs, type ParameterSpec } from './parameters';
import type { NetworkState, Tensor, TensorMap } from './state';

/**
 * The state before training, decided by the seed alone: convolutions normal with std sqrt(2 / (kh * kw * filters)),
 * linear weights Kaiming normal with std sqrt(2 / inputs), biases 0, batch norm scale 1 and shift 0, slopes of prelu 0.25,
 * momenta 0, running mean 0 and variance 1 (He et al., ICCV 2015, as the SFP paper's networks were initialised).
 */
export function initialState(graph: LayerGraph, seed: number): NetworkState {
  const random = randomStream(seed, 'weights');
  const specs = parameterSpecs(graph);
  return {
    parameters: tensors(specs, (spec) => initialValues(spec, random)),
    momenta: tensors(specs, zeros),
    statistics: tensors(statisticSpecs(graph), (spec) => zeros(spec).fill(spec.role === 'runningVariance' ? 1 : 0)),
  };
}

function initialValues(spec: ParameterSpec, random: RandomStream): Float32Array {
  const [outputs, inputs, height, width] = spec.shape as [number, number, number, number];
  switch (spec.role) {
    case 'convWeight':
      return normals(spec, Math.sqrt(2 / (height * width * outputs)), random);
    case 'linearWeight':
      return normals(spec, Math.sqrt(2 / inputs), random);
    case 'batchNormScale':
      return zeros(spec).fill(1);
    case 'preluSlope':
      return zeros(spec).fill(0.25);
    case 'convBias':
    case 'batchNormShift':
    case 'linearBias':
      return zeros(spec);
  }
}

function zeros({ shape }: { readonly shape: readonly number[] }): Float32Array {
  return new Float32Array(sizeOf(shape));
}

function normals(spec: ParameterSpec, deviation: number, random: RandomStream): Float32Array {
  return zeros(spec).map(() => deviation * random.normal());
}

function tensors<Spec extends { readonly name: string; readonly shape: readonly number[] }>(
  specs: readonly Spec[],
  values: (spec: Spec) => Float32Array,
): TensorMap {
  return new Map(specs.map((spec): [string, Tensor] => [spec.name, { shape: spec.shape, data: values(spec) }]));
}
