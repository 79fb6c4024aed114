import type { Batch, CompiledNetwork, EngineDescription } from '../engines/engine';
import { openModelFile } from '../engines/onnxruntime/modelFile';
import type { About } from '../export/exportable';
import { encodeOnnxNetwork } from '../export/onnx';
import type { LayerGraph } from '../network/graph';
import { prunableLayers } from '../network/prunableLayers';
import type { TensorMap } from '../network/state';
import { compact, type Compaction } from '../pruning/compaction/compact';
import { compactCost, type CompactCost } from '../pruning/compaction/compactCost';
import { zeroFilterMasks } from '../pruning/held';
import type { CertifiedNetwork } from '../runs/folder/compactFolder';
import { certificateVersion, type Certificate } from '../runs/model/certificate';
import { logitsEquality, type LogitsEquality } from './logitsEquality';
import { lostReasons } from './lostReasons';

/** A trained network with its pruned filters at zero. */
export interface MaskedNetwork {
  readonly run: string;
  readonly checkpoint: string;
  readonly graph: LayerGraph;
  /** Compiled, with the masked weights in it. */
  readonly network: CompiledNetwork;
  readonly engine: EngineDescription;
  readonly about: About;
  /** Test images of the data set, of which `data.limit` may leave some out. */
  readonly testImages: number;
  /** `target.latency` of the config. */
  readonly targetLatency: number | null;
  /** All test images of the run, once. */
  readonly batches: () => AsyncIterable<Batch>;
}

/** Times of both networks, and how many channels the processor computes together. */
export interface MeasuredPair {
  readonly latency: Certificate['latency'];
  readonly block: number;
}

export interface CertifyOptions {
  readonly signal: AbortSignal;
  /** Told what is done and, where that is known, which share of it. */
  readonly onProgress: (what: string, fraction: number | null) => void;
  /** Measures two ONNX models in turns. */
  readonly measure: (
    models: { readonly masked: Uint8Array; readonly compact: Uint8Array },
    options: PairOptions,
  ) => Promise<MeasuredPair>;
}

export interface PairOptions {
  readonly signal: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/**
 * Leaves the pruned filters of a network out and shows what came of it: the logits of both on all test images, sizes, and
 * measured times. The masked logits are those of the engine that trained, the compact ones those of the ONNX file in
 * onnxruntime, so that what is compared is what is shipped.
 */
export async function certifiedCompaction(masked: MaskedNetwork, options: CertifyOptions): Promise<CertifiedNetwork> {
  const { signal, onProgress, measure } = options;
  onProgress('leaving the pruned filters out', null);
  const { parameters, statistics } = await masked.network.readState();
  const tensors: TensorMap = new Map([...parameters, ...statistics]);
  const compaction = compact(masked.graph, tensors);
  const models = {
    masked: encodeOnnxNetwork({ graph: masked.graph, tensors, about: masked.about }),
    compact: encodeOnnxNetwork({ graph: compaction.graph, tensors: compaction.tensors, about: masked.about }),
  };
  onProgress('comparing the logits of the masked and the compact network', null);
  const equality = await compared(masked, models.compact, signal);
  signal.throwIfAborted();
  const measuring = (fraction: number): void => {
    onProgress('measuring the masked and the compact network', fraction);
  };
  measuring(0);
  const pair = await measure(models, { signal, onProgress: measuring });
  const cost = compactCost(masked.graph, zeroFilterMasks(prunableLayers(masked.graph), parameters), compaction);
  const certificate = certificateOf(masked, { compaction, cost, equality, pair, models });
  return { graph: compaction.graph, tensors: compaction.tensors, onnx: models.compact, certificate };
}

async function compared(masked: MaskedNetwork, model: Uint8Array, signal: AbortSignal): Promise<LogitsEquality> {
  const file = await openModelFile(model);
  try {
    const networks = {
      masked: (batch: Batch) => masked.network.predict(batch),
      compact: ({ images, count }: Batch) => file.predict(images, count),
    };
    return await logitsEquality(networks, masked.batches(), signal);
  } finally {
    await file.dispose();
  }
}

interface Findings {
  readonly compaction: Compaction;
  readonly cost: CompactCost;
  readonly equality: LogitsEquality;
  readonly pair: MeasuredPair;
  readonly models: { readonly masked: Uint8Array; readonly compact: Uint8Array };
}

function certificateOf(masked: MaskedNetwork, { compaction, cost, equality, pair, models }: Findings): Certificate {
  const { images, largestDifference, logitsRange, accuracy } = equality;
  const { name, device, versions } = masked.engine;
  return {
    formatVersion: certificateVersion,
    run: masked.run,
    checkpoint: masked.checkpoint,
    created: new Date().toISOString(),
    equality: { images, largestDifference, logitsRange },
    testImages: masked.testImages,
    accuracy,
    multiplyAdds: cost.multiplyAdds,
    parameters: cost.parameters,
    bytes: { masked: models.masked.byteLength, compact: models.compact.byteLength },
    engine: { name, device, versions: { ...versions } },
    latency: pair.latency,
    targetLatency: masked.targetLatency,
    block: pair.block,
    layers: [...cost.layers],
    lost: lostReasons(compaction, cost, pair.block),
  };
}
