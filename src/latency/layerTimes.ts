import { enginesFolder } from '../base/cacheFolder';
import { wasBusy } from '../engines/latency/interleaved';
import { onnxruntimeVersion } from '../engines/onnxruntime/version';
import { missingTimes, networkKey } from '../layerTimes/networkTimes';
import { forecastConditions, isSame, keepTable, keptTables, machineText } from '../layerTimes/tableFile';
import type { Conditions, TimeTable } from '../layerTimes/timeTable';
import type { LayerGraph } from '../network/graph';
import { untrainedOnnx } from './convolutionChain';
import { halfNetwork } from './narrowNetwork';
import { timeConvolutionsApart, timeModelsApart, type MeasuringOptions } from './measuringProcess';

export interface LayerTimesOptions extends MeasuringOptions {
  /** Where tables are kept; the cache if left out. */
  readonly folder?: string;
  readonly threads?: number;
  readonly batchSize?: number;
  /** Measures again what is there, too. */
  readonly again?: boolean;
  /** For tests. */
  readonly timeModels?: typeof timeModelsApart;
  readonly timeConvolutions?: typeof timeConvolutionsApart;
}

export interface LayerTimes {
  /** With all that the network needs. */
  readonly table: TimeTable;
  /** Whether something was missing. */
  readonly measuredNow: boolean;
  /** Whether the machine was too busy to keep what was measured. */
  readonly busy: boolean;
}

/**
 * The times of a network's convolutions by width on this machine: from the cache, and measured where they are missing, which
 * takes about a minute. What was measured on a busy machine is not kept. Throws the reason of the signal when it is aborted.
 */
export async function layerTimes(graph: LayerGraph, options: LayerTimesOptions): Promise<LayerTimes> {
  const { folder = enginesFolder(), again = false } = options;
  const conditions = conditionsHere(options);
  const kept = (await keptTables(folder)).find((table) => isSame(table.conditions, conditions)) ?? null;
  const missing = missingTimes(graph, again ? null : kept);
  const before = again ? null : kept;
  if (before !== null && missing.shapes.length === 0 && !missing.network)
    return { table: before, measuredNow: false, busy: false };
  const { timed, busy } = await measureMissing(graph, missing.shapes, conditions, options);
  const table = { conditions, measured: new Date().toISOString(), ...merged(before, timed) };
  if (!busy) await keepTable({ ...table, ...merged(kept, timed) }, folder);
  return { table, measuredNow: true, busy };
}

function conditionsHere({ threads, batchSize }: LayerTimesOptions): Conditions {
  return {
    machine: machineText(),
    onnxruntime: onnxruntimeVersion(),
    node: process.versions.node,
    threads: threads ?? forecastConditions.threads,
    batchSize: batchSize ?? forecastConditions.batchSize,
  };
}

type Times = Pick<TimeTable, 'shapes' | 'networks'>;

/** The network, dense and halved, in few seconds, then its convolutions. */
async function measureMissing(
  graph: LayerGraph,
  shapes: Parameters<typeof timeConvolutionsApart>[0],
  { threads, batchSize }: Conditions,
  options: LayerTimesOptions,
): Promise<{ timed: Times; busy: boolean }> {
  const { timeModels = timeModelsApart, timeConvolutions = timeConvolutionsApart } = options;
  const half = halfNetwork(graph);
  const models = [
    { name: graph.name, bytes: untrainedOnnx(graph) },
    ...(half ? [{ name: `half of ${graph.name}`, bytes: untrainedOnnx(half.graph, half.tensors) }] : []),
  ];
  const timing = { threads, batchSize, rounds: networkRounds, turnMilliseconds: networkMilliseconds };
  const quietly = { ...options, onProgress: undefined };
  const { spreads, steadiness: ofNetworks } = await timeModels({ models, options: timing }, quietly);
  const convolutions =
    shapes.length > 0
      ? await timeConvolutions(shapes, { threads, batchSize }, options)
      : { shapes: [], steadiness: null };
  const { steadiness } = convolutions;
  return {
    timed: {
      shapes: convolutions.shapes,
      networks: [
        { key: networkKey(graph), name: graph.name, dense: spreads[0]!.lowest, half: spreads[1]?.lowest ?? null },
      ],
    },
    busy: wasBusy(ofNetworks) || (steadiness !== null && wasBusy(steadiness)),
  };
}

const networkRounds = 5;
const networkMilliseconds = 200;

/** New parts stand in for old ones of the same. */
function merged(before: Times | null, { shapes, networks }: Times): Times {
  const shapeKey = ({ kernel, height, width, most }: Times['shapes'][number]) => [kernel, height, width, most].join();
  const both = <Part>(old: readonly Part[], fresh: readonly Part[], key: (part: Part) => string): Part[] => [
    ...new Map([...old, ...fresh].map((part) => [key(part), part])).values(),
  ];
  return {
    shapes: both(before?.shapes ?? [], shapes, shapeKey),
    networks: both(before?.networks ?? [], networks, ({ key }) => key),
  };
}

/** What to say when the machine was busy. */
export const busyNote =
  'The times of layers by width were measured while other programs used the processor: they are used this once, not kept, and measured again next time.';
