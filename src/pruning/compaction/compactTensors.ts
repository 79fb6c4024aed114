import { biasName, fillName, runningMeanName } from '../../network/layers/names';
import { parameterSpecs, statisticSpecs, type ParameterSpec, type StatisticSpec } from '../../network/parameters';
import { inferShapes } from '../../network/shapes';
import type { LayerGraph } from '../../network/graph';
import type { Tensor, TensorMap } from '../../network/state';
import { carrierAmong } from './carriers';
import type { Scatter } from './compactGraph';
import { readersOf, type Correction } from './corrections';
import { weightsBetween } from './mixingWeights';
import type { Plan } from './plan';
import { sliced, type LayerKept } from './slice';

/** Channels of the dense network that are in the compact one, by layer: at compact position i is channel `kept[i]`. */
export type KeptChannelMap = ReadonlyMap<string, readonly number[]>;

/** Every tensor's spec in the dense network with what stays of its layer's channels. */
export function tensorsKept(
  dense: LayerGraph,
  kept: KeptChannelMap,
): { spec: ParameterSpec | StatisticSpec; kept: LayerKept }[] {
  const shapes = inferShapes(dense);
  const inputs = new Map(dense.layers.map(({ name, inputs: [input] }) => [name, input]));
  return [...parameterSpecs(dense), ...statisticSpecs(dense)].map((spec) => {
    const input = inputs.get(spec.layer)!;
    return {
      spec,
      kept: { output: kept.get(spec.layer)!, input: kept.get(input)!, inputChannels: shapes.get(input)!.channels },
    };
  });
}

/** Parameters and running statistics of the compact network. Sums are made in double precision and rounded once. */
export function compactTensors(plan: Plan, kept: KeptChannelMap, scatters: readonly Scatter[]): TensorMap {
  const { facts } = plan;
  const compact = new Map<string, Tensor>(
    tensorsKept(facts.graph, kept).map(({ spec, kept: ofLayer }) => [
      spec.name,
      sliced(facts.tensors.get(spec.name)!, spec, ofLayer),
    ]),
  );
  for (const correction of plan.corrections) correct(plan, correction, compact);
  for (const { layer, channels } of scatters) {
    const constants = facts.constants.get(layer.inputs[0]!)!;
    const data = Float32Array.from(channels, (channel) => constants[channel] ?? 0);
    compact.set(fillName(layer.name), { shape: [channels.length], data });
  }
  return compact;
}

function correct(plan: Plan, correction: Correction, compact: TensorMap): void {
  const { facts, layouts } = plan;
  const { layer, remedy } = correction;
  if (remedy === 'carrier') {
    giveToCarrier(plan, correction, compact);
    return;
  }
  const [names, sign] =
    remedy === 'bias'
      ? [[biasName(layer)], 1]
      : [readersOf(facts.graph.layers, layer).map(({ name }) => runningMeanName(name)), -1];
  for (const [position, output] of layouts.kept(layer).entries()) {
    const given = sumGiven(plan, correction, output);
    for (const name of names) compact.get(name)!.data[position] = facts.tensors.get(name)!.data[output]! + sign * given;
  }
}

/** What the removed constants add to an output, where all of them are read. */
function sumGiven({ facts }: Plan, { layer, input, constants }: Correction, output: number): number {
  const { name, outputs, inputs } = facts.mixing.get(layer)!;
  const weights = facts.tensors.get(name)!;
  const values = facts.constants.get(input)!;
  return constants.reduce((sum, channel) => {
    const between = weightsBetween(weights, [outputs, inputs], [output, channel]);
    return sum + values[channel]! * between.reduce((total, weight) => total + weight, 0);
  }, 0);
}

/** Gives the carrier v_j the weights w_j + sum of v_k / v_j * w_k over the removed constants v_k. */
function giveToCarrier({ facts, layouts }: Plan, { layer, input, constants }: Correction, compact: TensorMap): void {
  const carrier = carrierAmong(facts, input, layouts.kept(input));
  if (carrier === null) throw new Error(`No constant that "${layer}" reads is left to carry the others.`);
  const { name, outputs, inputs } = facts.mixing.get(layer)!;
  const weights = facts.tensors.get(name)!;
  const values = facts.constants.get(input)!;
  const compactShape = [layouts.kept(layer).length, layouts.kept(input).length] as const;
  const compactCarrier = layouts.kept(input).indexOf(carrier);
  for (const [position, output] of layouts.kept(layer).entries()) {
    const dense = (channel: number) => weightsBetween(weights, [outputs, inputs], [output, channel]);
    const sums = Float64Array.from(dense(carrier));
    for (const channel of constants) {
      const share = values[channel]! / values[carrier]!;
      for (const [index, weight] of dense(channel).entries()) sums[index]! += share * weight;
    }
    weightsBetween(compact.get(name)!, compactShape, [position, compactCarrier]).set(sums);
  }
}
