import { computedChannels } from '../engines/onnxruntime/computedChannels';
import type { LayerGraph } from '../network/graph';
import { inferShapes } from '../network/shapes';
import type { Compaction } from '../pruning/compaction/compact';
import type { CompactCost, LayerCost } from '../pruning/compaction/compactCost';
import { overheadInWords } from '../pruning/compaction/overheads';
import type { LostSaving } from '../runs/model/certificate';

/**
 * Why a compact network is not as much faster as its masks promise, in the order of the network: what was added to it, channels
 * that only fill blocks up, convolutions outside of blocks, and gathers. What is counted has a share: multiply-adds beyond those
 * of the masks, over all of the dense network. `block` is the number of channels that the processor computes together.
 */
export function lostReasons(
  { graph, overheads }: Pick<Compaction, 'graph' | 'overheads'>,
  { layers, multiplyAdds }: CompactCost,
  block: number,
): LostSaving[] {
  const counted = (adds: number): number => adds / multiplyAdds.dense;
  const added = layers.flatMap(({ name, multiplyAdds: { built, theoretical } }): LostSaving[] => {
    if (built <= theoretical) return [];
    const own = overheads.filter((overhead) => overhead.kind === 'filters' && overhead.layer === name);
    const text = own.length > 0 ? own.map(overheadInWords).join('; ') : `${name} reads channels that were added`;
    return [{ kind: 'added', text, share: counted(built - theoretical) }];
  });
  const filled = blockReasons(graph, layers, block).map(({ share, ...reason }) => ({
    ...reason,
    share: share === null ? null : counted(share),
  }));
  const gathers = overheads
    .filter(({ kind }) => kind === 'scatter')
    .map((overhead): LostSaving => ({ kind: 'gather', text: overheadInWords(overhead), share: null }));
  return [...added, ...filled, ...gathers];
}

/** Shares are multiply-adds. */
function blockReasons(graph: LayerGraph, layers: readonly LayerCost[], block: number): LostSaving[] {
  const shapes = inferShapes(graph);
  const costs = new Map(layers.map((layer) => [layer.name, layer.multiplyAdds.built]));
  return graph.layers.flatMap(({ kind, name, inputs: [input] }): LostSaving[] => {
    if (kind !== 'conv') return [];
    const [inputs, outputs] = [shapes.get(input!)!.channels, shapes.get(name)!.channels];
    const computed = computedChannels(inputs, outputs, block);
    if (computed === null) {
      const text = `${name} has ${inputs} input channels, no multiple of 4: onnxruntime computes it outside its blocks, which takes longer`;
      return [{ kind: 'outsideBlocks', text, share: null }];
    }
    const factor = (computed.inputs * computed.outputs) / (inputs * outputs);
    if (factor === 1) return [];
    const parts = [
      ...(computed.outputs > outputs ? [`${outputs} filters run as ${computed.outputs}`] : []),
      ...(computed.inputs > inputs ? [`${inputs} input channels as ${computed.inputs}`] : []),
    ];
    const text = `${name}: ${parts.join(', ')}, in blocks of ${block}`;
    return [{ kind: 'filled', text, share: (costs.get(name) ?? 0) * (factor - 1) }];
  });
}
