import { randomStream } from '../base/random';
import { processorTimes, usedByOthers } from '../engines/choice/processorTimes';
import { cpuText } from '../engines/cpuText';
import { blockSize } from '../engines/onnxruntime/blockSize';
import { openModelFile, type ModelFile } from '../engines/onnxruntime/modelFile';
import { physicalCores } from '../engines/physicalCores';
import { sizeOf } from '../formats/tensor';
import type { Latency, MeasuredDuration } from '../runs/model/certificate';
import type { MeasuredPair } from './certifiedCompaction';

const batches = [1, 64];
const warmUpRounds = 3;
const fewestRounds = 7;
const measuredMilliseconds = 1500;
/** Of all processors; what runs unnoticed in the background needs less. */
const toleratedShare = 0.25;

interface Models<Model> {
  readonly masked: Model;
  readonly compact: Model;
}

/**
 * Times of a forward pass of two ONNX models in onnxruntime on the CPU, one image and 64 at a time, with one thread and with one
 * for each core. The models take turns, so that whatever else the machine does meets both. Throws the reason of `signal`.
 */
export async function pairLatency(models: Models<Uint8Array>, signal: AbortSignal): Promise<MeasuredPair> {
  const cores = await physicalCores();
  const before = processorTimes();
  const measured: Latency[] = [];
  for (const threads of [...new Set([1, cores])]) {
    const masked = await openModelFile(models.masked, { threads });
    const compact = await openModelFile(models.compact, { threads });
    for (const batch of batches)
      measured.push({ batch, threads, ...(await inTurns({ masked, compact }, batch, signal)) });
    await masked.dispose();
    await compact.dispose();
  }
  return {
    latency: {
      machine: cpuText(cores),
      runtime: 'onnxruntime, CPU',
      disturbed: usedByOthers(before, processorTimes()) > toleratedShare,
      measured,
    },
    block: await blockSize(),
  };
}

async function inTurns(
  models: Models<ModelFile>,
  batch: number,
  signal: AbortSignal,
): Promise<Models<MeasuredDuration>> {
  const random = randomStream(1, 'latency');
  const images = Float32Array.from({ length: batch * sizeOf(models.masked.imageExtents) }, () => random.normal());
  const durations = { masked: [] as number[], compact: [] as number[] };
  let end = Infinity;
  for (let round = -warmUpRounds; round < fewestRounds || performance.now() < end; round++) {
    signal.throwIfAborted();
    if (round === 0) end = performance.now() + measuredMilliseconds;
    for (const name of ['masked', 'compact'] as const) {
      const begin = performance.now();
      await models[name].predict(images, batch);
      if (round >= 0) durations[name].push(performance.now() - begin);
    }
  }
  return { masked: quartiles(durations.masked), compact: quartiles(durations.compact) };
}

/** The median, and the ends of the middle half. */
function quartiles(values: readonly number[]): MeasuredDuration {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
