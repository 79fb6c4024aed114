import type { ChannelScatterLayer, Layer, LayerGraph } from '../../network/graph';
import { channelScatter, kindOf } from '../../network/layers';
import type { Plan } from './plan';

/** A scatter before a sum, whose input has too few channels. */
export interface Scatter {
  readonly layer: ChannelScatterLayer;
  /** The sum. */
  readonly sum: string;
  /** For each channel of its output the channel of the input, in the dense network. */
  readonly channels: readonly number[];
}

/** The layers with the channels that stay, under their names, and the scatters that their sums need. */
export function compactGraph(plan: Plan): { graph: LayerGraph; scatters: readonly Scatter[] } {
  const { facts, layouts } = plan;
  const { name, layers } = facts.graph;
  const scatters: Scatter[] = [];
  const taken = new Set(layers.map((layer) => layer.name));
  const compactLayers = layers.flatMap((layer): Layer[] => {
    const kept = { output: layouts.kept(layer.name), inputs: layer.inputs.map((input) => layouts.kept(input)) };
    const narrowed = kindOf(layer).narrowed?.(layer, kept) ?? layer;
    const own: Scatter[] = [];
    const inputs = layer.inputs.map((input, index) => {
      if (layer.inputs.length === 1 || layouts.lacking(layer, index).length === 0) return input;
      const scatter = scatterBefore(plan, layer, index, freeName(`${layer.name}.scatter`, taken));
      own.push(scatter);
      return scatter.layer.name;
    });
    scatters.push(...own);
    return [...own.map((scatter) => scatter.layer), { ...narrowed, inputs }];
  });
  return { graph: { name, layers: compactLayers }, scatters };
}

function scatterBefore({ facts, layouts }: Plan, layer: Layer, index: number, name: string): Scatter {
  const input = layer.inputs[index]!;
  const links = facts.links.get(layer.name)!;
  const channels = layouts
    .kept(layer.name)
    .map((output) => links[output]!.find((link) => link.input === index)!.channel);
  const positions = layouts.kept(input).map((channel) => channels.indexOf(channel));
  return { layer: channelScatter(name, input, channels.length, positions), sum: layer.name, channels };
}

function freeName(stem: string, taken: Set<string>): string {
  let number = 1;
  while (taken.has(`${stem}${number}`)) number++;
  taken.add(`${stem}${number}`);
  return `${stem}${number}`;
}
