import type { Spread } from '../engines/latency/spread';
import { blockSize } from '../engines/onnxruntime/blockSize';
import type { MeasuredDuration } from '../runs/model/certificate';
import type { MeasuredPair, PairOptions } from './certifiedCompaction';
import { networkLatencies } from '../latency/networkLatencies';

/**
 * Times of a forward pass of a masked and a compact network in onnxruntime on the CPU, one image and 64 at a time, with one
 * thread and with one for each core, in turns. There are no times where other programs used the processor in every try.
 * Throws the reason of `signal`.
 */
export async function pairLatency(
  models: { readonly masked: Uint8Array; readonly compact: Uint8Array },
  options: PairOptions,
  measure = networkLatencies,
): Promise<MeasuredPair> {
  const timed = [
    { name: 'masked', bytes: models.masked },
    { name: 'compact', bytes: models.compact },
  ];
  const { machine, runtime, disturbed, measured } = await measure(timed, { ...options, tries });
  const block = await blockSize();
  if (disturbed) return { latency: null, block };
  const latency = measured.map(({ batch, threads, spreads }) => ({
    batch,
    threads,
    masked: inMilliseconds(spreads.get('masked')!),
    compact: inMilliseconds(spreads.get('compact')!),
  }));
  return { latency: { machine, runtime, measured: latency }, block };
}

/** Of a measurement that other programs disturb. */
const tries = 3;

function inMilliseconds({ median, lowerQuartile, upperQuartile }: Spread): MeasuredDuration {
  return { median: 1000 * median, low: 1000 * lowerQuartile, high: 1000 * upperQuartile };
}
