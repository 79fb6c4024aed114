import { wasBusy, type TimedModel } from '../engines/latency/interleaved';
import type { Spread } from '../engines/latency/spread';
import { onnxruntimeVersion } from '../engines/onnxruntime/version';
import { physicalCores } from '../engines/physicalCores';
import { machineText } from '../layerTimes/tableFile';
import { timeModelsApart, type MeasuringOptions } from './measuringProcess';

/** Latencies of several networks, measured in turns in one run. */
export interface NetworkLatencies {
  readonly machine: string;
  /** `onnxruntime 1.30.0, Node 20.20.2`. */
  readonly runtime: string;
  /** Whether other programs used the processor meanwhile, so that the times are not to be trusted. */
  readonly disturbed: boolean;
  readonly measured: readonly LatencyAt[];
}

export interface LatencyAt {
  readonly batch: number;
  readonly threads: number;
  /** Whether these were disturbed. */
  readonly disturbed: boolean;
  /** Seconds of a forward pass by the network's name. */
  readonly spreads: ReadonlyMap<string, Spread>;
}

export interface NetworkLatenciesOptions extends MeasuringOptions {
  /** Images in a forward pass; 1 and 64 if left out. */
  readonly batches?: readonly number[];
  /** CPU threads; 1 and one for each physical core if left out. */
  readonly threads?: readonly number[];
  readonly rounds?: number;
  readonly turnMilliseconds?: number;
  /**
   * How often what other programs disturbed is measured, at the most; where they disturb every try, nothing more is measured.
   * If left out, all is measured once.
   */
  readonly tries?: number;
  /** For tests. */
  readonly timeModels?: typeof timeModelsApart;
}

/**
 * Measures networks, given as ONNX files, against each other: at every batch size and number of threads in a process of its own,
 * in which they take turns. What other programs disturbed is measured again. Medians compare them; quartiles tell how far they
 * can be trusted.
 */
export async function networkLatencies(
  models: readonly TimedModel[],
  options: NetworkLatenciesOptions,
): Promise<NetworkLatencies> {
  const { batches = [1, 64], rounds = 10, turnMilliseconds = 100, timeModels = timeModelsApart } = options;
  const threads = options.threads ?? [...new Set([1, await physicalCores()])];
  const cases = threads.flatMap((count) => batches.map((batch) => ({ batch, threads: count })));
  const measured: LatencyAt[] = [];
  for (const [index, { batch, threads: count }] of cases.entries()) {
    const onProgress = (fraction: number): void => options.onProgress?.((index + fraction) / cases.length);
    const timing = { batchSize: batch, threads: count, rounds, turnMilliseconds };
    const measure = () => timeModels({ models, options: timing }, { ...options, onProgress });
    let { spreads, steadiness } = await measure();
    for (let tries = 1; tries < (options.tries ?? 1) && wasBusy(steadiness); tries++)
      ({ spreads, steadiness } = await measure());
    const disturbed = wasBusy(steadiness);
    measured.push({
      batch,
      threads: count,
      disturbed,
      spreads: new Map(models.map(({ name }, model) => [name, spreads[model]!])),
    });
    if (disturbed && options.tries !== undefined) break;
  }
  return {
    machine: machineText(),
    runtime: `onnxruntime ${onnxruntimeVersion()}, Node ${process.versions.node}`,
    disturbed: measured.some(({ disturbed }) => disturbed),
    measured,
  };
}
