import { UserError } from '../../base/errors';
import type { LayerGraph } from '../../network/graph';
import { parameterSpecs, sizeOf, statisticSpecs } from '../../network/parameters';
import { areFinite } from '../../formats/tensor';
import type { TensorMap } from '../../network/state';
import { compactGraph, type Scatter } from './compactGraph';
import { compactTensors, type KeptChannelMap } from './compactTensors';
import { overheadsOf, type Overhead } from './overheads';
import { planCompaction, type Plan } from './plan';

/** A network without its pruned filters. */
export interface Compaction {
  /** Layers and tensors have the names that they have in the dense network. */
  readonly graph: LayerGraph;
  /** Parameters and running statistics. */
  readonly tensors: TensorMap;
  /** The network that was compacted. */
  readonly dense: LayerGraph;
  /** For every layer that is left the channels of its output, by their index in the dense network. */
  readonly kept: KeptChannelMap;
  /** What the compact network has beyond what is live. */
  readonly overheads: readonly Overhead[];
  /**
   * Whether it is nothing but a part of the dense network, so that what training makes of it can be written back. It is the
   * same training as with masks only while batch norm's scale and shift of pruned filters are held at zero.
   */
  readonly isPlain: boolean;
  /** Why it is not plain, in a sentence; null if it is. */
  readonly whyNotPlain: string | null;
}

/**
 * Leaves out of a network every filter that is zero and every one that nothing reads. In evaluation the logits are the same
 * but for rounding: a removed filter's constant, that which batch norm makes of zero, is carried into what reads it
 * (`corrections.ts`), and sums of different masks are aligned by scatters.
 * `tensors` are parameters and running statistics of the masked network, pruned filters exactly zero. They are not changed.
 * Throws a UserError when a tensor is missing, has another shape or a value that is no number.
 */
export function compact(graph: LayerGraph, tensors: TensorMap): Compaction {
  checkTensors(graph, tensors);
  const plan = planCompaction(withoutUnread(graph), tensors);
  checkConstants(plan);
  const { graph: narrowed, scatters } = compactGraph(plan);
  const kept = new Map(plan.facts.graph.layers.map(({ name }) => [name, plan.layouts.kept(name)]));
  const whyNotPlain = reasonAgainstPlain(plan, scatters);
  return {
    graph: narrowed,
    tensors: compactTensors(plan, kept, scatters),
    dense: plan.facts.graph,
    kept,
    overheads: overheadsOf(plan, scatters),
    isPlain: whyNotPlain === null,
    whyNotPlain,
  };
}

/** The layers that the last one depends on. */
function withoutUnread({ name, layers }: LayerGraph): LayerGraph {
  const read = new Set([layers.at(-1)!.name]);
  for (const layer of layers.toReversed()) if (read.has(layer.name)) layer.inputs.forEach((input) => read.add(input));
  return { name, layers: layers.filter((layer) => read.has(layer.name)) };
}

function checkTensors(graph: LayerGraph, tensors: TensorMap): void {
  for (const { name, shape } of [...parameterSpecs(graph), ...statisticSpecs(graph)]) {
    const tensor = tensors.get(name);
    if (!tensor) throw new UserError(`The weights have no "${name}", which "${graph.name}" needs.`);
    if (tensor.data.length !== sizeOf(shape) || tensor.shape.join() !== shape.join())
      throw new UserError(
        `"${name}" has the shape [${tensor.shape.join(', ')}] where "${graph.name}" needs [${shape.join(', ')}].`,
      );
    if (!areFinite(tensor.data))
      throw new UserError(
        `"${name}" has values that are no numbers: the training diverged. Take an earlier checkpoint.`,
      );
  }
}

function checkConstants({ facts }: Plan): void {
  for (const [layer, constants] of facts.constants)
    if (constants.some((value) => value !== null && !Number.isFinite(value)))
      throw new UserError(`A pruned filter gives no finite number after "${layer}": its running variance is negative.`);
}

function reasonAgainstPlain(
  { facts, layouts, corrections, extras }: Plan,
  scatters: readonly Scatter[],
): string | null {
  const [correction] = corrections;
  if (correction)
    return `"${correction.layer}" reads constants of removed filters, which batch norm makes of zero and training would change.`;
  const [scatter] = scatters;
  if (scatter) return `"${scatter.sum}" combines layers that keep different filters.`;
  const extra = [...extras].find(([, channels]) => channels.length > 0);
  if (extra) return `"${extra[0]}" keeps a pruned filter, which training would bring back.`;
  const dropout = facts.graph.layers.find(
    ({ kind, name }) => kind === 'dropout' && layouts.kept(name).length < facts.constants.get(name)!.length,
  );
  if (dropout) return `"${dropout.name}" is dropout, which would draw other values for fewer channels.`;
  const unread = [...facts.mixing.keys()].find((layer) =>
    facts.constants.get(layer)!.some((value, channel) => value === null && !layouts.has({ layer, channel })),
  );
  if (unread !== undefined) return `"${unread}" has a filter that nothing reads, which training could give readers.`;
  const free = parameterSpecs(facts.graph).find(({ layer, axes }) => {
    if (axes[0] !== 'output') return false;
    return facts.free.get(layer)!.some((isFree, channel) => isFree && !layouts.has({ layer, channel }));
  });
  return free === undefined
    ? null
    : `"${free.layer}" has parameters of a channel that no filter computes, which training would change.`;
}
