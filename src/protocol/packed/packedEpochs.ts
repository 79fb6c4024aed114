import type { Evaluation, RunEventOf } from '../../runs/model/format';
import { knownNumber, numberOrNone, packedTime, rowsOf, unpackedTime } from './rows';

type Epoch = RunEventOf<'epoch'>;

/** The epochs of a run as one array of numbers: as an object each, a long run takes longer to send than to draw. */
export interface PackedEpochs {
  /** Of each epoch what `rowOf` says, one epoch after another. */
  readonly rows: Float64Array;
  readonly firstLosses: readonly { readonly index: number; readonly losses: readonly number[] }[];
}

const width = 11;

export function packedEpochs(epochs: readonly Epoch[]): PackedEpochs {
  return {
    rows: rowsOf(epochs, width, rowOf),
    firstLosses: epochs.flatMap(({ firstLosses }, index) => (firstLosses ? [{ index, losses: firstLosses }] : [])),
  };
}

export function unpackedEpochs({ rows, firstLosses }: PackedEpochs): Epoch[] {
  const losses = new Map(firstLosses.map((first) => [first.index, first.losses]));
  return Array.from({ length: rows.length / width }, (_, index) => {
    const first = losses.get(index);
    const epoch = epochOf(rows.subarray(index * width, (index + 1) * width));
    return first ? { ...epoch, firstLosses: [...first] } : epoch;
  });
}

function rowOf({ time, epoch, learningRate, training, before, after, seconds, imagesPerSecond }: Epoch): number[] {
  return [
    packedTime(time),
    epoch,
    learningRate,
    ...numbersOf(training),
    ...numbersOf(before),
    ...numbersOf(after),
    seconds,
    imagesPerSecond,
  ];
}

function numbersOf(evaluation: Evaluation | null): [number, number] {
  return [numberOrNone(evaluation?.loss), numberOrNone(evaluation?.accuracy)];
}

function epochOf(row: Float64Array): Epoch {
  return {
    type: 'epoch',
    time: unpackedTime(row[0]!),
    epoch: row[1]!,
    learningRate: row[2]!,
    training: { loss: row[3]!, accuracy: row[4]! },
    before: evaluationOf(row[5]!, row[6]!),
    after: evaluationOf(row[7]!, row[8]!),
    seconds: row[9]!,
    imagesPerSecond: row[10]!,
  };
}

function evaluationOf(loss: number, accuracy: number): Evaluation | null {
  return knownNumber(loss) === null ? null : { loss, accuracy };
}
